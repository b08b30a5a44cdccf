/**
 * Lets a passkey of this device answer for its person: it signs forms, or is made for this site. Nothing here is kept:
 * a secret of the passkey (PRF) becomes a key, and the key leaves with one form. Every page works without it.
 */

const INFO = new TextEncoder().encode("assent/passkey/1");
const PATIENCE = 15_000;
const MADE = "passkey"; // in the tab's own storage: the one that was made last, and is perhaps of no use
const STATES = {
  NotSupportedError: "unsupported",
  SecurityError: "unsupported",
  ConstraintError: "unsupported",
};

const ignore = () => {};
let stay = new AbortController();
addEventListener("pagehide", () => {
  stay.abort();
  stay = new AbortController(); // the page may come back
});

const read = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const write = (raw) =>
  btoa(String.fromCharCode(...new Uint8Array(raw)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");

/** What went wrong, by the name of what the page says about it. */
const trouble = (state) => Object.assign(new Error(state), { state });

/** HKDF-SHA-256 of the passkey's secret, 32 bytes. The secret itself stays in this function's hands. */
async function keyOf(secret) {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const salt = new Uint8Array();
  return write(
    await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info: INFO }, base, 256),
  );
}

/** The question, made by the site for this form and for two minutes: a note, and options for the device. */
async function ask(part, form) {
  const body = new FormData();
  body.set("purpose", part.dataset.purpose);
  for (const name of ["csrf_token", "snapshot", "name"])
    body.set(name, form.elements.namedItem(name)?.value ?? "");
  const signal = AbortSignal.timeout?.(PATIENCE);
  const options = { method: "POST", body, redirect: "error", signal };
  const answer = await fetch(part.dataset.ask, options).catch(() => null);
  if (answer?.ok) return answer.json();
  throw trouble(answer && answer.status < 500 ? "stale" : "unreachable");
}

/** Ask a passkey that exists. Its answer is written down by hand: toJSON() would carry the secret. */
async function get(options, allowed, secrets) {
  const publicKey = {
    ...options,
    challenge: read(options.challenge),
    userVerification: "required",
    allowCredentials: allowed,
    extensions: { prf: { evalByCredential: secrets } },
  };
  const found = await navigator.credentials.get({ publicKey, signal: stay.signal });
  const secret = found.getClientExtensionResults().prf?.results?.first;
  if (!secret) throw trouble("secretless");
  return { found, key: await keyOf(secret) };
}

async function signed(part, form, show) {
  const { note, options } = await ask(part, form);
  const allowed = options.allowCredentials.map((one) => ({ ...one, id: read(one.id) }));
  const salts = Object.entries(options.extensions.prf.evalByCredential);
  const secrets = salts.map(([id, { first }]) => [id, { first: read(first) }]);
  show("asking");
  const { found, key } = await get(options, allowed, Object.fromEntries(secrets));
  const { clientDataJSON, authenticatorData, signature } = found.response;
  return {
    note,
    id: write(found.rawId),
    client_data: write(clientDataJSON),
    authenticator_data: write(authenticatorData),
    signature: write(signature),
    key,
  };
}

async function made(part, form, show) {
  const { note, options } = await ask(part, form);
  const salt = { first: read(options.extensions.prf.eval.first) };
  const publicKey = {
    ...options,
    challenge: read(options.challenge),
    user: { ...options.user, id: read(options.user.id) },
    extensions: { prf: { eval: salt } },
  };
  show("asking");
  const fresh = await navigator.credentials.create({ publicKey, signal: stay.signal });
  sessionStorage.setItem(MADE, JSON.stringify({ rpId: options.rp.id, credentialId: fresh.id }));
  const { prf } = fresh.getClientExtensionResults();
  const secret = prf?.results?.first;
  const key = await (secret ? keyOf(secret) : secondTime(prf?.enabled)).catch(disown);
  const { clientDataJSON, attestationObject } = fresh.response;
  return {
    note,
    client_data: write(clientDataJSON),
    attestation: write(attestationObject),
    transports: fresh.response.getTransports?.() ?? [],
    key,
  };

  /** Some devices give no secret when a passkey is made, but only when it is asked. */
  async function secondTime(isOffered) {
    if (!isOffered) throw trouble("secretless");
    show("again");
    const { challenge, timeout } = options;
    const asked = { challenge, timeout, rpId: options.rp.id };
    const allowed = [{ type: "public-key", id: fresh.rawId }];
    return (await get(asked, allowed, { [fresh.id]: salt })).key;
  }
}

/** Tell the device that the passkey made last opens nothing, so that its list need not show it. */
function disown(error) {
  const last = sessionStorage.getItem(MADE);
  sessionStorage.removeItem(MADE);
  if (last) globalThis.PublicKeyCredential?.signalUnknownCredential?.(JSON.parse(last)).catch(ignore);
  if (error) throw error;
}

/** Send the form with the answer in it. The answer is put into what leaves, never into the page. */
function send(form, answer, unneeded) {
  const put = ({ formData }) => {
    formData.set("passkey", JSON.stringify(answer));
    for (const name of unneeded) formData.delete(name);
  };
  form.addEventListener("formdata", put, { once: true });
  form.requestSubmit();
  form.removeEventListener("formdata", put);
}

/** One turn between page and device; the page says what happens, and what became of it. */
function turns(part, buttons, act) {
  let isBusy = false;
  const show = (name) => {
    for (const one of part.querySelectorAll("[data-state]")) one.hidden = one.dataset.state !== name;
  };
  const busy = (is) => {
    isBusy = is;
    for (const button of buttons) button.setAttribute("aria-disabled", String(is));
  };
  addEventListener("pageshow", (event) => event.persisted && show(""));
  return async () => {
    if (isBusy) return;
    busy(true);
    show("");
    try {
      const send = await act(show);
      show("done");
      busy(false);
      send();
    } catch (error) {
      busy(false);
      show(error.state ?? STATES[error.name] ?? "cancelled");
    }
  };
}

/** A button that signs its form with the passkey in place of the PIN. */
function signs(part) {
  const form = part.closest("form");
  const button = part.querySelector("button");
  const start = turns(part, [button], async (show) => {
    const answer = await signed(part, form, show);
    return () => send(form, answer, ["pin"]);
  });
  button.addEventListener("click", start);
  for (const one of part.querySelectorAll("[data-state]")) one.hidden = true;
  part.hidden = button.hidden = false;
}

/** A form that makes a passkey before it leaves; where there is a box, only if that is ticked. */
function makes(part, isPossible) {
  const form = part.closest("form");
  const box = part.querySelector("input[type=checkbox]");
  const buttons = form.querySelectorAll("button");
  let isReady = false;
  const start = turns(part, buttons, async (show) => {
    if (!isPossible) throw trouble("unsupported");
    const answer = await made(part, form, show);
    return () => {
      isReady = true;
      send(form, answer, []);
      isReady = false;
    };
  });
  const before = (event) => {
    if (event.target !== form || isReady || (box && !box.checked)) return;
    // What is missing is said by the site, before the device is asked for anything.
    if ([...form.elements].some((one) => one.required && !one.value)) return;
    event.preventDefault();
    start();
  };
  // Before the form's own listeners, which would take it for sent.
  document.addEventListener("submit", before, true);
  disown(); // who is asked to make one has none
  part.hidden = Boolean(box) && !isPossible;
}

/** Whether this browser has passkeys that give secrets, as far as it says. */
async function canDo() {
  if (!globalThis.PublicKeyCredential || !globalThis.crypto?.subtle) return false;
  const can = await PublicKeyCredential.getClientCapabilities?.().catch(ignore);
  return can?.["extension:prf"] !== false;
}

const isPossible = await canDo();
for (const part of document.querySelectorAll("[data-enhance=sign-with-passkey]"))
  if (isPossible) signs(part);
for (const part of document.querySelectorAll("[data-enhance=make-passkey]")) makes(part, isPossible);
