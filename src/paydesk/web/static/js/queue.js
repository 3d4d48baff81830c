// Lists of what waits: Enter on the row that is open presses its primary action (which asks), rows are chosen
// one by one, as a stretch or all, and a ready text is copied when the form around it is sent.
import { enabled } from "./keyboard.js";

let lastBox = null;

export function startQueue() {
  addEventListener("keydown", press);
  document.addEventListener("click", stretch);
  document.addEventListener("change", (event) => {
    const all = event.target.closest?.("[data-select-all]");
    if (all) for (const box of boxes()) box.checked = all.checked;
    if (all || event.target.matches?.("[data-select]")) count();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-choose-none]")) return;
    for (const box of document.querySelectorAll("[data-select], [data-select-all]")) box.checked = false;
    count();
  });
  document.addEventListener("submit", copy, true);
  document.addEventListener("htmx:afterSettle", count);
  count();
}

const boxes = () => [...document.querySelectorAll("[data-select]")];

function count() {
  const bar = document.querySelector("[data-chosen-bar]");
  if (!bar) return;
  const chosen = boxes().filter((box) => box.checked).length;
  bar.hidden = !chosen;
  bar.querySelector("[data-chosen-count]").textContent = chosen;
  const all = document.querySelector("[data-select-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && chosen < boxes().length;
  }
}

// With Shift, all boxes between this one and the last take its mark.
function stretch(event) {
  const box = event.target.closest?.("[data-select]");
  if (!box) return;
  if (event.shiftKey) mark(box, box.checked);
  lastBox = box;
}

function mark(box, checked) {
  const all = boxes();
  const [from, to] = [all.indexOf(lastBox), all.indexOf(box)];
  if (from < 0 || to < 0) return;
  for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) each.checked = checked;
  count();
}

function press(event) {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || !enabled()) return;
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  const here = document.activeElement;
  if (event.key === "Enter") { primary(event, here); return; }
  if (event.key === "u" && !here?.matches?.("input:not([type=checkbox]), textarea, select")) { document.querySelector('[data-go="i"]')?.click(); return; }
  if (event.key === "X" && !here?.matches?.("input:not([type=checkbox]), textarea, select")) {
    const row = here.closest?.("[data-row]") || document.querySelector("[data-row].here, [data-row][aria-current]");
    const box = row?.closest("li, tr")?.querySelector("[data-select]");
    if (!box) return;
    event.preventDefault();
    box.checked = true;
    mark(box, true);
    lastBox = box;
    count();
  }
}

// Only where nothing else would take the key: on the open row, or where nothing has the focus.
function primary(event, here) {
  const onOpenRow = here?.matches?.("[data-row][aria-current]");
  const nowhere = !here || here === document.body || here.matches("main, .pane");
  const button = document.querySelector("#detail .btn-primary[data-hotkey], article .head .btn-primary[data-hotkey]");
  if (!button || !(onOpenRow || nowhere)) return;
  event.preventDefault();
  button.click();
}

function copy(event) {
  const text = document.getElementById(event.target.dataset?.copy || "");
  if (!text) return;
  if (navigator.clipboard) navigator.clipboard.writeText(text.value).catch(() => select(text));
  else select(text);
}

// Where the page may not reach the clipboard, as over plain http, the old way still works.
function select(text) {
  text.select();
  document.execCommand("copy");
}
