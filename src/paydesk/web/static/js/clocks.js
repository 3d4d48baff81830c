// "3 min ago" and time left. The server is the clock: the page only counts on from the time it was sent.
import { said } from "./words.js";

const offsetMs = Date.parse(document.documentElement.dataset.now || "") - Date.now() || 0;
const serverNow = () => Date.now() + offsetMs;

export function agoWords(seconds) {
  if (seconds < 60) return said("just now");
  if (seconds < 3600) return said("%s min ago", Math.floor(seconds / 60));
  if (seconds < 86400) return said("%s h ago", Math.floor(seconds / 3600));
  const days = Math.floor(seconds / 86400);
  return days === 1 ? said("1 day ago") : said("%s days ago", days);
}

// The same words as due_words() on the server.
export function leftWords(seconds) {
  const rest = Math.abs(seconds);
  const span = rest < 3600 ? said("%s min", Math.floor(rest / 60))
    : rest < 172800 ? said("%s h", Math.floor(rest / 3600))
    : said("%s d", Math.floor(rest / 86400));
  if (rest < 60) return said(seconds < 0 ? "just late" : "due now");
  return said(seconds < 0 ? "%s late" : "due in %s", span);
}

function tick() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    time.textContent = agoWords((serverNow() - Date.parse(time.dateTime)) / 1000);
  }
  for (const time of document.querySelectorAll("time[data-due]")) {
    const seconds = Math.round((Date.parse(time.dateTime) - serverNow()) / 1000);
    time.textContent = leftWords(seconds);
    time.classList.toggle("late", seconds < 0);
    time.classList.toggle("soon", seconds >= 0 && seconds < 3600);
  }
}

export function startClocks() {
  tick();
  setInterval(tick, 5000);
  document.addEventListener("htmx:afterSettle", tick);
}
