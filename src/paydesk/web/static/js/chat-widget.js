// The chat of paydesk on any site, by one line: <script src=".../static/js/chat-widget.js" data-chat="KEY" defer></script>
// A button and a frame; styles are set one by one, so that a site's content policy need not allow inline styles.
(() => {
  const script = document.currentScript, desk = new URL(script.src).origin;
  const address = new URL(`/chat/${script.dataset.chat}`, desk);
  if (script.dataset.lang) address.searchParams.set("lang", script.dataset.lang);
  const words = { en: ["Open the chat", "Close the chat"], fr: ["Ouvrir le chat", "Fermer le chat"], sw: ["Fungua mazungumzo", "Funga mazungumzo"] }[script.dataset.lang] ?? ["Open the chat", "Close the chat"];
  const SPEECH = "M4 5h16v11H10l-5 4v-4H4z", CROSS = "M6 6l12 12M18 6L6 18";
  const dress = (part, style) => Object.assign(part.style, style);

  const button = document.createElement("button");
  button.type = "button";
  draw(SPEECH);
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-label", words[0]);
  dress(button, { position: "fixed", right: "16px", bottom: "16px", width: "56px", height: "56px", border: "0", borderRadius: "50%", background: "#1f5fbf", color: "#fff", font: "24px/1 system-ui, sans-serif", cursor: "pointer", boxShadow: "0 4px 16px #0006", zIndex: "2147483000" });
  let frame = null;

  button.addEventListener("click", () => {
    if (!frame) document.body.append((frame = made()));
    const isOpen = frame.hidden;
    frame.hidden = !isOpen;
    dress(frame, { display: isOpen ? "block" : "none" });
    button.setAttribute("aria-expanded", String(isOpen));
    button.setAttribute("aria-label", words[isOpen ? 1 : 0]);
    draw(isOpen ? CROSS : SPEECH);
    if (isOpen) frame.focus();
  });

  // The frame says how many answers nobody has seen yet.
  addEventListener("message", (event) => {
    if (!frame || event.origin !== desk || event.source !== frame.contentWindow || !frame.hidden) return;
    const unseen = Number(event.data?.unseen) || 0;
    if (unseen) button.textContent = String(Math.min(unseen, 99));
  });

  // Drawn, not a letter: not every device has a font with such signs.
  function draw(line) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: 26, height: 26, "aria-hidden": "true" })) svg.setAttribute(name, value);
    for (const [name, value] of Object.entries({ d: line, fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round", "stroke-linejoin": "round" })) path.setAttribute(name, value);
    svg.append(path);
    dress(svg, { display: "block", margin: "auto" });
    button.replaceChildren(svg);
  }

  function made() {
    const part = document.createElement("iframe");
    part.src = address;
    part.title = words[0];
    part.hidden = true;
    part.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms allow-popups");
    dress(part, { position: "fixed", right: "16px", bottom: "84px", width: "min(380px, calc(100vw - 32px))", height: "min(600px, calc(100vh - 104px))", border: "1px solid #7d8896", borderRadius: "12px", background: "#fff", zIndex: "2147483000", colorScheme: "normal" });
    return part;
  }

  document.body.append(button);
})();
