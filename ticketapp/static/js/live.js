// Live regions: asks only while the page is seen, sends the last ETag, marks and politely announces what is new.
const etags = new WeakMap();
const keysBefore = new WeakMap();
const announcements = document.getElementById("announcements");

const keysOf = (region) => new Set([...region.querySelectorAll("[data-key]")].map((each) => each.dataset.key));
const regionOf = (event) => (event.target instanceof Element && event.target.matches("[data-live]") ? event.target : null);

document.addEventListener("htmx:config:request", (event) => {
  const region = regionOf(event);
  if (!region) return;
  if (document.hidden) event.preventDefault();
  const etag = etags.get(region);
  if (etag) event.detail.ctx.request.headers["If-None-Match"] = etag;
});

document.addEventListener("htmx:before:swap", (event) => {
  const region = regionOf(event);
  if (!region) return;
  const answer = event.detail.ctx.response.raw;
  if (answer.redirected) {
    event.preventDefault();
    location.reload();
    return;
  }
  if (answer.ok && answer.headers.has("ETag")) etags.set(region, answer.headers.get("ETag"));
  keysBefore.set(region, keysOf(region));
});

document.addEventListener("htmx:after:swap", (event) => {
  const region = regionOf(event);
  if (!region) return;
  const before = keysBefore.get(region);
  const fresh = [...region.querySelectorAll("[data-key]")].filter((each) => !before.has(each.dataset.key));
  for (const each of fresh) each.setAttribute("data-new", "");
  const noun = region.dataset.live;
  if (noun && fresh.length) announcements.textContent = `${fresh.length} new ${noun}${fresh.length === 1 ? "" : "s"}`;
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const region of document.querySelectorAll("[data-live]")) region.dispatchEvent(new Event("every"));
});
