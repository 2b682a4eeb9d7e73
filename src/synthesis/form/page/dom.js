// Elements, and calls of the server. Text is only ever set as text.

const SECRET = "form-token";

// The address that the program prints ends in the token; it is kept for this address alone and taken out of sight.
export function takeToken() {
  if (location.hash.length > 20 && !location.hash.includes(":")) {
    localStorage.setItem(SECRET, location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
  }
}

export async function call(name, asked = {}, { keepalive = false } = {}) {
  let answer;
  try {
    answer = await fetch(`/api/${name}`, {
      method: "POST",
      keepalive,
      headers: { "Content-Type": "application/json", "X-Form-Token": localStorage.getItem(SECRET) ?? "" },
      body: JSON.stringify(asked),
    });
  } catch {
    throw Object.assign(new Error("The form’s program has stopped. Start synthesis form again; unsaved work is kept."), { gone: true });
  }
  const found = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(found.error), { status: answer.status, conflict: found.conflict });
  return found;
}

export function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false || value === null) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value") made.value = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function say(text) {
  const live = document.getElementById("live");
  // The same words twice are two announcements.
  live.textContent = live.textContent === text ? `${text}\u00a0` : text;
}

export const slug = (text, most = 40) =>
  text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9]+/g, "-").slice(0, most).replace(/^-+|-+$/g, "");
