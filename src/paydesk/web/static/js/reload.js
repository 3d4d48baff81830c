// Whoever is quick asks for the page again while an answer is still on its way; by the time the later one comes,
// what it was to replace is gone. It then replaces what stands there now. (htmx tells of a swap on its target, which
// nobody hears once it is gone; that an answer has come it tells on what asked.)
export function startReload() {
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const gone = event.detail.target;
    if (!gone || gone.isConnected) return;
    const now = gone.matches(".wb") ? document.querySelector(".wb") : gone.id && document.getElementById(gone.id);
    if (now) event.detail.target = now;
  });
}
