// An answer or a note that is not sent yet: kept in this tab while another form of its page is sent, and put back when
// its field comes again, be that after a page that refused, a new sign-in, or in the ticket in which this one goes on.
// Forgotten once it is put back or sent, where somebody signs out, and where another one is signed in.
const KEPT = "unsent ";
const fields = [...document.querySelectorAll("[data-unsent]")];
const sent = new Set();

const keysOf = ({ dataset }) => dataset.unsentTickets.split(" ").map((id) => `${KEPT}${dataset.unsentUser} ${id} ${dataset.unsent}`);
const statusOf = (field) => field.form.elements.status;

function forget(isOurs) {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEPT) && !isOurs(key)) sessionStorage.removeItem(key);
}

function putBack(field) {
  const keys = keysOf(field).filter((key) => sessionStorage.getItem(key) !== null);
  if (!keys.length || field.value) return;
  const kept = keys.map((key) => JSON.parse(sessionStorage.getItem(key)));
  field.value = kept.map(({ words }) => words).join("\n\n");
  if (statusOf(field)) statusOf(field).value = kept[0].status;
  field.closest("details")?.setAttribute("open", "");
  for (const key of keys) sessionStorage.removeItem(key);
}

function keep(field) {
  const [key] = keysOf(field);
  const isUnsent = field.value.trim() && !sent.has(field);
  if (isUnsent) sessionStorage.setItem(key, JSON.stringify({ words: field.value, status: statusOf(field)?.value ?? "" }));
  else sessionStorage.removeItem(key);
}

if (fields.length) forget((key) => key.startsWith(`${KEPT}${fields[0].dataset.unsentUser} `));

for (const field of fields) {
  putBack(field);
  field.addEventListener("input", () => sent.delete(field));
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method === "dialog") return;
  for (const field of fields) {
    if (field.form === event.target) sent.add(field);
    keep(field);
  }
  if (event.target.matches("[data-signs-out]")) forget(() => false);
});
