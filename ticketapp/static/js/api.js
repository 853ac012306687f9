// The page about the API: sends what its forms hold, with the session or a token, and writes down what comes back.
const sheet = document.querySelector("[data-api]");
const token = document.getElementById("api-token");
const TOLD_HEADERS = ["link", "location", "retry-after", "www-authenticate"];

function request(form) {
  const method = form.dataset.method;
  const query = new URLSearchParams();
  let path = form.dataset.path;
  for (const control of form.querySelectorAll("[data-in]")) {
    if (control.dataset.in === "path") path = path.replace(`{${control.name}}`, encodeURIComponent(control.value.trim()));
    if (control.dataset.in === "query" && control.value) query.append(control.name, control.value);
  }
  const headers = {};
  const body = form.querySelector('[data-in="body"]')?.value;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const secret = token.value.trim();
  if (secret) headers["Authorization"] = `Bearer ${secret}`;
  else if (method !== "GET" && sheet.dataset.csrf) headers["X-CSRFToken"] = sheet.dataset.csrf;
  const address = query.size ? `${path}?${query}` : path;
  return { address, options: { method, headers, body, credentials: secret ? "omit" : "same-origin" } };
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function code(text, label) {
  return element("pre", text, { class: "api-code", tabindex: "0", "aria-label": label });
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function answer({ address, options }) {
  const started = performance.now();
  const response = await fetch(address, options);
  const text = await response.text();
  const took = Math.round(performance.now() - started);
  const status = element("p", `${response.status} ${response.statusText} in ${took} ms`, { class: "api-status" });
  if (!response.ok) status.dataset.failed = "";
  const headers = TOLD_HEADERS.filter((name) => response.headers.has(name));
  const told = headers.map((name) => `${name}: ${response.headers.get(name)}`);
  return [
    element("p", `${options.method} ${address}`, { class: "caption" }),
    status,
    ...(told.length ? [code(told.join("\n"), "Headers of the answer")] : []),
    code(pretty(text), "Body of the answer"),
  ];
}

async function send(form) {
  const button = form.querySelector("button");
  const working = form.querySelector("[data-api-working]");
  const written = form.querySelector("[data-api-answer]");
  written.replaceChildren();
  button.disabled = true;
  working.hidden = false;
  let lines;
  try {
    lines = await answer(request(form));
  } catch (error) {
    const sentence = `The request could not be sent: ${error.message}`;
    lines = [element("p", sentence, { class: "api-status", "data-failed": "" })];
  }
  written.replaceChildren(...lines);
  working.hidden = true;
  button.disabled = false;
}

if (sheet) {
  for (const part of sheet.querySelectorAll("[data-api-only-script]")) part.hidden = false;
  sheet.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.matches("[data-api-try]")) send(event.target);
  });
}
