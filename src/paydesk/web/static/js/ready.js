// Ready texts: "/" at the beginning of a line of an answer opens them; typing narrows, arrows move, Enter puts one in.
import { announce } from "./announce.js";
import { put } from "./cases.js";
import { said } from "./words.js";

export function startReady() {
  document.addEventListener("input", (event) => {
    const find = event.target.closest?.("[data-ready-find]");
    if (find) narrow(find);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && opensAt(event.target)) { event.preventDefault(); document.querySelector("[data-opens-ready]")?.click(); return; }
    const list = event.target.closest?.("[data-ready-list]");
    if (!list || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = shown(list);
    const here = all.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (here + step < 0) list.querySelector("[data-ready-find]").focus();
      else all[Math.min(here + step, all.length - 1)]?.focus();
    } else if (event.key === "Enter" && event.target.matches("[data-ready-find]")) {
      event.preventDefault();
      all[0]?.click();
    }
  });
  document.addEventListener("click", (event) => {
    const text = event.target.closest?.("[data-ready-text]");
    if (text) choose(text);
    const off = event.target.closest?.("[data-ready-off]");
    if (off) off.closest("[data-then]").replaceChildren();
  });
}

const shown = (list) => [...list.querySelectorAll("[data-ready-row]:not([hidden]) [data-ready-text]")];

function opensAt(field) {
  if (field.id !== "say-text" || !document.querySelector("[data-opens-ready]")) return false;
  const before = field.value.slice(0, field.selectionStart);
  return before === "" || before.endsWith("\n");
}

function narrow(find) {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = [...find.closest("[data-ready-list]").querySelectorAll("[data-ready-row]")];
  const inTitle = (row) => words.every((word) => row.querySelector("[data-ready-text]").dataset.readyTitle.toLowerCase().includes(word));
  for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
  for (const row of rows.filter(inTitle).reverse()) row.parentElement.prepend(row);
}

function choose(text) {
  const form = document.getElementById("say-text")?.form;
  if (!form) return;
  document.getElementById("dialog").close("stay");
  put(form, text.dataset.readyText, JSON.parse(text.dataset.readyFacts));
  const then = form.querySelector("[data-then]");
  then.replaceChildren();
  const told = [];
  if (text.dataset.readyCategory) { field(then, "then_category", text.dataset.readyCategory); told.push(said("it is sorted")); }
  if (text.dataset.readyWait) { field(then, "wait_hours", text.dataset.readyWait); told.push(said("it waits %s h for them", text.dataset.readyWait)); }
  if (told.length) {
    const words = document.createElement("span");
    words.textContent = said("When it is sent, %s. ", told.join(said(" and ")));
    const off = document.createElement("button");
    Object.assign(off, { type: "button", className: "btn quiet", textContent: said("Only the text") });
    off.dataset.readyOff = "";
    then.append(words, off);
  }
  announce(said("%s is put in", text.dataset.readyTitle));
  form.querySelector("textarea").focus();
}

function field(place, name, value) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  place.append(input);
}
