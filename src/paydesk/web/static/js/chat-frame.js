// The chat inside its frame. What is written is kept until the desk has it: each message has a key of its own and
// is sent again after a fault, one after the other, so that the order stays and nothing is said twice.
const root = document.getElementById("chat"), words = JSON.parse(root.dataset.words);
const base = root.dataset.base, lang = root.dataset.lang;
const said = document.getElementById("said"), state = document.getElementById("state"), text = document.getElementById("text");
const KEPT = `paydesk${base}`;
const kept = load();
const files = []; // what waits to be sent: no browser keeps a file longer than its page
let after = 0, version = "", failures = 0, sending = false, typedAt = 0, saidAt = Date.now(), timer = 0, unseen = 0, lastWho = "";

function load() {
  try { return { waiting: [], ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") }; } catch { return { waiting: [] }; }
}

function keep() {
  try { localStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* a browser that keeps nothing: as long as the page is open */ }
}

async function ask(path, body) {
  const headers = kept.secret ? { "X-Chat": kept.secret } : {};
  const isForm = body instanceof FormData; // a browser writes the head of a form itself
  const sent = isForm ? { headers, body } : { headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`${base}/${path}`, body === undefined ? { headers } : { method: "POST", ...sent });
  if (answer.status === 429 || answer.status >= 500) throw new Error("later");
  return { status: answer.status, told: answer.status === 204 ? null : await answer.json() };
}

// Sending: the first that waits, then the next. A message leaves the queue when the desk has it or refuses it.
async function flush() {
  if (sending || !(kept.waiting.length + files.length)) return;
  sending = true;
  try {
    while (kept.waiting.length) {
      if (!kept.secret) {
        const { told } = await ask(`begin?lang=${lang}`, {});
        kept.secret = told.secret;
        keep();
      }
      const first = kept.waiting[0];
      const { status, told } = await ask(`say?lang=${lang}`, first);
      if (status === 404) { forget(); continue; }
      kept.waiting.shift();
      keep();
      if (status === 200) settle(first.key, told);
      else refuse(first.key, told.refused);
      failures = 0;
    }
    while (files.length) {
      if (!kept.secret) {
        const { told } = await ask(`begin?lang=${lang}`, {});
        kept.secret = told.secret;
        keep();
      }
      const { status, told } = await ask(`file?lang=${lang}`, formOf(files[0]));
      if (status === 404) { forget(); continue; }
      const { key } = files.shift();
      if (status === 200) settle(key, told);
      else refuse(key, told.code === "door.file" ? words.file : told.refused);
      failures = 0;
    }
    show("");
    document.getElementById("who").hidden = true;
  } catch {
    failures += 1;
    show(words.offline);
    setTimeout(flush, Math.min(15000, 500 * 2 ** failures));
  } finally {
    sending = false;
  }
  look();
}

function forget() {
  delete kept.secret;
  after = 0;
  version = "";
  keep();
}

// News: every two seconds while somebody talks, less often when nobody does or looks.
async function look() {
  clearTimeout(timer);
  if (kept.secret) {
    try {
      const isTyping = Date.now() - typedAt < 4000 ? "1" : "0";
      const { status, told } = await ask(`news?after=${after}&v=${version}&typing=${isTyping}`);
      if (status === 404) forget();
      else if (told) take(told);
      if (failures) { failures = 0; show(""); flush(); }
    } catch {
      failures += 1;
      show(words.offline);
    }
  }
  clearTimeout(timer);
  timer = setTimeout(look, failures ? Math.min(15000, 1000 * 2 ** failures) : document.hidden ? 10000 : Date.now() - saidAt < 120000 ? 2000 : 6000);
}

function take(told) {
  version = told.v;
  document.getElementById("case-code").textContent = told.case;
  for (const each of told.said) {
    after = Math.max(after, each.id);
    if (each.ours) {
      if (each.who && each.who !== lastWho) line("notice", words.with.replace("%s", each.who));
      lastWho = each.who || lastWho;
      const item = line("ours", each.text);
      item.dataset.id = each.id;
      item.append(...each.files.map(linked));
      saidAt = Date.now();
      unseen += 1;
      if (parent !== window) parent.postMessage({ unseen }, "*");
    } else settle(each.key, each);
  }
  if (told.said.length) document.getElementById("who").hidden = true;
  show(told.typing ? words.typing : "");
}

function line(kind, words) {
  const item = document.createElement("li");
  item.className = kind;
  item.textContent = words;
  said.append(item);
  said.scrollTop = said.scrollHeight;
  return item;
}

function mine(key) {
  return said.querySelector(`[data-key="${CSS.escape(key)}"]`);
}

function settle(key, message) {
  const item = (key && mine(key)) || line("theirs", message.text);
  if (key) item.dataset.key = key;
  item.dataset.id = message.id;
  item.classList.remove("waits");
  item.textContent = message.text; // as the desk keeps it: without a card number
  item.append(...(message.files ?? []).map(linked));
}

function refuse(key, why) {
  const item = mine(key);
  if (!item) return;
  item.classList.remove("waits");
  const small = document.createElement("small");
  small.textContent = `${words.refused} ${why ?? ""}`;
  item.append(small);
}

function pending(message) {
  const item = line("theirs waits", message.text);
  item.dataset.key = message.key;
  const small = document.createElement("small");
  small.textContent = words.waits;
  item.append(small);
}

// A file of the talk, to be saved: fetched with the secret, which no address may hold.
function linked(file) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "file";
  button.textContent = `${file.name} (${file.kb} KB)`;
  button.addEventListener("click", async () => {
    const answer = await fetch(`${base}/file/${file.id}`, { headers: { "X-Chat": kept.secret } }).catch(() => null);
    if (!answer?.ok) return show(words.later);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  });
  return button;
}

function formOf(waiting) {
  const form = new FormData();
  form.append("key", waiting.key);
  form.append("name", document.getElementById("name").value);
  form.append("contact", document.getElementById("contact").value);
  form.append("file", waiting.file, waiting.file.name);
  return form;
}

document.getElementById("file").addEventListener("change", (event) => {
  const field = event.target, file = field.files[0];
  field.value = "";
  if (!file) return;
  if (file.size > Number(root.dataset.largest) || (file.type && !field.accept.split(",").includes(file.type))) return show(words.file);
  const waiting = { key: newKey(), text: file.name, file };
  files.push(waiting);
  pending(waiting);
  saidAt = Date.now();
  flush();
});
addEventListener("beforeunload", (event) => { if (files.length) event.preventDefault(); });

function show(what) {
  if (state.textContent !== what) state.textContent = what;
}

document.getElementById("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const written = text.value.trim();
  if (!written) return;
  const message = { key: newKey(), text: written, name: document.getElementById("name").value, contact: document.getElementById("contact").value };
  kept.waiting.push(message);
  keep();
  pending(message);
  text.value = "";
  typedAt = 0;
  saidAt = Date.now();
  flush();
});

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

text.addEventListener("input", () => { typedAt = Date.now(); });
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    document.getElementById("write").requestSubmit();
  }
});

// Proving who they are, then where the payment is.
const proof = document.getElementById("proof"), prove = document.getElementById("prove"), notProved = document.getElementById("not-proved");
proof.addEventListener("toggle", () => { if (proof.open) standing(); });
prove.addEventListener("submit", async (event) => {
  event.preventDefault();
  notProved.hidden = true;
  const day = document.getElementById("day").value, amount = document.getElementById("amount").value.trim();
  const answers = { ...Object.fromEntries(new FormData(prove)), ...(day && amount ? { last_payment: `${day} ${amount}` } : {}) };
  try {
    const { status, told } = kept.secret ? await ask(`prove?lang=${lang}`, answers) : { status: 409, told: { refused: words.first } };
    if (status === 200) return standing();
    notProved.textContent = told.refused ?? words.later;
  } catch {
    notProved.textContent = words.later;
  }
  notProved.hidden = false;
});

async function standing() {
  if (!kept.secret) return;
  const { told } = await ask(`standing?lang=${lang}`).catch(() => ({ told: { things: [] } }));
  const things = document.getElementById("things");
  things.replaceChildren(...(told.things ?? []).map(shown));
  prove.hidden = things.querySelector("[data-details]") !== null;
}

function shown(thing) {
  const section = document.createElement("section");
  const add = (tag, words) => { const part = document.createElement(tag); part.textContent = words; section.append(part); };
  add("h2", thing.headline);
  add("p", thing.next);
  if (thing.by) add("p", thing.by);
  for (const [name, value] of thing.details) add("p", `${name}: ${value}`);
  if (thing.details.length) section.dataset.details = "";
  return section;
}

addEventListener("focus", () => { unseen = 0; });
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
addEventListener("online", () => { failures = 0; flush(); look(); });
kept.waiting.forEach(pending);
flush();
look();
