// Live regions: asks only while the page is seen, sends the last ETag, marks and politely announces what is new.
// One with data-live-still moves nothing under a hand, neither itself nor what stands below it: what is new waits while
// the mouse moves there or rests on something to press, or on word of what one did, or a finger is down. A press right
// after lines moved, on them or below, was aimed at what stood there before.
const AFTER_PRESS_MS = 1_000;
const AT_REST_MS = 1_500;
const AFTER_MOVE_MS = 350;
const TO_PRESS = "a, button, input, label, select, summary, .line-note";
const NOWHERE = Number.NEGATIVE_INFINITY;
const etags = new WeakMap();
const placesBefore = new WeakMap();
const announcements = document.getElementById("announcements");
const behind = new Set();
const hand = { kind: "", x: NOWHERE, y: NOWHERE, at: NOWHERE, isDown: false, pressedAt: NOWHERE };
// A mouse that rests says nothing to the next page: this one leaves word where it was.
Object.assign(hand, JSON.parse(sessionStorage.getItem("mouse")));
const moved = { from: NOWHERE, at: NOWHERE };

const linesOf = (region) => [...region.querySelectorAll("[data-key]")];
const placesOf = (region) => new Map([
  ...linesOf(region).map((each) => [each.dataset.key, each.getBoundingClientRect().top]),
  ["", region.getBoundingClientRect().bottom],
]);
const regionOf = (event) => (event.target instanceof Element && event.target.matches("[data-live]") ? event.target : null);

function isUnderHand(region) {
  if (hand.y < region.getBoundingClientRect().top) return false;
  const now = performance.now();
  if (hand.isDown || now - hand.pressedAt < AFTER_PRESS_MS) return true;
  if (hand.kind === "touch") return false;
  return now - hand.at < AT_REST_MS || Boolean(document.elementFromPoint(hand.x, hand.y)?.closest(TO_PRESS));
}

function holdBack(region, isBehind) {
  behind[isBehind ? "add" : "delete"](region);
  document.getElementById(`${region.id}-waits`).hidden = !isBehind;
}

function catchUp() {
  for (const region of behind) if (!isUnderHand(region)) region.dispatchEvent(new Event("every"));
}

function settle(region, before) {
  holdBack(region, false);
  const after = placesOf(region);
  const from = [...before].flatMap(([key, place]) => (after.get(key) === place ? [] : [place, after.get(key) ?? place]));
  if (from.length) Object.assign(moved, { from: Math.min(...from), at: performance.now() });
}

document.addEventListener("htmx:config:request", (event) => {
  const region = regionOf(event);
  if (!region) return;
  // What is held back already is known to be old: asking again would fetch it whole each time.
  if (document.hidden || (behind.has(region) && isUnderHand(region))) event.preventDefault();
  const etag = etags.get(region) ?? (region.dataset.tag && `"${region.dataset.tag}"`);
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
  if (answer.ok && region.matches("[data-live-still]") && isUnderHand(region)) {
    event.preventDefault();
    holdBack(region, true);
    return;
  }
  if (answer.ok && answer.headers.has("ETag")) etags.set(region, answer.headers.get("ETag"));
  placesBefore.set(region, placesOf(region));
});

document.addEventListener("htmx:after:swap", (event) => {
  const region = regionOf(event);
  if (!region) return;
  const before = placesBefore.get(region);
  const fresh = linesOf(region).filter((each) => !before.has(each.dataset.key));
  if (region.matches("[data-live-still]")) settle(region, before);
  for (const each of fresh) each.setAttribute("data-new", "");
  const noun = region.dataset.live;
  if (noun && fresh.length) announcements.textContent = `${fresh.length} new ${noun}${fresh.length === 1 ? "" : "s"}`;
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const region of document.querySelectorAll("[data-live]")) region.dispatchEvent(new Event("every"));
});

for (const moving of ["pointermove", "pointerover"]) {
  document.addEventListener(moving, (event) => {
    Object.assign(hand, { kind: event.pointerType, x: event.clientX, y: event.clientY, at: performance.now() });
    catchUp();
  });
}

document.addEventListener("pointerout", (event) => {
  if (event.relatedTarget || event.pointerType === "touch") return;
  hand.y = NOWHERE;
  catchUp();
});

document.addEventListener("pointerdown", (event) => {
  Object.assign(hand, { kind: event.pointerType, x: event.clientX, y: event.clientY, isDown: true });
});

for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    Object.assign(hand, { isDown: false, pressedAt: performance.now() });
    setTimeout(catchUp, AFTER_PRESS_MS);
  });
}

document.addEventListener("click", (event) => {
  const isAmongMoved = event.clientY >= moved.from && performance.now() - moved.at < AFTER_MOVE_MS;
  if (event.detail === 0 || !isAmongMoved) return;
  event.preventDefault();
  event.stopPropagation();
}, { capture: true });

window.addEventListener("pagehide", () => {
  if (hand.kind === "mouse" && hand.y !== NOWHERE) sessionStorage.setItem("mouse", JSON.stringify({ kind: "mouse", x: hand.x, y: hand.y }));
  else sessionStorage.removeItem("mouse");
});
