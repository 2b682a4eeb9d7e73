// The pages: all studies, one study, a conflict.

import { conflictPage } from "/page/conflict.js";
import { call, el, say, slug, takeToken } from "/page/dom.js";
import { Form } from "/page/fields.js";

const LOOK_MS = 350;
const main = document.getElementById("main");
const page = { id: "", tab: crypto.randomUUID(), seen: null, form: null, saved: true, look: 0, busy: Promise.resolve() };

takeToken();
start();

async function start() {
  const found = location.pathname.match(/^\/study\/([a-z0-9-]+)$/);
  try {
    if (found) await studyPage(found[1]);
    else await startPage();
  } catch (error) {
    trouble(error);
  }
}

function trouble(error) {
  const text = error.status === 403
    ? "This page may read no evidence. Open the address that synthesis form has printed in the terminal."
    : error.message;
  main.replaceChildren(el("div", { class: "inner start" }, el("h1", {}, "The form cannot be shown"),
    el("p", { class: "lines" }, text), el("p", {}, el("a", { href: "/" }, "All studies"))));
}

// All studies

async function startPage() {
  const { studies, person } = await call("start");
  document.title = "Studies – evidence form";
  const items = studies.map((study) => el("li", {},
    el("a", { href: `/study/${study.id}` }, study.label === study.id ? study.id : `${study.label} (${study.id})`),
    study.draft ? el("strong", { class: "tag" }, "unsaved work") : null,
    study.title ? el("span", { class: "title" }, study.title) : null));
  const count = el("p", { class: "hint", role: "status" }, `${studies.length} studies`);
  const filter = el("input", { type: "search", id: "filter", autocomplete: "off" });
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    items.forEach((item) => { item.hidden = !item.textContent.toLowerCase().includes(wanted); });
    const left = items.filter((item) => !item.hidden).length;
    count.textContent = `${left} of ${studies.length} studies`;
  });
  main.replaceChildren(el("div", { class: "inner start" },
    el("h1", {}, "Studies"),
    personBox(person),
    el("section", { class: "new", "aria-labelledby": "new-head" }, el("h2", { id: "new-head" }, "Start a study"), newStudy(studies)),
    el("section", { "aria-labelledby": "all-head" }, el("h2", { id: "all-head" }, "Open a study"),
      el("div", { class: "field" }, el("label", { for: "filter" }, "Find by author, year or title"), filter, count),
      el("ul", { class: "studies" }, items))));
}

function newStudy(studies) {
  const error = el("p", { class: "error", id: "new-error", hidden: true });
  const control = el("input", { type: "text", id: "new-id", autocomplete: "off", spellcheck: "false", "aria-describedby": "new-hint" });
  const refuse = (text) => {
    error.replaceChildren(el("span", { class: "aside" }, "Error: "), text);
    error.hidden = false;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", "new-hint new-error");
    control.focus();
  };
  const form = el("form", { novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    const id = slug(control.value, 80).replace(/-/g, "");
    if (!/^[a-z]+[a-z0-9]*\d{4}[a-z]?$/.test(id)) return refuse("Write the first author’s family name and the year, such as Manning 2012.");
    if (studies.some((study) => study.id === id)) return refuse(`There is a study ${id} already: open it below, or add a letter to the year.`);
    location.assign(`/study/${id}`);
  } }, el("div", { class: "field" },
    el("label", { for: "new-id" }, "First author and year"),
    el("p", { class: "hint", id: "new-hint" }, "Of the main report, for example Manning 2012. The file is named after it."),
    error, control), el("button", { type: "submit" }, "Start"));
  return form;
}

function personBox(person) {
  if (person) {
    const box = el("p", { class: "person" }, "You are extracting as ", el("strong", {}, person), ". ",
      el("button", { type: "button", class: "small", onclick: () => {
        const asked = personBox("");
        box.replaceWith(asked);
        asked.querySelector("input").focus();
      } }, "Change your name"));
    return box;
  }
  const control = el("input", { type: "text", id: "person", autocomplete: "name" });
  const form = el("form", { class: "person", onsubmit: async (event) => {
    event.preventDefault();
    if (!control.value.trim()) return control.focus();
    const found = await call("person", { name: control.value });
    form.replaceWith(personBox(found.person));
    say(`You are extracting as ${found.person}.`);
    if (page.form) {
      sign(found.person, page.form.tree);
      look();
    }
  } }, el("div", { class: "field" },
    el("label", { for: "person" }, "Your name or initials"),
    el("p", { class: "hint", id: "person-hint" }, "Asked once. It says who has extracted what."),
    control), el("button", { type: "submit", class: "secondary" }, "Remember"));
  control.setAttribute("aria-describedby", "person-hint");
  return form;
}

// One study

async function studyPage(id) {
  const opened = await call("open", { id, tab: page.tab });
  Object.assign(page, { id, seen: opened.seen, saved: !opened.draft, drafted: opened.draft });
  const fresh = opened.seen === null && !opened.draft;
  const tree = fresh ? firstTree(id) : opened.tree;
  page.signs = opened.seen === null && opened.form.sections.some((section) => section.fields.some((field) => field.name === "extraction"));
  sign(opened.person, tree);
  page.form = new Form({ description: opened.form, tree, changed, removed });
  page.form.folds = opened.seen !== null;
  // Of a record that is there already everything is told; of a new one, what has been filled in.
  if (opened.seen !== null) page.form.touched.add("");
  document.title = `${id} – evidence form`;
  main.replaceChildren(el("div", { class: "inner" },
    el("div", { class: "head" },
      el("p", { class: "crumb" }, el("a", { href: "/" }, "All studies")),
      el("h1", {}, fresh ? `New study: ${id}` : id),
      el("p", { class: "file" }, `evidence/studies/${id}.yaml`)),
    el("div", { id: "banners" }),
    opened.person ? null : personBox(""),
    el("div", { id: "summary", class: "summary", role: "alert", tabindex: "-1", hidden: true }),
    el("nav", { class: "parts", "aria-label": "Parts of the form" }, el("ul", {},
      ...opened.form.sections.map((section) => el("li", {}, el("a", { href: `#section-${slug(section.title)}`, onclick: jump }, section.title))),
      el("li", {}, el("a", { href: "#does", onclick: jump }, "What this does")))),
    el("div", { class: "sides-by-side" },
      el("form", { id: "record", novalidate: true, autocomplete: "off", onsubmit: (event) => event.preventDefault() }, page.form.draw()),
      el("aside", { id: "does", class: "does", "aria-labelledby": "does-head" },
        el("h2", { id: "does-head", tabindex: "-1" }, "What this does"), el("div", { id: "preview" }, el("p", { class: "hint" }, "Working it out …"))))),
    el("div", { class: "savebar", role: "region", "aria-label": "Save" }, el("div", { class: "inner" },
      el("button", { type: "button", id: "save", onclick: () => save(), "aria-keyshortcuts": "Control+S" }, "Save"),
      el("p", { id: "state" }, ""),
      el("span", { id: "undo" }),
      el("button", { type: "button", id: "discard", class: "small", hidden: true, onclick: discard }, "Discard changes"))));
  banners({ draft: opened.draft, changedOnDisk: opened.changed_on_disk });
  state(page.saved && !fresh ? "No changes." : fresh ? "Not saved yet." : "Unsaved changes.");
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      save();
    }
  });
  await look();
}

// The parts of the page are no places of its address: what stands behind # there is the token.
function jump(event) {
  event.preventDefault();
  const part = document.querySelector(event.currentTarget.getAttribute("href"));
  part.scrollIntoView();
  part.querySelector("h2").focus({ preventScroll: true });
}

const today = () => new Date().toLocaleDateString("sv");

// A study that is begun here says who has extracted it.
function sign(person, tree) {
  if (page.signs && person && !tree.extraction) tree.extraction = { by: person, on: today() };
}

function firstTree(id) {
  const author = id.replace(/\d.*$/, "");
  const year = id.match(/\d{4}/)?.[0] ?? "";
  return {
    year,
    reports: [{ id: "main", type: "article-journal", author: [{ family: author[0].toUpperCase() + author.slice(1) }], issued: year }],
    arms: [{ role: "intervention" }, { role: "comparator" }],
    results: [{ printed: [{ form: "counts" }], where: { read: "true" }, poolable: "yes" }],
    read: "true",
    added: today(),
  };
}

function changed() {
  page.saved = false;
  state("Unsaved changes.");
  clearTimeout(page.timer);
  page.timer = setTimeout(look, LOOK_MS);
  page.waiting = true;
}

// A page that is closed in the middle of a word still keeps it.
window.addEventListener("pagehide", () => {
  if (page.waiting) call("look", asked(), { keepalive: true }).catch(() => {});
});

const edited = () => [...page.form.touched].some((path) => path !== "");
const asked = () => ({ id: page.id, tree: page.form.tree, seen: page.seen, tab: page.tab, keep: edited() || page.drafted });

// One question at a time; while it is being answered, the latest change waits for the next one.
function look() {
  clearTimeout(page.timer);
  page.look += 1;
  const own = page.look;
  page.busy = page.busy.then(async () => {
    if (own !== page.look) return;
    page.waiting = false;
    document.getElementById("does").setAttribute("aria-busy", "true");
    try {
      const found = await call("look", asked());
      if (own === page.look) seenLook(found);
    } catch (error) {
      state(error.message, "wrong");
    }
    document.getElementById("does")?.removeAttribute("aria-busy");
  });
  return page.busy;
}

function seenLook(found) {
  // A short name is made from the name as soon as there is one.
  const around = (path) => path.replace(/\.[^.]+$/, "");
  found.problems = found.problems.filter((problem) => !(problem.code === "missing-field" && problem.path.endsWith(".id")
    && found.problems.some((other) => other !== problem && other.code === problem.code && around(other.path) === around(problem.path))));
  page.problems = found.problems;
  page.readable = found.readable;
  page.form.show(found.problems);
  showPreview(found.shown);
  if (found.waitsFor.length) document.getElementById("preview").append(waitsFor(found.waitsFor));
  if (page.spoken !== found.said) say(found.said);
  page.spoken = found.said;
  page.saved = found.saved;
  document.getElementById("discard").hidden = found.saved || !(edited() || page.drafted);
  if (found.superseded) banners({ superseded: true });
  else if (found.changedOnDisk) banners({ changedOnDisk: true });
  const left = found.problems.length;
  const empty = found.problems.filter((problem) => problem.empty).length;
  const wrong = left - empty;
  const parts = [wrong ? `${wrong} to mend` : "", empty ? `${empty} to fill in` : ""].filter(Boolean).join(", ");
  const kept = found.superseded ? " Not kept." : edited() || page.drafted ? " Kept as a draft." : "";
  state(found.saved ? (left ? `Saved; ${parts}.` : "Saved. Nothing to mend.") : `${page.seen === null ? "Not saved yet" : "Unsaved changes"}${parts ? `: ${parts}` : ""}.${kept}`);
  if (page.form.shownAll) summary();
}

// What the server made for the panel holds no scripts, and the page lets none run.
function showPreview(html) {
  const box = document.getElementById("preview");
  const open = new Set([...box.querySelectorAll("details[open]")].map((item) => item.dataset.keep));
  const template = document.createElement("template");
  template.innerHTML = html;
  template.content.querySelectorAll("details").forEach((item) => { item.open = open.has(item.dataset.keep); });
  const held = box.contains(document.activeElement) ? document.activeElement.closest("details")?.dataset.keep : null;
  box.replaceChildren(template.content);
  if (held) box.querySelector(`[data-keep="${CSS.escape(held)}"] summary`)?.focus();
}

function state(text, kind = "") {
  const box = document.getElementById("state");
  if (!box) return;
  box.textContent = text;
  box.className = kind;
}

function removed(text, putBack) {
  const box = document.getElementById("undo");
  const button = el("button", { type: "button", class: "small", onclick: () => {
    box.replaceChildren();
    putBack();
    say("It is back.");
  } }, "Put it back");
  box.replaceChildren(text, " ", button);
  say(text);
}

function banners({ draft = false, changedOnDisk = false, superseded = false }) {
  const box = document.getElementById("banners");
  const shown = [];
  if (superseded) {
    shown.push(el("div", { class: "banner wrong", role: "alert" }, el("p", {}, el("strong", {}, "This study is open in another tab. "), "What you change here is not kept. Go on there, or load this page again to go on here.")));
  } else if (changedOnDisk) {
    shown.push(el("div", { class: "banner wrong", role: "alert" },
      el("p", {}, el("strong", {}, "The file has changed on disk since this was begun. "), "Nothing will be written over it unless you say so."),
      el("button", { type: "button", class: "secondary", onclick: conflict }, "Compare the two")));
  } else if (draft) {
    shown.push(el("div", { class: "banner" }, el("p", {}, el("strong", {}, "Your unsaved work is back. "), "Save it, or discard it with the button at the bottom.")));
  }
  if (shown.length || superseded || changedOnDisk) {
    if (box.dataset.shown !== JSON.stringify([draft, changedOnDisk, superseded])) box.replaceChildren(...shown);
    box.dataset.shown = JSON.stringify([draft, changedOnDisk, superseded]);
  }
}

async function save({ despite = false } = {}) {
  clearTimeout(page.timer);
  page.look += 1;
  await page.busy;
  state("Saving …");
  try {
    const found = await call("save", { ...asked(), despite });
    if (!found.written) {
      page.form.shownAll = true;
      seenLook(found);
      const box = summary();
      box?.focus();
      box?.scrollIntoView({ block: "start" });
      return;
    }
    page.seen = found.seen;
    document.getElementById("summary").hidden = true;
    document.getElementById("banners").replaceChildren();
    document.querySelector("h1").textContent = page.id;
    const time = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    say(`Saved at ${time}.`);
    page.spoken = null;
    await look();
    state(page.saved ? `Saved at ${time}.` : "Unsaved changes.");
  } catch (error) {
    if (error.conflict) return conflict();
    state(error.message, "wrong");
    say(error.message);
  }
}

// What is wrong, at the top, each with a link to its field.
function summary() {
  const box = document.getElementById("summary");
  const problems = page.problems ?? [];
  if (!problems.length) {
    box.hidden = true;
    return null;
  }
  const targets = problems.map((problem) => [problem, page.form.target(problem)]).sort(([, one], [, other]) => inOrder(one, other));
  const despite = page.readable
    ? el("p", {}, "The record can be read, so it can be saved as it is; synthesis check will go on saying this. ",
      el("button", { type: "button", class: "secondary", onclick: () => save({ despite: true }) }, "Save all the same"))
    : null;
  box.replaceChildren(
    el("h2", {}, "It is not saved yet"),
    el("p", {}, problems.length === 1 ? "One thing is left:" : `${problems.length} things are left:`),
    el("ul", {}, targets.map(([problem, target]) => el("li", {},
      linkTo(target, target.label), `: ${problem.text}`))),
    ...(despite ? [despite] : []));
  box.hidden = false;
  return box;
}

// In the order of the page, whatever the order of the file.
function inOrder(one, other) {
  if (!one.box || !other.box || one.box === other.box) return 0;
  return one.box.compareDocumentPosition(other.box) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
}

const linkTo = (target, text) => el("a", { href: `#${target.id ?? ""}`, onclick: (event) => {
  event.preventDefault();
  target.go();
} }, text);

// What the preview waits for, each with a link to its field.
function waitsFor(paths) {
  const targets = [...new Map(paths.map((path) => page.form.target({ path })).map((target) => [target.id, target])).values()].sort(inOrder);
  return el("ul", {}, targets.map((target) => el("li", {}, linkTo(target, target.label))));
}

async function discard() {
  clearTimeout(page.timer);
  page.look += 1;
  await page.busy;
  const sure = document.getElementById("undo");
  const yes = el("button", { type: "button", class: "small", onclick: async () => {
    await call("discard", { id: page.id });
    if (page.seen === null) location.assign("/");
    else location.reload();
  } }, "Yes, discard");
  sure.replaceChildren("Go back to the file as it is saved? ", yes, " ",
    el("button", { type: "button", class: "small", onclick: () => {
      sure.replaceChildren();
      document.getElementById("discard").focus();
    } }, "No"));
  yes.focus();
}

async function conflict() {
  const found = await call("conflict", asked());
  conflictPage({ main, found, id: page.id,
    back: () => location.reload(),
    settle: async (keep) => {
      const { kept } = await call("settle", { ...asked(), seen: found.seen, keep });
      return kept;
    } });
}
