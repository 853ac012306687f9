// What somebody writes and has not sent: kept in this tab when its page is left, whichever way, and put back when its
// field comes again, be that after Back, a page that refused, a new sign-in, or in the ticket in which this one goes on.
// Forgotten once it is sent, where somebody signs out, and where another one is signed in. Browsers put words back as
// well, whoever is signed in by then and whether they were sent or not: here they do not.
const KEPT = "unsent ";
const ON_ITS_WAY = "on its way"; // its form was sent: the next page tells whether it was taken
const HELD = "held"; // another form of its page was sent, or its own was refused: it is to go on
const LEFT = "left"; // its page was left
const fields = [...document.querySelectorAll("[data-unsent]")];
const onTheirWay = new Set();
let sentForm = null;

const keysOf = ({ dataset }) => dataset.unsentTickets.split(" ").map((id) => `${KEPT}${dataset.unsentUser} ${id} ${dataset.unsent}`);
const allKeys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(KEPT));
const read = (key) => JSON.parse(sessionStorage.getItem(key));
const write = (key, kept) => sessionStorage.setItem(key, JSON.stringify(kept));
const forget = (keys) => keys.forEach((key) => sessionStorage.removeItem(key));
const statusOf = (field) => (field.dataset.unsent === "answer" ? field.form.elements.status : null);

function settle(cameBy) {
  const isRefused = document.querySelector("[data-not-taken]") !== null;
  for (const key of allKeys()) {
    const kept = read(key);
    if (kept.state !== ON_ITS_WAY) continue;
    if (isRefused) write(key, { ...kept, state: HELD });
    else if (cameBy !== "back_forward") forget([key]);
  }
}

function putBack(field, cameBy) {
  // a new ticket that was left is another one's when the form is opened anew
  const isStray = ({ state }) => state === LEFT && "unsentOnce" in field.dataset && cameBy === "navigate";
  const keys = keysOf(field).filter((key) => sessionStorage.getItem(key) !== null);
  const kept = keys.map(read).filter((each) => !isStray(each));
  forget(keys);
  if (!kept.length || field.value) return;
  field.value = kept.map(({ words }) => words).join("\n\n");
  if (statusOf(field)) statusOf(field).value = kept[0].status;
  field.closest("details")?.setAttribute("open", "");
}

function keep(field) {
  const [key] = keysOf(field);
  if (!field.value.trim()) return forget([key]);
  const state = onTheirWay.has(field) ? ON_ITS_WAY : sentForm ? HELD : LEFT;
  write(key, { words: field.value, status: statusOf(field)?.value ?? "", state });
}

function begin(cameBy) {
  onTheirWay.clear();
  sentForm = null;
  settle(cameBy);
  for (const field of fields) putBack(field, cameBy);
}

if (fields.length) forget(allKeys().filter((key) => !key.startsWith(`${KEPT}${fields[0].dataset.unsentUser} `)));

for (const field of fields) {
  field.autocomplete = "off";
  field.form.autocomplete = "off";
  field.addEventListener("input", () => onTheirWay.delete(field));
}

begin(performance.getEntriesByType("navigation")[0].type);

window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const field of fields) field.value = "";
  begin("back_forward");
});

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method === "dialog") return;
  sentForm = event.target;
  for (const field of fields) if (field.form === sentForm) onTheirWay.add(field);
});

window.addEventListener("pagehide", () => {
  if (sentForm?.matches("[data-signs-out]")) forget(allKeys());
  else fields.forEach(keep);
});
