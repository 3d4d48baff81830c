// Dialogs: one that shows what htmx brings (#dialog-content), one that asks before something is sent (#ask).
import { standsFor } from "./menus.js";
import { said } from "./words.js";

let lastOpener = null;

export function ask(question, yes) {
  const dialog = document.getElementById("ask");
  document.getElementById("ask-text").textContent = question;
  document.getElementById("ask-yes").textContent = yes || said("Go on");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}

export function startDialogs() {
  const dialog = document.getElementById("dialog");
  if (!dialog) return;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target?.id === "dialog-content") lastOpener = event.detail.elt.closest("dialog") ? lastOpener : event.detail.elt;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "dialog-content") return;
    if (!dialog.open) dialog.showModal();
    (dialog.querySelector("[autofocus], [aria-invalid=true]") || dialog.querySelector("input:not([type=hidden]), select, textarea, button.btn-primary"))?.focus();
  });
  dialog.addEventListener("close", () => {
    document.getElementById("dialog-content").replaceChildren();
    if (lastOpener?.isConnected && dialog.returnValue !== "stay") standsFor(lastOpener)?.focus();  // whoever closed it went elsewhere
    dialog.returnValue = "";
  });
  document.addEventListener("close-dialog", () => dialog.close());
  // A press on the veil closes, as Esc does; a press inside does not.
  for (const each of document.querySelectorAll("dialog")) {
    each.addEventListener("mousedown", (event) => { if (event.target === each) each.close(); });
  }

  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question, event.detail.elt.dataset.confirmYes).then((yes) => { if (yes) event.detail.issueRequest(true); });
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (!question || form.dataset.confirmed) return;
    event.preventDefault();
    ask(question, event.submitter?.dataset.confirmYes || form.dataset.confirmYes).then((yes) => {
      if (!yes) return;
      form.dataset.confirmed = "1";
      form.requestSubmit(event.submitter);
      delete form.dataset.confirmed;
    });
  });
}
