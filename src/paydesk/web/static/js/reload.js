// Whoever is quick asks for the page again while an answer is still on its way; by the time the later one comes,
// what it was to replace is gone. It then replaces what stands there now.
export function startReload() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const gone = event.detail.target;
    if (!gone || gone.isConnected) return;
    const now = gone.matches(".wb") ? document.querySelector(".wb") : gone.id && document.getElementById(gone.id);
    if (now) event.detail.target = now;
  });
}
