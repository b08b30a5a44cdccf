/** Makes a passkey for this site. */

import { canDo } from "./able.js";
import { enhance, ignore } from "./basics.js";
import { read, write } from "./bytes.js";
import { ask, get, hand, keyOf, trouble, turns } from "./passkey.js";

const MADE = "passkey"; // the last one that this tab has made

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
      hand(form, answer);
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

const isPossible = await canDo();
enhance({ "make-passkey": (part) => makes(part, isPossible) });
