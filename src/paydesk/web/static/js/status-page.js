// One press puts the address of a status page into the answer. The desk makes it; the same one is given again.
export function startStatusPages() {
  document.addEventListener("click", async (event) => {
    const chip = event.target.closest?.("[data-status-page]");
    if (!chip || chip.getAttribute("aria-busy") === "true") return;
    const form = chip.closest("form"), field = form.querySelector("textarea");
    chip.setAttribute("aria-busy", "true");
    try {
      const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
      const answer = await fetch(chip.dataset.statusPage, { method: "POST", headers: { "X-CSRFToken": token, "HX-Request": "true" } });
      if (answer.ok) put(field, (await answer.json()).address);
      else form.querySelector("[data-refused]").innerHTML = await answer.text();
    } finally {
      chip.removeAttribute("aria-busy");
    }
  });
}

function put(field, address) {
  const before = field.value.slice(0, field.selectionStart);
  const space = before && !/\s$/.test(before) ? " " : "";
  field.setRangeText(`${space}${address}`, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
