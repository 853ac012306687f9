// An answer or a note that is not sent yet: kept in this tab while another form of its page is sent, and put back when
// its field comes again, be that after a page that refused. Forgotten then, once it is sent, and where somebody signs in.
const KEPT = "unsent ";
const fields = [...document.querySelectorAll("[data-unsent]")];
const keyOf = (field) => KEPT + field.dataset.unsent;

function putBack(field) {
  const words = sessionStorage.getItem(keyOf(field));
  if (words === null || field.value) return;
  field.value = words;
  field.closest("details")?.setAttribute("open", "");
  sessionStorage.removeItem(keyOf(field));
}

function keep(field) {
  if (field.value.trim()) sessionStorage.setItem(keyOf(field), field.value);
  else sessionStorage.removeItem(keyOf(field));
}

fields.forEach(putBack);

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method === "dialog") return;
  for (const field of fields) {
    if (field.form === event.target) sessionStorage.removeItem(keyOf(field));
    else keep(field);
  }
});

if (document.querySelector("[data-signs-in]")) {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEPT)) sessionStorage.removeItem(key);
}
