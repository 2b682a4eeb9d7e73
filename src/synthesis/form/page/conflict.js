// Two versions of one file side by side, and what can be done about it.

import { el, say } from "/page/dom.js";

const AROUND = 2; // lines of what is the same, shown around each difference

export function conflictPage({ main, found, id, back, settle }) {
  const wrong = el("p", { class: "error", role: "alert", hidden: true });
  const finish = async (keep) => {
    try {
      const kept = await settle(keep);
      main.replaceChildren(el("div", { class: "inner start" },
        el("h1", { tabindex: "-1" }, keep === "mine" ? "Your version is saved" : "The file on disk is kept"),
        el("p", {}, "The other version is not lost: it is in ", el("code", {}, kept), "."),
        el("p", {}, el("a", { href: `/study/${id}` }, `Go on with ${id}`))));
      main.querySelector("h1").focus();
      say(keep === "mine" ? "Your version is saved." : "The file on disk is kept.");
    } catch (error) {
      wrong.textContent = error.message;
      wrong.hidden = false;
    }
  };
  const gone = found.seen === null;
  main.replaceChildren(el("div", { class: "inner conflict" },
    el("h1", { tabindex: "-1" }, `${id} has changed on disk`),
    el("p", {}, gone
      ? "The file was deleted after you opened it here. Nothing has been written."
      : "Somebody, or another program, has saved the file after you opened it here. Nothing has been written. Lines that differ are marked."),
    el("div", { class: "choices" },
      el("button", { type: "button", onclick: () => finish("mine") }, "Keep mine and replace the file"),
      el("button", { type: "button", class: "secondary", onclick: () => finish("theirs") }, "Keep the file and let mine go"),
      el("button", { type: "button", class: "secondary", onclick: back }, "Go back to the form")),
    el("p", { class: "hint" }, "Whichever you give up is kept in the project’s .drafts folder."),
    wrong,
    el("div", { class: "versions", role: "region", "aria-label": "The two versions", tabindex: "0" },
      el("table", {}, el("caption", {}, "The two versions, line by line"),
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "In the file on disk"), el("th", { scope: "col" }, "Yours"))),
        el("tbody", {}, rows(found.rows))))));
  main.querySelector("h1").focus();
  say(`${id} has changed on disk. Choose which version to keep.`);
}

function rows(lines) {
  const near = lines.map((_, place) => lines.slice(Math.max(0, place - AROUND), place + AROUND + 1).some(([, , same]) => !same));
  const made = [];
  let skipped = 0;
  const skip = () => {
    if (skipped) made.push(el("tr", { class: "skipped" }, el("td", { colspan: "2" }, skipped === 1 ? "1 line that is the same" : `${skipped} lines that are the same`)));
    skipped = 0;
  };
  lines.forEach(([theirs, mine, same], place) => {
    if (!near[place]) {
      skipped += 1;
      return;
    }
    skip();
    made.push(el("tr", { class: same ? "same" : "differs" }, cell(theirs, same, "In the file"), cell(mine, same, "Yours")));
  });
  skip();
  return made;
}

function cell(text, same, side) {
  if (text === null) return el("td", { class: "nothing", "data-side": side }, el("span", { class: "aside" }, "no such line"));
  return el("td", { "data-side": side }, same ? el("code", {}, text) : el("mark", {}, el("span", { class: "aside" }, "differs: "), el("code", {}, text)));
}
