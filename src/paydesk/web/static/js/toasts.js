// A toast confirms what was done and goes by itself; it stays while the pointer rests on it.
const STAYS_MS = 5000;

export function startToasts() {
  document.addEventListener("toast", (event) => {
    const note = document.createElement("div");
    note.className = "toast-note";
    note.innerHTML = '<svg class="ic" viewBox="0 0 24 24" aria-hidden="true"><path d="M5 12.5l4.5 4.5L19 7"/></svg>';
    const words = document.createElement("span");
    words.textContent = event.detail.text;
    note.append(words);
    document.getElementById("toasts").append(note);
    goesLater(note);
  });
  for (const note of document.querySelectorAll("[data-toast]")) goesLater(note);
}

function goesLater(note) {
  const timer = setInterval(() => {
    if (note.matches(":hover")) return;
    clearInterval(timer);
    note.remove();
  }, STAYS_MS);
}
