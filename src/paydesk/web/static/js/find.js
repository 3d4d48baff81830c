// The panel under the find box: it opens with what was found while one types; arrows walk its rows, Enter opens
// one, Esc goes back to the box and then closes it.
import { announce } from "./announce.js";
import { said } from "./words.js";

export function startFind() {
  const form = document.querySelector("form[data-find]");
  if (!form) return;
  const box = form.querySelector("input");
  const panel = form.querySelector(".find-panel");
  const rows = () => [...panel.querySelectorAll("a[href]")];

  const show = (open) => { panel.hidden = !open; };

  document.addEventListener("htmx:beforeSwap", (event) => {
    // Slower than the form it was typed in: what comes for a page that is left is not shown.
    if (event.detail.target === panel && !form.contains(document.activeElement)) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== panel) return;
    const found = panel.querySelector("[data-found]");
    show(Boolean(found));
    if (found) announce(found.dataset.found === "0" ? said("Nothing found") : said("%s found", found.dataset.found));
  });
  box.addEventListener("input", () => { if (!box.value.trim()) { panel.replaceChildren(); show(false); } });
  box.addEventListener("focus", () => show(panel.childElementCount > 0));
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) show(false); });
  // A press on a row must not take the panel away before it is a click.
  panel.addEventListener("mousedown", (event) => event.preventDefault());

  form.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || panel.hidden) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (document.activeElement === box) show(false);
      else box.focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = rows();
    const next = all.indexOf(document.activeElement) + step;
    if (next < 0) box.focus();
    else all[Math.min(next, all.length - 1)]?.focus();
  });
}
