// Lines of a list that change while somebody works in it: the focus stays on its line, a line that was confirmed comes
// anew in its place, and what cannot be done in place is done as without script, with a page that says what is so.
const announcements = document.getElementById("announcements");
let focused = null;

const linesOf = (list) => [...list.querySelectorAll("[data-key]")];
const isConfirming = (event) => event.target instanceof Element && event.target.matches("button[form][hx-post]");

function asWithoutScript(button) {
  button.form.requestSubmit(button);
}

document.addEventListener("htmx:before:swap", (event) => {
  if (isConfirming(event) && event.detail.ctx.response.raw.redirected) {
    event.preventDefault();
    asWithoutScript(event.target);
    return;
  }
  const line = document.activeElement?.closest("[data-list] [data-key]");
  focused = line && { key: line.dataset.key, at: linesOf(line.closest("[data-list]")).indexOf(line) };
});

document.addEventListener("htmx:after:swap", (event) => {
  const note = event.target instanceof Element && event.target.matches("[data-key]") && event.target.querySelector("[data-announce]");
  if (note) announcements.textContent = note.dataset.announce;
  if (!focused || document.activeElement !== document.body) return;
  const lines = linesOf(document.querySelector("[data-list]") ?? document);
  const line = lines.find((each) => each.dataset.key === focused.key) ?? lines[Math.min(focused.at, lines.length - 1)];
  line?.querySelector("[data-list-link]")?.focus({ preventScroll: true });
});

for (const failure of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(failure, (event) => {
    if (isConfirming(event)) asWithoutScript(event.target);
  });
}
