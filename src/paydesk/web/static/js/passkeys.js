// Forms that ask the device for a passkey: data-passkey "get" shows one, "create" makes one. The question comes
// from data-passkey-ask when the button is pressed; the answer goes with the form as JSON.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

function question({ publicKey }) {
  const asked = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (asked[list]) asked[list] = asked[list].map((each) => ({ ...each, id: bytes(each.id) }));
  }
  return { publicKey: asked };
}

function answer(credential) {
  const said = credential.response;
  const response = { clientDataJSON: text(said.clientDataJSON) };
  if (said.attestationObject) response.attestationObject = text(said.attestationObject);
  if (said.authenticatorData) response.authenticatorData = text(said.authenticatorData);
  if (said.signature) response.signature = text(said.signature);
  if (said.userHandle) response.userHandle = text(said.userHandle);
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function tell(form, words) {
  const box = form.querySelector("[data-passkey-problem]");
  box.querySelector("b").textContent = words;
  box.hidden = !words;
}

async function ask(form) {
  tell(form, "");
  if (!window.PublicKeyCredential) {
    tell(form, "This browser knows no passkeys. Use a code.");
    return;
  }
  try {
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const asked = await fetch(form.dataset.passkeyAsk, { method: "POST", headers: { "X-CSRFToken": token } });
    if (!asked.ok || asked.redirected) throw new Error("asked too late");
    const options = question(await asked.json());
    const credential =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create(options)
        : await navigator.credentials.get(options);
    form.elements.credential.value = JSON.stringify(answer(credential));
    form.submit();
  } catch (problem) {
    tell(
      form,
      problem.name === "InvalidStateError"
        ? "This device or key holds a passkey of yours already."
        : "No passkey was given. Try again, or go another way.",
    );
  }
}

export function startPasskeys() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-passkey]");
    if (!form) return;
    event.preventDefault();
    ask(form);
  });
}
