// Single-key shortcuts. An element says its own keys with data-shortcut, or with
// data-line-shortcut where they count for the line that has the focus; lists are walked by moving the focus.
const SEQUENCE_MS = 1_000;
const STORED = "shortcuts";
const dialog = document.getElementById("shortcuts");
const toggle = document.querySelector("[data-shortcuts-switch]");
let first = "";
let firstAt = 0;

function isTyping(target) {
  return target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit])");
}

function activate(keys) {
  const found = [...document.querySelectorAll(`[data-shortcut="${CSS.escape(keys)}"]`)].find((each) => each.checkVisibility());
  if (!found) return keys === "/" && searchElsewhere();
  if (found.matches("input, textarea, select")) found.focus();
  else found.click();
  return true;
}

function activateOnLine(keys) {
  const line = document.activeElement?.closest("tr");
  const found = line?.querySelector(`[data-line-shortcut="${CSS.escape(keys)}"]`);
  found?.click();
  return Boolean(found);
}

function searchElsewhere() {
  const tickets = document.querySelector('[data-shortcut="g t"]');
  if (tickets) location.assign(`${tickets.href}#search`);
  return Boolean(tickets);
}

function walk(step) {
  const links = [...document.querySelectorAll("[data-list] [data-list-link]")];
  if (!links.length) return false;
  const at = links.findIndex((link) => link.closest("tr") === document.activeElement?.closest("tr"));
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
  return true;
}

function press(key) {
  const within = performance.now() - firstAt < SEQUENCE_MS;
  const keys = first && within ? `${first} ${key}` : key;
  first = key === "g" && keys === "g" ? "g" : "";
  firstAt = performance.now();
  if (key === "j" || key === "k") return walk(key === "j" ? 1 : -1);
  return first ? false : activateOnLine(keys) || activate(keys);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key.length !== 1 || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (localStorage.getItem(STORED) === "off") return;
  if (press(event.key)) event.preventDefault();
});

for (const opener of document.querySelectorAll("[data-opens=shortcuts]")) {
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
}

toggle.checked = localStorage.getItem(STORED) !== "off";
toggle.addEventListener("change", () => localStorage.setItem(STORED, toggle.checked ? "on" : "off"));

if (location.hash === "#search") document.getElementById("search")?.focus();
