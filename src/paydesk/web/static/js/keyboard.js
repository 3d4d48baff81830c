// Single letters, only outside fields, switched off in the account or in this browser. A key never moves
// money: it goes somewhere or presses the button it is printed on, and that opens a confirmation.
import { inMenu } from "./menus.js";

const FIELD = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable=true]";
let waitingForPlace = 0;

const stored = () => { try { return localStorage.getItem("paydesk.keys"); } catch { return null; } };
export const enabled = () => document.body.dataset.keys !== "off" && stored() !== "off";
const seen = (element) => element.offsetParent !== null || element.matches("input[type=file]") || inMenu(element);

export function startKeyboard() {
  addEventListener("keydown", press);
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-open-keys]")) showKeys(); });
  const box = document.getElementById("keys-on");
  if (!box) return;
  box.checked = stored() !== "off";
  box.addEventListener("change", () => {
    try { localStorage.setItem("paydesk.keys", box.checked ? "on" : "off"); } catch { box.checked = true; }
  });
  document.addEventListener("htmx:beforeSwap", remember);
  document.addEventListener("htmx:afterSettle", putBack);
}

function press(event) {
  if (event.defaultPrevented || event.altKey) return;
  const field = event.target.closest?.(FIELD);
  // A ticked box of a dialog sends it too, and so does one that only asks whether.
  const asks = document.querySelector("dialog[open]")?.querySelector("form[method=post]");
  const sent = (field ?? event.target.closest?.("dialog input"))?.form ?? asks;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && sent) { sent.requestSubmit(); return; }
  if (event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") { escape(field); return; }
  if (field || !enabled()) return;
  const dialog = document.querySelector("dialog[open]");
  if (dialog) { if (/^[1-9]$/.test(event.key)) pressIn(dialog, event); return; }
  if (waitingForPlace && Date.now() - waitingForPlace < 1500) {
    waitingForPlace = 0;
    const place = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (place) { event.preventDefault(); place.click(); }
    return;
  }
  waitingForPlace = 0;
  if (event.key === "g") { waitingForPlace = Date.now(); return; }
  if (event.key === "/") { const find = document.getElementById("find"); if (find) { event.preventDefault(); find.select(); find.focus(); } return; }
  if (event.key === "?") { event.preventDefault(); showKeys(); return; }
  if (event.key === "j") { step(1, event); return; }
  if (event.key === "k") { step(-1, event); return; }
  if (event.key === "x" && choose()) { event.preventDefault(); return; }
  if (!/^[a-z0-9]$/.test(event.key)) return;
  if (!pressOnRow(event)) pressIn(document, event);
}

// A key of the row one stands on comes before those of the page.
function pressOnRow(event) {
  const row = rows().find((each) => each === document.activeElement || frameOf(each).matches(".here"));
  const button = row?.closest("tr, li")?.querySelector(`[data-row-key="${event.key}"]`);
  if (!button) return false;
  event.preventDefault();
  button.click();
  return true;
}

function pressIn(place, event) {
  const button = [...place.querySelectorAll(`[data-hotkey="${event.key}"], [data-hotkey-too="${event.key}"]`)].find(seen);
  if (button && button.getAttribute("aria-disabled") !== "true") { event.preventDefault(); button.click(); }
}

function escape(field) {
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  if (field) { field.blur(); return; }
  const close = [...document.querySelectorAll("[data-escape]")].find(seen);
  if (close) close.click();
}

// Rows are links marked data-row; in a table the link stands in the row it opens.
const rows = () => [...document.querySelectorAll("[data-row]")].filter(seen);
const frameOf = (row) => row.closest("tr") || row;

function step(by, event) {
  const all = rows();
  if (!all.length) return;
  event.preventDefault();
  const here = all.indexOf(
    all.find((row) => row === document.activeElement)
    || all.find((row) => frameOf(row).matches(".here"))
    || all.find((row) => frameOf(row).matches("[aria-current]")),
  );
  const row = all[Math.min(Math.max(here + by, 0), all.length - 1)] || all[0];
  mark(row);
  row.focus();
  frameOf(row).scrollIntoView({ block: "nearest" });
}

// The box of the row one stands on; it only chooses, what is done with the chosen ones asks by itself.
function choose() {
  const row = rows().find((each) => each === document.activeElement) || rows().find((each) => frameOf(each).matches(".here, [aria-current]"));
  const box = row?.closest("tr, li")?.querySelector("input[type=checkbox][data-select]");
  if (!box) return false;
  box.click();
  return true;
}

function mark(row) {
  for (const other of rows()) frameOf(other).classList.remove("here");
  frameOf(row).classList.add("here");
}

// A live list that was swapped keeps the row one stood on.
let stoodOn = null;
function remember() {
  stoodOn = document.activeElement?.matches?.("[data-row]") ? document.activeElement.id : null;
}
function putBack() {
  const row = stoodOn && document.getElementById(stoodOn);
  stoodOn = null;
  if (row && document.activeElement === document.body) { mark(row); row.focus({ preventScroll: true }); }
}

function showKeys() {
  const dialog = document.getElementById("keys");
  const list = document.getElementById("keys-here");
  if (!dialog || dialog.open) return;
  list.replaceChildren();
  for (const button of [...document.querySelectorAll("[data-hotkey]")].filter(seen)) {
    const key = document.createElement("kbd");
    key.textContent = button.dataset.hotkey;
    const term = document.createElement("dt");
    term.append(key);
    if (button.dataset.hotkeyToo) {
      const other = document.createElement("kbd");
      other.textContent = button.dataset.hotkeyToo;
      term.append(" ", other);
    }
    const words = document.createElement("dd");
    const label = button.labels?.[0] || button;
    words.textContent = [...label.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join("").trim();
    list.append(term, words);
  }
  document.getElementById("keys-of-here").hidden = !list.childElementCount;
  dialog.showModal();
}
