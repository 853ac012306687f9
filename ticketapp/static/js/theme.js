// The theme switch without a reload: repaints here and in other open tabs, while the server remembers it in a cookie.
const channel = new BroadcastChannel("theme");

function paint(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  for (const button of document.querySelectorAll("[data-theme-switch] button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-switch]") || !event.submitter) return;
  event.preventDefault();
  const body = new FormData(event.target, event.submitter);
  fetch(event.target.action, { method: "POST", body, redirect: "manual", keepalive: true });
  paint(event.submitter.value);
  channel.postMessage(event.submitter.value);
});

channel.addEventListener("message", (event) => paint(event.data));
