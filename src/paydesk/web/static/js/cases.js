// The inbox: facts put in at the cursor and sent along with what was read, a list that renews itself, a field
// that a button goes to, an answer that was stopped because the case went on.
export function startCases() {
  document.addEventListener("click", (event) => {
    const fact = event.target.closest?.("[data-fact]");
    if (fact) put(fact.closest("form"), fact.dataset.value, { [fact.dataset.fact]: fact.dataset.value });
    const focus = event.target.closest?.("[data-focus]");
    if (focus) goTo(focus.dataset.focus);
    const read = event.target.closest?.("[data-read-version]");
    if (read) nowRead(read);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.id === "case-live" && document.querySelector("#case-rows [data-select]:checked")) event.preventDefault();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "case-rows") markOpened();
    if (event.detail.target.id === "detail") seen();
    if (event.detail.elt.id === "chat-live" && document.activeElement?.id === "say-text") toWhatIsSaid();
  });
  document.addEventListener("focusin", (event) => { if (event.target.id === "say-text") toWhatIsSaid(); });
}

function goTo(name) {
  const field = document.getElementById(name) || document.querySelector(`[data-${name}]`);
  field?.focus();
  field?.scrollIntoView({ block: "nearest" });
}

// What is said in a chat stands at the end of the case: whoever answers there has it before their eyes.
function toWhatIsSaid() {
  const pane = document.getElementById("chat-live")?.closest(".pane");
  if (pane) pane.scrollTop = pane.scrollHeight;
}

// The rows came anew; the case that stands open is marked in them.
function markOpened() {
  const opened = document.querySelector("#detail [data-open-row]")?.dataset.openRow;
  for (const row of document.querySelectorAll("#case-rows [data-row]")) {
    if (row.id === opened) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

function seen() {
  const row = document.getElementById(document.querySelector("#detail [data-open-row]")?.dataset.openRow || "");
  row?.classList.remove("new");
}

// Text goes in at the cursor; each fact in it is sent along, so that it is looked up again when it leaves.
export function put(form, text, facts) {
  const field = form.querySelector("textarea");
  const before = field.value.slice(0, field.selectionStart), gap = /\S$/.test(before) ? " " : "";
  field.setRangeText(gap + text, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  for (const [name, value] of Object.entries(facts)) {
    const pair = `${name}=${value}`;
    if ([...form.querySelectorAll("input[name=fact]")].some((known) => known.value === pair)) continue;
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: "fact", value: pair });
    form.append(input);
  }
}

// Whoever has read what came meanwhile sends the same text again.
function nowRead(button) {
  const form = button.closest("form");
  form.elements.version.value = button.dataset.readVersion;
  button.closest("[data-refused]").replaceChildren();
  form.querySelector("textarea").focus();
}
