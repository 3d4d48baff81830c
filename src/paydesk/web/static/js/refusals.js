// A refused request keeps its form or row as it is and shows the sentence beside it, in the nearest
// [data-refused]; a failure of ours or of the line is told in the same place, never in a toast.
import { said } from "./words.js";

export function startRefusals() {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.elt.hasAttribute("data-live")) slotOf(event.detail.elt)?.replaceChildren();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (!xhr.getResponseHeader("X-Refused")) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    event.detail.target = slotOf(requestConfig.elt);
    event.detail.swapOverride = "innerHTML";
    if (event.detail.target.id === "refused") closeDialog(requestConfig.elt);
  });
  document.addEventListener("htmx:responseError", (event) => {
    tell(event, said(event.detail.xhr.status === 404 ? "This is no longer here. Reload the page." : "Something broke on our side, and what was not finished was undone. Reload the page to see what stands."));
  });
  // A blocked action can be pressed: it says why it is blocked and who can do it.
  document.addEventListener("click", (event) => {
    const blocked = event.target.closest?.("[aria-disabled=true]");
    if (!blocked) return;
    event.preventDefault();
    event.stopPropagation();
    if (blocked.title) say(slotOf(blocked), blocked.title, "notice");
  }, true);
  document.addEventListener("htmx:sendError", (event) => tell(event, said("The desk could not be reached, so nothing was sent. Check the connection and try again.")));
}

function slotOf(element) {
  const frame = element.closest("form, dialog[open], tr, li, section");
  return frame?.querySelector("[data-refused]") || element.closest("dialog[open]")?.querySelector("[data-refused]") || document.getElementById("refused");
}

function closeDialog(element) {
  element.closest("dialog[open]")?.close();
}

function tell(event, text) {
  if (event.detail.elt.hasAttribute("data-live")) return;
  say(slotOf(event.detail.elt), text, "refused");
}

function say(slot, text, kind) {
  if (!slot) return;
  const box = document.createElement("div");
  box.className = kind;
  box.setAttribute("role", "alert");
  const words = document.createElement("div");
  words.textContent = text;
  box.append(document.createElement("span"), words);
  slot.replaceChildren(box);
}
