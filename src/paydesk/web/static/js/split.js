// A list beside what it opens: the opened row is marked, and on a phone the opened pane takes the screen.
export function startSplit() {
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "detail") return;
    const opened = event.detail.target.querySelector("[data-open-row]")?.dataset.openRow;
    for (const row of document.querySelectorAll("[data-row][aria-current]")) row.removeAttribute("aria-current");
    document.getElementById(opened)?.setAttribute("aria-current", "true");
    const panes = event.detail.target.closest(".panes");
    panes.classList.toggle("is-open", Boolean(opened));
    const pane = event.detail.target.matches(".pane") ? event.detail.target : event.detail.target.querySelector(".pane");
    pane.scrollTop = 0;
    if (getComputedStyle(document.querySelector(".panes.split > .pane.list")).display === "none") pane.focus();
  });
}
