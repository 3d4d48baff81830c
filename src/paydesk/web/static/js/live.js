// Parts marked data-live ask again by htmx (`every 1s` with the version they show; 204 when nothing changed).
// They rest while nobody looks or while somebody types in them, and say so when the desk does not answer.
import { announce } from "./announce.js";
import { said } from "./words.js";

export function startLive() {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const part = event.detail.elt;
    if (!part.hasAttribute("data-live")) return;
    const typing = part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
    if (document.hidden || typing) event.preventDefault();
  });
  document.addEventListener("htmx:sendError", (event) => lost(event.detail.elt, true));
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) lost(event.detail.elt, false); });
  document.addEventListener("announce", (event) => announce(event.detail.text ?? event.detail.value ?? ""));
}

function lost(part, isLost) {
  if (!part.hasAttribute("data-live")) return;
  const was = document.getElementById("offline");
  if (isLost && !was) {
    const line = document.createElement("div");
    line.id = "offline";
    line.className = "notice";
    const text = document.createElement("div");
    text.textContent = said("No connection to the desk. What you see is as of %s.", new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
    line.append(document.createElement("span"), text);
    document.getElementById("refused")?.before(line);
    announce(text.textContent);
  }
  if (!isLost && was) was.remove();
}
