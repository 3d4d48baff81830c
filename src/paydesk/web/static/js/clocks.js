// "3 min ago" and time left. The server is the clock: the page only counts on from the time it was sent.
const offsetMs = Date.parse(document.documentElement.dataset.now || "") - Date.now() || 0;
const serverNow = () => Date.now() + offsetMs;

export function agoWords(seconds) {
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86400);
  return days === 1 ? "1 day ago" : `${days} days ago`;
}

// The same words as due_words() on the server.
export function leftWords(seconds) {
  const rest = Math.abs(seconds);
  const span = rest < 3600 ? `${Math.floor(rest / 60)} min`
    : rest < 172800 ? `${Math.floor(rest / 3600)} h`
    : `${Math.floor(rest / 86400)} d`;
  if (rest < 60) return seconds < 0 ? "just late" : "due now";
  return seconds < 0 ? `${span} late` : `due in ${span}`;
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
