// The command palette: Ctrl K (or Cmd K) lists every button of the page and every place of the desk; letters narrow
// it, in order but with gaps, arrows move, Enter presses what is marked. It presses buttons and does nothing by itself.
import { announce } from "./announce.js";
import { inMenu } from "./menus.js";
import { said } from "./words.js";

const MOST = 60;
let entries = [];

export function startPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const box = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog[open]")) open(dialog, box, list);
  });
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-open-palette]")) open(dialog, box, list); });
  box.addEventListener("input", () => show(box, list));
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); move(box, list, step); }
    if (event.key === "Enter") { event.preventDefault(); press(dialog, list.querySelector("[aria-selected=true]")); }
  });
  list.addEventListener("click", (event) => press(dialog, event.target.closest("[role=option]")));
}

function open(dialog, box, list) {
  entries = found();
  box.value = "";
  show(box, list);
  dialog.showModal();
  box.focus();
}

const seen = (element) => (element.offsetParent !== null || inMenu(element)) && !element.closest("dialog, [hidden], .visually-hidden");

function wordsOf(element) {
  const label = element.labels?.[0] || element;
  const copy = label.cloneNode(true);
  for (const part of copy.querySelectorAll("kbd, svg, .n, .waits, .visually-hidden")) part.remove();
  return copy.textContent.replace(/\s+/g, " ").trim() || element.getAttribute("aria-label") || "";
}

// Verbs of the page first, then its views, then the places of the desk.
function found() {
  const all = [];
  const known = new Set();
  const add = (element, kind, key) => {
    const words = wordsOf(element);
    if (!words || known.has(`${kind} ${words}`)) return;
    known.add(`${kind} ${words}`);
    const blocked = element.getAttribute("aria-disabled") === "true";
    all.push({ element, kind, words, key, blocked, why: blocked ? element.title : "" });
  };
  for (const element of document.querySelectorAll(".btn, [data-hotkey], [data-menu] .item")) {
    if (element.matches("[data-row], .tabs a, [data-choose-none]") || (!seen(element) && !element.matches(".visually-hidden[data-hotkey]"))) continue;
    add(element, said("Do"), element.dataset.hotkey || "");
  }
  for (const element of document.querySelectorAll(".tabs a")) if (seen(element)) add(element, said("View"), "");
  for (const element of document.querySelectorAll("[data-go]")) add(element, said("Go to"), `g ${element.dataset.go}`);
  return all;
}

// How well the letters fit: all in order; at beginnings of words and one after the other they count more. 0: not at all.
export function score(words, wanted) {
  const text = words.toLowerCase();
  let at = -1, sum = 1;
  for (const letter of wanted.toLowerCase().replace(/\s+/g, "")) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return 0;
    sum += next === at + 1 ? 4 : 1;
    if (next === 0 || text[next - 1] === " ") sum += 3;
    at = next;
  }
  return sum - words.length / 100;
}

function show(box, list) {
  const wanted = box.value.trim();
  const fits = entries
    .map((entry, place) => ({ entry, place, sum: wanted ? score(`${entry.words}`, wanted) : 1 }))
    .filter((each) => each.sum > 0)
    .sort((one, other) => other.sum - one.sum || one.place - other.place)
    .slice(0, MOST);
  list.replaceChildren(...fits.map(({ entry }, place) => option(entry, place)));
  if (wanted) list.append(option({ kind: said("Find"), words: `“${wanted}”`, find: wanted, key: "" }, fits.length));
  mark(box, list, list.firstElementChild);
  if (wanted) announce(said("%s fit", fits.length));
}

function option(entry, place) {
  const row = document.createElement("li");
  row.setAttribute("role", "option");
  row.id = `palette-${place}`;
  row.entry = entry;
  if (entry.blocked) row.className = "blocked";
  const kind = document.createElement("span"), words = document.createElement("span");
  kind.className = "muted";
  kind.textContent = entry.kind;
  words.textContent = entry.words;
  row.append(kind, words);
  if (entry.why) { const why = document.createElement("span"); why.className = "muted why-not"; why.textContent = entry.why; row.append(why); }
  for (const key of entry.key ? entry.key.split(" ") : []) { const kbd = document.createElement("kbd"); kbd.textContent = key; row.append(kbd); }
  return row;
}

function mark(box, list, row) {
  for (const other of list.querySelectorAll("[aria-selected]")) other.removeAttribute("aria-selected");
  box.setAttribute("aria-activedescendant", row?.id || "");
  row?.setAttribute("aria-selected", "true");
  row?.scrollIntoView({ block: "nearest" });
}

function move(box, list, step) {
  const all = [...list.children];
  const here = all.findIndex((row) => row.getAttribute("aria-selected") === "true");
  mark(box, list, all[(here + step + all.length) % all.length]);
}

function press(dialog, row) {
  if (!row) return;
  dialog.close();
  const { element, find } = row.entry;
  if (find) {
    const box = document.getElementById("find");
    if (box) { box.value = find; box.form.requestSubmit(); }
    return;
  }
  if (element.isConnected) { element.focus?.({ preventScroll: true }); element.click(); }
}
