// The composer of a case: a fact is put in at the cursor and sent along with what was read; r goes to the field.
export function startCases() {
  document.addEventListener("click", (event) => {
    const fact = event.target.closest?.("[data-fact]");
    if (fact) put(fact);
    const focus = event.target.closest?.("[data-focus]");
    if (focus) document.getElementById(focus.dataset.focus)?.focus();
  });
}

function put(fact) {
  const form = fact.closest("form"), field = form.querySelector("textarea");
  field.setRangeText(fact.dataset.value, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const pair = `${fact.dataset.fact}=${fact.dataset.value}`;
  if ([...form.querySelectorAll("input[name=fact]")].some((known) => known.value === pair)) return;
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "fact", value: pair });
  form.append(input);
}
