// The form of one study, made from shapes: it knows kinds of fields and no field of the models by name, but for ids.

import { el, slug } from "./dom.js";

const isIndex = (part) => typeof part === "number";
export const pathText = (parts) =>
  parts.reduce((path, part) => (isIndex(part) ? `${path}[${part}]` : path ? `${path}.${part}` : part), "");

const hasValue = (node) =>
  node !== undefined && node !== null && node !== "" && (typeof node !== "object" || Object.values(node).some(hasValue));

// What is often pasted with a value and is no part of it; put right when one leaves the field.
const TIDY = {
  doi: (text) => text.replace(/^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:\s*)/i, ""),
  pmid: (text) => text.replace(/^PMID:?\s*/i, ""),
  p: (text) => (/^n\.?\s?s\.?$/i.test(text) ? "not significant" : text.replace(/^p\s*=?\s*/i, "").replace(/^([<>])\s+/, "$1").replace(/^=\s*/, "")),
  number: (text) => text.replace(/^[\u2212\u2013]/, "-").replace(/\s*%$/, ""),
};

const PAIRS = { text: ["From", "To"], ref: ["First side", "Second side"], refs: ["First side", "Second side"] };

export class Form {
  constructor({ description, tree, changed, removed }) {
    Object.assign(this, { description, tree, changed, removed });
    this.places = new Map(); // path -> {box, control, error}
    this.followers = new Set(); // redraw what lists arms, reports or results
    this.touched = new Set();
    this.redraws = new Map(); // path of a list -> draws it again
    this.shownAll = false;
  }

  // The record

  get(parts) {
    return parts.reduce((node, part) => (node === undefined || node === null ? undefined : node[part]), this.tree);
  }

  set(parts, value) {
    let node = this.tree;
    parts.slice(0, -1).forEach((part, place) => {
      if (node[part] === undefined || node[part] === null || typeof node[part] !== "object") {
        node[part] = isIndex(parts[place + 1]) ? [] : {};
      }
      node = node[part];
    });
    const last = parts.at(-1);
    if (value === undefined && !isIndex(last)) delete node[last];
    else node[last] = value;
  }

  edit(parts, value) {
    this.set(parts, value);
    this.touched.add(pathText(parts));
    this.changed();
  }

  // Names that can be chosen

  words(kind) {
    const named = (list, what) => (list ?? []).filter((item) => item?.id).map((item) => [item.id, item[what] || item.id]);
    switch (kind) {
      case "arms": return named(this.tree.arms, "label");
      case "sides": return [...named(this.tree.arms, "label"), ...named(this.tree.groups, "label")];
      case "reports": return named(this.tree.reports, "title");
      case "results": return named(this.tree.results, "name");
      default: return this.description.words[kind] ?? [];
    }
  }

  follow(parts, kind, draw) {
    const box = el("div", { class: "follows" });
    const redraw = () => {
      if (!box.isConnected && box.childNodes.length) return this.followers.delete(redraw);
      const focused = box.contains(document.activeElement) ? document.activeElement.id : null;
      box.replaceChildren(...draw());
      if (focused) document.getElementById(focused)?.focus();
    };
    box.replaceChildren(...draw());
    if (["arms", "sides", "reports", "results"].includes(kind)) this.followers.add(redraw);
    return box;
  }

  namesChanged() {
    setTimeout(() => this.followers.forEach((redraw) => redraw()), 0);
  }

  rename(kind, before, after) {
    if (!before || !after || before === after) return;
    const swap = (text) => (text === before ? after : text);
    const deep = (node) => (Array.isArray(node) ? node.map(deep) : swap(node));
    const walk = (node) => {
      if (!node || typeof node !== "object") return;
      for (const [key, value] of Object.entries(node)) {
        if (kind === "sides" && ["arms", "counts"].includes(key) && value && !Array.isArray(value)) {
          node[key] = Object.fromEntries(Object.entries(value).map(([name, cell]) => [swap(name), cell]));
        } else if (kind === "sides" && (key === "group" || (["arms", "combines"].includes(key) && Array.isArray(value) && typeof value[0] !== "object") || (key === "arms" && Array.isArray(value) && Array.isArray(value[0])))) {
          node[key] = deep(value);
        } else if ((kind === "reports" && key === "report") || (kind === "results" && key === "results" && typeof value?.[0] === "string")) {
          node[key] = deep(value);
        }
        walk(node[key]);
      }
    };
    walk({ results: this.tree.results, groups: this.tree.groups, risk_of_bias: this.tree.risk_of_bias, concerns: this.tree.concerns });
  }

  // Drawing

  draw() {
    return this.description.sections.map((section) => {
      const id = `section-${slug(section.title)}`;
      const outer = section.fields.filter((field) => field.main);
      const rest = section.fields.filter((field) => !field.main);
      return el("section", { class: "part", id, "aria-labelledby": `${id}-head` },
        el("h2", { id: `${id}-head`, tabindex: "-1" }, section.title),
        outer.map((field) => this.field(field, [field.name])),
        this.more(rest, [], section.title));
    });
  }

  field(field, parts) {
    const { shape } = field;
    switch (shape.kind) {
      case "text": return this.text(field, parts);
      case "choice": return this.choice(field, parts, () => shape.options);
      case "ref": return this.follow(parts, shape.to, () => [this.choice(field, parts, () => this.words(shape.to))]);
      case "words": return this.inAString(field, parts);
      case "texts": return this.texts(field, parts);
      case "refs": return this.follow(parts, shape.to, () => [this.ticks(field, parts)]);
      case "pair": return this.pair(field, parts);
      case "block": return this.group(field, parts, () => this.block(shape, parts));
      case "list": return this.list(field, parts);
      case "keyed": return this.follow(parts, shape.to, () => [this.keyed(field, parts)]);
      case "forms": return this.group(field, parts, () => this.forms(shape, parts, field.label));
    }
    throw new Error(`unknown kind of field: ${shape.kind}`);
  }

  id(parts) {
    return `f:${pathText(parts)}`;
  }

  // A label, a hint, the place of an error, and a control.
  labelled(field, parts, control) {
    const id = this.id(parts);
    control.id = id;
    const hint = field.hint ? el("p", { class: "hint", id: `${id}:hint` }, field.hint) : null;
    const error = el("p", { class: "error", id: `${id}:error`, hidden: true });
    if (hint) control.setAttribute("aria-describedby", hint.id);
    const box = el("div", { class: `field ${field.class ?? ""}` },
      el("label", { for: id }, field.label),
      hint, error, control);
    this.places.set(pathText(parts), { box, control, error, hint, label: field.label });
    return box;
  }

  // The same for several controls that belong together.
  group(field, parts, inner, { card = "" } = {}) {
    const id = this.id(parts);
    const hint = field.hint ? el("p", { class: "hint", id: `${id}:hint` }, field.hint) : null;
    const error = el("p", { class: "error", id: `${id}:error`, hidden: true });
    const legend = el("div", { class: "legend", id: `${id}:legend`, tabindex: "-1" }, field.label);
    const box = el("div", { class: `group ${card}`, id, role: "group", "aria-labelledby": legend.id, "aria-describedby": hint?.id },
      legend, hint, error);
    this.places.set(pathText(parts), { box, control: box, error, hint, label: field.label, group: true });
    box.append(...[inner()].flat().filter(Boolean));
    return box;
  }

  text(field, parts) {
    const { long, numeric } = field.shape;
    const props = { value: this.get(parts) ?? "", autocomplete: "off", spellcheck: long ? "true" : "false" };
    const control = long
      ? el("textarea", { ...props, rows: "1" })
      : el("input", { ...props, type: "text", inputmode: numeric ? "decimal" : undefined, class: numeric ? "number" : undefined });
    const name = parts.at(-1);
    const words = name === "quote" ? el("p", { class: "count" }) : null;
    const count = () => {
      const found = (control.value.match(/\S+/g) ?? []).length;
      words.textContent = `${found} of at most ${this.description.quoteWords} words`;
      words.classList.toggle("over", found > this.description.quoteWords);
    };
    control.addEventListener("input", () => {
      this.edit(parts, control.value);
      if (words) count();
    });
    control.addEventListener("paste", (event) => {
      // A page's line ends and soft hyphens are not part of what it says.
      const several = name === "family" && this.people(event.clipboardData.getData("text"));
      if (several) {
        event.preventDefault();
        return this.manyPeople(parts.slice(0, -2), parts.at(-2), several);
      }
      const pasted = event.clipboardData.getData("text").replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, "").replace(/\s+/g, " ").trim();
      event.preventDefault();
      control.setRangeText(pasted, control.selectionStart, control.selectionEnd, "end");
      control.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const tidy = TIDY[name] ?? (/^p_/.test(name) ? TIDY.p : numeric ? TIDY.number : null);
    if (tidy) control.addEventListener("change", () => {
      const better = tidy(control.value.trim());
      if (better !== control.value) {
        control.value = better;
        this.edit(parts, better);
      }
    });
    this.naming(control, parts, name);
    const box = this.labelled(field, parts, control);
    if (words) {
      count();
      box.append(words);
    }
    return box;
  }

  // "Timko C, DeBenedetti A": names as a reference lists them, several at once.
  people(text) {
    const names = text.split(/[,;\n]|\band\b|&/).map((part) => part.trim().replace(/\.$/, "")).filter(Boolean);
    const found = names.map((part) => part.match(/^(.+?)\s+((?:\p{Lu}\.?[\s-]?){1,4})$/u));
    return names.length > 1 && found.every(Boolean) ? found.map(([, family, given]) => ({ family, given: given.replace(/[.\s]/g, "") })) : null;
  }

  manyPeople(parts, index, people) {
    const list = [...(this.get(parts) ?? [])];
    list.splice(index, 1, ...people);
    this.edit(parts, list);
    this.redraws.get(pathText(parts))?.(index + people.length - 1);
  }

  // A short name is made from the label, and whoever refers to a short name follows when it changes.
  naming(control, parts, name) {
    const [list, index] = parts;
    if (parts.length !== 3 || !["arms", "groups", "reports", "results"].includes(list)) return;
    const kind = { arms: "sides", groups: "sides" }[list] ?? list;
    if (name === "id") {
      let before = "";
      control.addEventListener("focus", () => { before = control.value; });
      control.addEventListener("change", () => {
        this.rename(kind, before, control.value);
        before = control.value;
        this.namesChanged();
      });
    } else if (["label", "name", "title"].includes(name)) {
      control.addEventListener("change", () => {
        const own = [list, index, "id"];
        if (!this.get(own) && control.value.trim()) {
          const taken = new Set((this.tree[list] ?? []).map((item) => item?.id));
          const made = slug(control.value, 24);
          let unused = made;
          for (let number = 2; taken.has(unused); number += 1) unused = `${made}-${number}`;
          this.edit(own, unused);
          const shown = document.getElementById(this.id(own));
          if (shown) shown.value = unused;
        }
        this.namesChanged();
      });
    }
  }

  options(select, words, value, empty) {
    const known = words.some(([key]) => key === value);
    const headings = [...new Set(words.map(([, , heading]) => heading ?? ""))];
    const under = (wanted) => words.filter(([, , heading]) => (heading ?? "") === wanted).map(([key, label]) => el("option", { value: key }, label));
    select.replaceChildren(
      el("option", { value: "" }, empty),
      ...headings.flatMap((heading) => (heading ? [el("optgroup", { label: heading }, under(heading))] : under(heading))),
      ...(value && !known ? [el("option", { value }, `${value} (not known)`)] : []));
    select.value = value ?? "";
  }

  choice(field, parts, words) {
    const control = el("select");
    const usual = field.shape.default;
    const label = words().find(([key]) => key === usual)?.[1] ?? usual;
    this.options(control, words(), this.get(parts), usual ? `Not said: ${label}` : field.required ? "Choose one" : "Not said");
    control.addEventListener("change", () => {
      this.edit(parts, control.value || undefined);
      if (parts[0] === "arms") this.namesChanged();
    });
    return this.labelled(field, parts, control);
  }

  inAString(field, parts) {
    const control = el("input", { type: "text", value: (this.get(parts) ?? []).join(", "), autocomplete: "off" });
    control.addEventListener("input", () => this.edit(parts, control.value.split(/[\s,;]+/).filter(Boolean)));
    if (field.name === "countries") control.addEventListener("change", () => {
      control.value = control.value.toUpperCase();
      control.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const hint = `${field.hint} Commas between several.`.trim();
    return this.labelled({ ...field, hint }, parts, control);
  }

  ticks(field, parts) {
    const chosen = () => this.get(parts) ?? [];
    const words = this.words(field.shape.to);
    const unknown = chosen().filter((key) => !words.some(([known]) => known === key)).map((key) => [key, `${key} (not known)`]);
    return this.group(field, parts, () => el("div", { class: words.length > 8 ? "ticks columns" : "ticks" },
      [...words, ...unknown].map(([key, label]) => {
        const tick = el("input", { type: "checkbox", id: `${this.id(parts)}=${key}` });
        tick.checked = chosen().includes(key);
        tick.addEventListener("change", () =>
          this.edit(parts, tick.checked ? [...chosen(), key] : chosen().filter((one) => one !== key)));
        return el("label", { class: "tick" }, tick, " ", label);
      }),
      words.length ? null : el("p", { class: "hint" }, "There is nothing to choose from yet.")));
  }

  texts(field, parts) {
    const box = el("div");
    const redraw = (focus) => {
      const items = this.get(parts) ?? [];
      box.replaceChildren(
        ...items.map((item, index) => {
          const inner = [...parts, index];
          return el("div", { class: "line" },
            this.text({ label: `${field.label}, ${index + 1}`, hint: "", required: true, shape: { long: true } }, inner),
            el("button", { type: "button", class: "small", onclick: () => {
              items.splice(index, 1);
              this.edit(parts, items);
              redraw("add");
            } }, "Remove", el("span", { class: "aside" }, ` ${field.label}, ${index + 1}`)));
        }),
        el("button", { type: "button", class: "secondary add", onclick: () => {
          this.edit(parts, [...items, ""]);
          redraw("last");
        } }, items.length ? "Add another" : "Add one", el("span", { class: "aside" }, `: ${field.label}`)));
      if (focus === "last") document.getElementById(this.id([...parts, items.length]))?.focus();
      if (focus === "add") box.querySelector(".add").focus();
    };
    redraw();
    return this.group(field, parts, () => box);
  }

  pair(field, parts) {
    return this.group(field, parts, () => el("div", { class: "row" }, field.shape.items.map((shape, place) => {
      const label = PAIRS[shape.kind]?.[place] ?? String(place + 1);
      const inner = { label, hint: "", required: true, shape };
      const own = [...parts, place];
      if (this.get(parts) === undefined && shape.kind !== "text") this.set(parts, [undefined, undefined].map(() => (shape.kind === "refs" ? [] : "")));
      return this.field(inner, own);
    })), { card: "pair" });
  }

  block(shape, parts) {
    const main = shape.fields.filter((field) => field.main);
    const rest = shape.fields.filter((field) => !field.main);
    const drawn = main.map((field) => this.field(this.brief(shape, field), [...parts, field.name]));
    const more = this.more(rest, parts, "");
    if (shape.compact) return [el("div", { class: "row" }, drawn, more)];
    return [...this.rows(main, drawn), more];
  }

  // Short numbers and words that follow each other share a line where there is room.
  rows(fields, drawn) {
    const found = [];
    fields.forEach((field, place) => {
      if (field.inRow && found.at(-1)?.classList.contains("row")) found.at(-1).append(drawn[place]);
      else found.push(field.inRow ? el("div", { class: "row" }, drawn[place]) : drawn[place]);
    });
    return found;
  }

  // In a row of numbers the labels say enough.
  brief(shape, field) {
    return shape.compact ? { ...field, hint: "", class: "narrow" } : field;
  }

  more(fields, parts, name) {
    if (!fields.length) return null;
    const filled = fields.filter((field) => hasValue(this.get([...parts, field.name])));
    const label = filled.length ? ` (${filled.length} filled in)` : "";
    const inner = el("div", { class: "inside" });
    const around = name || this.title(parts);
    const box = el("details", { class: "more" },
      el("summary", {}, `More fields${label}`, around ? el("span", { class: "aside" }, `: ${around}`) : null), inner);
    const fill = () => {
      if (!inner.childNodes.length) inner.append(...fields.map((field) => this.field(field, [...parts, field.name])));
    };
    // Fields that are empty are drawn when somebody looks at them: there are hundreds.
    if (filled.length) fill();
    else box.addEventListener("toggle", fill, { once: true });
    return box;
  }

  title(parts) {
    const node = this.get(parts);
    const own = node && typeof node === "object" ? node.label || node.name || node.title || node.family : "";
    return own || pathText(parts).replace(/[[\].]+/g, " ").trim();
  }

  list(field, parts) {
    const { noun, item } = field.shape;
    const box = el("div", { class: "items" });
    const redraw = (focus) => {
      const items = this.get(parts) ?? [];
      const open = [...box.children].map((child) => child.open);
      for (const path of [...this.places.keys()]) if (path.startsWith(`${pathText(parts)}[`)) this.places.delete(path);
      box.replaceChildren(
        ...items.map((_, index) => this.item(field, [...parts, index], redraw, focus)),
        el("button", { type: "button", class: "secondary add", onclick: () => {
          this.edit([...parts, items.length], this.fresh(parts, item));
          redraw(items.length);
          this.namesChanged();
        } }, `Add ${items.length ? "another" : /^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`));
      if (focus !== "add") open.forEach((was, index) => { if (was && box.children[index]?.tagName === "DETAILS") box.children[index].open = true; });
      if (focus === "add") box.querySelector(":scope > .add").focus();
      else if (focus !== undefined) {
        const card = document.getElementById(this.id([...parts, focus]));
        (card?.classList.contains("tight") ? card.querySelector("input") : document.getElementById(`${this.id([...parts, focus])}:legend`))?.focus();
      }
    };
    this.redraws.set(pathText(parts), redraw);
    redraw();
    return this.group(field, parts, () => box, { card: "list" });
  }

  // What a new item starts with, so that nobody need choose what is nearly always so.
  fresh(parts, item) {
    const fields = item.kind === "block" ? item.fields.map((field) => field.name) : [];
    const made = {};
    if (fields.includes("printed")) Object.assign(made, { printed: [{ form: "counts" }], poolable: "yes" });
    if (fields.includes("where")) made.where = { read: "true" };
    if (fields.includes("role")) made.role = (this.get(parts) ?? []).length ? "comparator" : "intervention";
    if (fields.includes("type")) Object.assign(made, { type: "article-journal" });
    if (item.kind === "forms") made[item.on] = item.labels[0][0];
    return made;
  }

  item(field, parts, redraw, fresh) {
    const { noun, item } = field.shape;
    const index = parts.at(-1);
    const title = `${noun[0].toUpperCase()}${noun.slice(1)} ${index + 1}`;
    const small = item.kind === "block" && item.compact;
    const remove = el("button", { type: "button", class: "small remove", onclick: () => {
      const items = this.get(parts.slice(0, -1));
      const [gone] = items.splice(index, 1);
      this.edit(parts.slice(0, -1), items);
      redraw("add");
      this.namesChanged();
      this.removed(`${title} is removed.`, () => {
        const here = this.get(parts.slice(0, -1)) ?? [];
        here.splice(index, 0, gone);
        this.edit(parts.slice(0, -1), here);
        redraw(index);
        this.namesChanged();
      });
    } }, "Remove", el("span", { class: "aside" }, ` ${title}`));
    const inner = () => [
      item.kind === "forms" ? this.forms(item, parts, title) : this.block(item, parts),
      el("div", { class: "after" }, remove)].flat();
    if (small || parts.length > 2) {
      const box = this.group({ label: title, hint: "" }, parts, inner, { card: small ? "card tight" : "card" });
      // Enter in a short item adds the next one.
      if (small) box.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && event.target.tagName === "INPUT") {
          event.preventDefault();
          box.parentElement.querySelector(":scope > .add").click();
        }
      });
      return box;
    }
    return this.folded(title, parts, inner, index === fresh);
  }

  // An item that can be folded to its title, so that a long record can be overlooked.
  folded(title, parts, inner, open) {
    const id = this.id(parts);
    const error = el("p", { class: "error", id: `${id}:error`, hidden: true });
    const own = el("span", { class: "own" });
    const box = el("details", { class: "card fold", id },
      el("summary", { id: `${id}:legend`, class: "legend" }, el("span", { class: "kind" }, title), own), error);
    const name = () => {
      const node = this.get(parts);
      const said = node?.label || node?.name || node?.title || node?.citation || node?.statement || node?.tool || "";
      own.textContent = said ? `: ${said.length > 90 ? `${said.slice(0, 89)}…` : said}` : "";
    };
    name();
    box.addEventListener("input", name);
    box.open = open || !this.folds;
    this.places.set(pathText(parts), { box, control: box, error, hint: null, label: title, group: true });
    box.append(...[inner()].flat().filter(Boolean));
    return box;
  }

  forms(shape, parts, around) {
    const box = el("div");
    const draw = () => {
      const form = this.get([...parts, shape.on]);
      const block = shape.forms[form];
      for (const path of [...this.places.keys()]) if (path.startsWith(`${pathText(parts)}.`) && !path.endsWith(`.${shape.on}`)) this.places.delete(path);
      box.replaceChildren(...(block ? this.block(block, parts).filter(Boolean) : []));
    };
    const control = el("select");
    this.options(control, shape.labels, this.get([...parts, shape.on]), "Choose one");
    control.addEventListener("change", () => {
      // What fits the other form too stays; the rest would be refused there.
      const kept = this.get(parts) ?? {};
      const names = new Set((shape.forms[control.value]?.fields ?? []).map((field) => field.name));
      const cells = ["counts", "percent", "means"];
      const former = kept[shape.on];
      const made = Object.fromEntries(Object.entries(kept).filter(([name, value]) => names.has(name) && (name !== "arms" || (Array.isArray(value) === !cells.includes(control.value)))));
      if (made.arms && former !== control.value && !Array.isArray(made.arms)) made.arms = this.onlyKnown(made.arms, shape.forms[control.value]);
      this.set(parts, control.value ? { [shape.on]: control.value, ...made } : made);
      this.edit([...parts, shape.on], control.value || undefined);
      draw();
    });
    const label = { label: "In which form is it printed?", hint: "", required: true };
    const chooser = this.labelled(label, [...parts, shape.on], control);
    draw();
    return [chooser, box];
  }

  onlyKnown(cells, block) {
    const value = block.fields.find((field) => field.name === "arms")?.shape.value;
    if (value?.kind !== "block") return undefined;
    const names = new Set(value.fields.map((field) => field.name));
    return Object.fromEntries(Object.entries(cells).map(([arm, cell]) => [arm, Object.fromEntries(Object.entries(cell ?? {}).filter(([name]) => names.has(name)))]));
  }

  // A cell for each arm; for other names, those that have one and those that are asked for.
  keyed(field, parts) {
    const { to, value } = field.shape;
    const words = to ? this.words(to) : [];
    const held = Object.keys(this.get(parts) ?? {});
    const always = to === "sides" ? this.words("arms").map(([key]) => key) : [];
    const shown = [...new Set([...always, ...held])];
    const label = (key) => words.find(([known]) => known === key)?.[1] ?? (always.includes(key) ? key : `${key}`);
    const rows = shown.map((key) => {
      const inner = { label: label(key), hint: "", required: false, shape: value };
      const own = [...parts, key];
      if (value.kind === "text") return this.text({ ...inner, class: "narrow" }, own);
      return this.group({ ...inner, required: true }, own, () => this.block(value, own), { card: "cell" });
    });
    const rest = words.filter(([key]) => !shown.includes(key));
    const add = rest.length || !to ? this.adder(field, parts, rest, to) : null;
    const none = to === "sides" && !shown.length ? el("p", { class: "hint" }, "Add the arms of the study first; they then stand here.") : null;
    return this.group(field, parts, () => [...rows, none, add], { card: "cells" });
  }

  adder(field, parts, words, to) {
    const id = `${this.id(parts)}:add`;
    const control = to ? el("select", { id }) : el("input", { id, type: "text", autocomplete: "off" });
    if (to) this.options(control, words, "", "Choose one");
    const add = () => {
      const key = control.value.trim();
      if (!key) return control.focus();
      this.edit([...parts, key], this.get([...parts, key]) ?? (field.shape.value.kind === "text" ? "" : {}));
      const outer = document.getElementById(this.id(parts));
      const fresh = this.keyed(field, parts);
      outer.replaceWith(fresh);
      (document.getElementById(`${this.id([...parts, key])}:legend`) ?? document.getElementById(this.id([...parts, key])))?.focus();
    };
    const what = { sides: "a group", reviews: "a review" }[to] ?? "an entry";
    return el("div", { class: "adder" }, el("label", { for: id }, `Add ${what}`), control,
      el("button", { type: "button", class: "secondary", onclick: add }, "Add", el("span", { class: "aside" }, ` ${what} to ${field.label}`)));
  }

  // Problems

  show(problems) {
    for (const { error, control, hint } of this.places.values()) {
      if (error.hidden && !control.hasAttribute("aria-invalid")) continue;
      error.hidden = true;
      error.replaceChildren();
      control.removeAttribute("aria-invalid");
      if (hint) control.setAttribute("aria-describedby", hint.id);
      else control.removeAttribute("aria-describedby");
    }
    const shown = problems.filter((problem) => this.tells(problem));
    for (const problem of shown) {
      const place = this.places.get(this.nearest(problem.path));
      if (!place) continue;
      const { error, control, hint, group } = place;
      if (error.hidden) error.append(el("span", { class: "aside" }, "Error: "));
      else error.append(el("br"));
      error.append(problem.text);
      error.hidden = false;
      if (!group) control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", [hint?.id, error.id].filter(Boolean).join(" "));
    }
    return shown;
  }

  tells(problem) {
    if (this.shownAll) return true;
    if (problem.empty) return false;
    const { path } = problem;
    const around = path.replace(/(\.[^.[\]]+|\[\d+\])$/, "");
    return [...this.touched].some((own) => own === path || path.startsWith(own) || (path && own.startsWith(path)) || (around && around !== path && own.startsWith(around)));
  }

  nearest(path) {
    let found = path;
    while (found && !this.places.has(found)) found = found.replace(/(\.[^.[\]]+|\[\d+\]|^[^.[\]]+)$/, "");
    return found;
  }

  // What an entry of the error summary is called, and where it leads.
  target(problem) {
    const path = this.nearest(problem.path);
    const place = this.places.get(path);
    if (!place) return { label: problem.path || "The record", go: () => {} };
    const outer = this.places.get(path.replace(/^([^.]+\[\d+\]).*$/, "$1"));
    const cell = place.box.closest(".cell")?.querySelector(":scope > .legend")?.textContent;
    const label = [...new Set([outer?.label, cell, place.label])].filter(Boolean).join(": ");
    return {
      id: place.control.id,
      box: place.box,
      label,
      go: () => {
        for (let box = place.box.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
        (place.group ? place.box.querySelector(".legend") : place.control).focus();
        place.box.scrollIntoView({ block: "center" });
      },
    };
  }
}
