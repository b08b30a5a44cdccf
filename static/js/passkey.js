/**
 * Lets a passkey of this device sign a form, or makes one for this site. Its secret (PRF) becomes a key that
 * leaves with one form and is not kept. Every page works without it.
 */

const INFO = new TextEncoder().encode("assent/passkey/1");
const MADE = "passkey"; // the last one that this tab has made
const IMPOSSIBLE = /NotSupported|Security|Constraint/; // names of errors

const ignore = () => {};

const read = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const write = (raw) =>
  btoa(String.fromCharCode(...new Uint8Array(raw)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");

/** What went wrong, by the name of the words on the page. */
const trouble = (state) => Object.assign(new Error(state), { state });

/** HKDF-SHA-256 of the passkey's secret, 32 bytes. */
async function keyOf(secret) {
  const { subtle } = crypto;
  const base = await subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const way = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: INFO };
  return write(await subtle.deriveBits(way, base, 256));
}

/** The site's question for this form, good for two minutes: a note, options for the device, and a salt. */
async function ask(part, form) {
  const body = new FormData();
  body.set("purpose", part.dataset.purpose);
  const value = (name) => form.elements.namedItem(name)?.value;
  body.set("csrf_token", value("csrf_token"));
  body.set("snapshot", value("snapshot") ?? value("note") ?? "");
  body.set("name", value("name") ?? "");
  const signal = AbortSignal.timeout?.(15_000);
  const options = { method: "POST", body, redirect: "error", signal };
  const answer = await fetch(part.dataset.ask, options).catch(() => null);
  if (answer?.ok) return answer.json();
  throw trouble(answer && answer.status < 500 ? "stale" : "unreachable");
}

/** Ask a passkey that exists. Its answer is written down by hand: toJSON() would carry the secret. */
async function get(options, { id, ...one }, first) {
  const publicKey = {
    ...options,
    challenge: read(options.challenge),
    userVerification: "required",
    allowCredentials: [{ ...one, id: read(id) }],
    extensions: { prf: { evalByCredential: { [id]: { first } } } },
  };
  const found = await navigator.credentials.get({ publicKey });
  const secret = found.getClientExtensionResults().prf?.results?.first;
  if (!secret) throw trouble("secretless");
  return { found, key: await keyOf(secret) };
}

async function signed(part, form, show) {
  const { note, options, salt } = await ask(part, form);
  show("asking");
  const { found, key } = await get(options, options.allowCredentials[0], read(salt));
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
  const { note, options, salt } = await ask(part, form);
  const first = read(salt);
  const publicKey = {
    ...options,
    challenge: read(options.challenge),
    user: { ...options.user, id: read(options.user.id) },
    extensions: { prf: { eval: { first } } },
  };
  show("asking");
  const fresh = await navigator.credentials.create({ publicKey });
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
    const { challenge, timeout, rp } = options;
    const one = { type: "public-key", id: fresh.id };
    return (await get({ challenge, timeout, rpId: rp.id }, one, first)).key;
  }
}

/** Tell the device that the passkey made last opens nothing and need not be listed. */
function disown(error) {
  const last = sessionStorage.getItem(MADE);
  sessionStorage.removeItem(MADE);
  if (last) globalThis.PublicKeyCredential?.signalUnknownCredential?.(JSON.parse(last)).catch(ignore);
  if (error) throw error;
}

/** Send the form with the answer, which is put into what leaves and never into the page. */
function send(form, answer, unneeded) {
  const put = ({ formData }) => {
    formData.set("passkey", JSON.stringify(answer));
    if (unneeded) formData.delete(unneeded);
  };
  form.addEventListener("formdata", put, { once: true });
  form.requestSubmit();
  form.removeEventListener("formdata", put);
}

/** One turn between page and device at a time; the page says how it goes. */
function turns(part, buttons, act) {
  let isBusy = false;
  const show = (name) => {
    for (const one of part.querySelectorAll("[data-state]")) one.hidden = one.dataset.state !== name;
  };
  const busy = (is) => {
    isBusy = is;
    for (const button of buttons) button.setAttribute("aria-disabled", String(is));
  };
  const rest = () => {
    busy(false);
    show("");
  };
  addEventListener("pageshow", (event) => event.persisted && rest());
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
      show(error.state ?? (IMPOSSIBLE.test(error.name) ? "unsupported" : "cancelled"));
    }
  };
}

/** A button that signs its form with the passkey in place of the PIN. */
function signs(part) {
  const form = part.closest("form");
  const button = part.querySelector("button");
  const start = turns(part, [button], async (show) => {
    const answer = await signed(part, form, show);
    return () => send(form, answer, "pin");
  });
  button.addEventListener("click", start);
  part.hidden = button.hidden = false;
}

/** A form that makes a passkey before it leaves; if there is a box, only when it is ticked. */
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
      send(form, answer);
      isReady = false;
    };
  });
  const before = (event) => {
    if (event.target !== form || isReady || (box && !box.checked)) return;
    // What is missing is said by the site before a device is asked.
    if ([...form.elements].some((one) => one.required && !one.value)) return;
    event.preventDefault();
    start();
  };
  // Before those who would take it for sent.
  document.addEventListener("submit", before, true);
  disown(); // who is asked to make one has none
  part.hidden = box && !isPossible;
}

/** Whether this browser has passkeys that give secrets, if it says so. */
async function canDo() {
  if (!globalThis.PublicKeyCredential || !globalThis.crypto?.subtle) return false;
  const can = await PublicKeyCredential.getClientCapabilities?.().catch(ignore);
  return can?.["extension:prf"] !== false;
}

const isPossible = await canDo();
for (const part of document.querySelectorAll("[data-enhance=sign-with-passkey]"))
  if (isPossible) signs(part);
for (const part of document.querySelectorAll("[data-enhance=make-passkey]")) makes(part, isPossible);
