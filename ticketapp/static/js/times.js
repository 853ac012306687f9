// Adds the reader's local time to every exact time, and keeps the relative words true while a page stays open.
const REFRESH_MS = 30_000;
const DATE_AFTER_S = 14 * 86_400;

function amount(seconds) {
  if (seconds < 60) return null;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  const days = Math.floor(seconds / 86_400);
  return `${days} day${days === 1 ? "" : "s"}`;
}

function relative(moment) {
  const gap = (Date.now() - moment.getTime()) / 1000;
  if (Math.abs(gap) >= DATE_AFTER_S) return moment.toISOString().slice(0, 10);
  const words = amount(Math.abs(gap));
  if (words === null) return "just now";
  return gap > 0 ? `${words} ago` : `in ${words}`;
}

// What is still to come is never told as past, nor as just now.
function ahead(moment) {
  const gap = (moment.getTime() - Date.now()) / 1000;
  if (gap <= 0) return "when its turn comes";
  return gap < 60 ? "within a minute" : relative(moment);
}

function refresh() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    const utc = `${moment.toISOString().slice(0, 19).replace("T", " ")} UTC`;
    time.title = `${utc}, local ${moment.toLocaleString()}`;
    const words = "due" in time.dataset ? ahead(moment) : relative(moment);
    if (time.textContent !== words) time.textContent = words;
  }
}

refresh();
setInterval(refresh, REFRESH_MS);
document.addEventListener("htmx:after:swap", refresh);
