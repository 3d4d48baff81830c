/* Light or dark, before anything is painted: what the reader chose here, else what their system says. */
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try { return localStorage.getItem("paydesk.theme"); } catch { return null; }
  };
  const show = () => {
    root.dataset.bsTheme = chosen() || (system.matches ? "dark" : "light");
  };
  root.classList.add("js");
  show();
  system.addEventListener("change", show);
  addEventListener("storage", show);
  addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try { localStorage.setItem("paydesk.theme", next); } catch { /* shown for this page all the same */ }
    root.dataset.bsTheme = next;
  });
})();
