// Dropping or choosing several files: each goes up by itself with its own progress, two at a time. One place on
// a page takes what is dropped anywhere on it; of several, each takes what is dropped on itself. A form with
// data-dropzone="one" takes one file at a time.
import { announce } from "./announce.js";

const AT_ONCE = 2;

export function startDropzones() {
  for (const form of document.querySelectorAll("form[data-dropzone]")) start(form);
}

function start(form) {
  const zone = form.querySelector(".dropzone");
  const input = form.querySelector("input[type=file]");
  const waiting = [];
  let running = 0;

  const next = () => {
    while (running < AT_ONCE && waiting.length) {
      running += 1;
      send(form, waiting.shift()).finally(() => { running -= 1; next(); });
    }
  };
  const take = (files) => {
    if (form.dataset.dropzone === "one" && files.length > 1) { tooMany(form); return; }
    for (const file of files) waiting.push({ file, row: addRow(form, file) });
    next();
  };

  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  let depth = 0;
  const over = (on) => zone.classList.toggle("over", on);
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const isMine = (event) => document.querySelectorAll("form[data-dropzone]").length === 1 || form.contains(event.target);
  addEventListener("dragenter", (event) => { if (carriesFiles(event) && isMine(event)) { depth += 1; over(true); } });
  addEventListener("dragleave", (event) => {
    if (carriesFiles(event) && isMine(event) && --depth <= 0) { depth = 0; over(false); }
  });
  // The whole page takes the drop: a file let go beside the zone must not replace the page.
  addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    over(false);
    if (isMine(event)) take([...event.dataTransfer.files]);
  });
}

function tooMany(form) {
  const row = document.createElement("li");
  row.className = "refused";
  row.setAttribute("role", "alert");
  row.textContent = "One file on each side: drop ours and theirs one after the other.";
  form.querySelector("[data-uploads]").replaceChildren(row);
}

function addRow(form, file) {
  const row = document.createElement("li");
  const name = document.createElement("span");
  name.className = "clip";
  name.textContent = `${file.name} · ${size(file.size)}`;
  const line = document.createElement("div");
  line.className = "progress-line";
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", `Upload of ${file.name}`);
  const words = document.createElement("span");
  words.className = "num";
  words.textContent = "waiting";
  line.append(bar, words);
  row.append(name, line);
  form.querySelector("[data-uploads]").append(row);
  return row;
}

function send(form, { file, row }) {
  const bar = row.querySelector("progress");
  const words = row.querySelector(".num");
  const data = new FormData(form);
  data.delete("file");
  data.append("file", file, file.name);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = (100 * event.loaded) / event.total;
    words.textContent = `${size(event.loaded)} of ${size(event.total)}`;
  });
  request.upload.addEventListener("load", () => { words.textContent = "stored, being looked at"; });
  return new Promise((done) => {
    request.addEventListener("loadend", () => {
      if (request.getResponseHeader("HX-Redirect")) location.assign(request.getResponseHeader("HX-Redirect"));
      else if (request.status >= 200 && request.status < 300) {
        row.remove();
        announce(`${file.name} is in.`);
        window.htmx.trigger(document.body, "files-changed");
      } else {
        refuse(row, file, request);
      }
      done();
    });
    request.send(data);
  });
}

function refuse(row, file, request) {
  row.querySelector(".progress-line").remove();
  const box = document.createElement("div");
  if (request.getResponseHeader("X-Refused")) {
    box.innerHTML = request.responseText;
    row.append(box.firstElementChild);
  } else {
    box.className = "refused";
    box.setAttribute("role", "alert");
    const text = document.createElement("div");
    text.textContent = request.status
      ? `${file.name} did not get in: our error (${request.status}). Try it again; if it stays, tell an administrator.`
      : `${file.name} did not get in: the desk could not be reached. Check the connection and drop it again.`;
    box.append(document.createElement("span"), text);
    row.append(box);
  }
  announce(`${file.name} was not taken.`);
}

export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
