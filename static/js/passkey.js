/**
 * What signing with a passkey and making one have in common. Its secret (PRF) becomes a key that leaves with
 * one form and is not kept. Every page works without it.
 */

import { read, write } from "./bytes.js";

const INFO = new TextEncoder().encode("assent/passkey/1");
const IMPOSSIBLE = /NotSupported|Security|Constraint/; // names of errors

/** What went wrong, by the name of the words on the page. */
export const trouble = (state) => Object.assign(new Error(state), { state });

/** HKDF-SHA-256 of the passkey's secret, 32 bytes. */
export async function keyOf(secret) {
  const { subtle } = crypto;
  const base = await subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const way = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: INFO };
  return write(await subtle.deriveBits(way, base, 256));
}

/** The site's question for this form, good for two minutes: a note, options for the device, and a salt. */
export async function ask(part, form) {
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
export async function get(options, { id, ...one }, first) {
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

/** Send the form with the answer, which is put into what leaves and never into the page. */
export function hand(form, answer, unneeded) {
  const put = ({ formData }) => {
    formData.set("passkey", JSON.stringify(answer));
    if (unneeded) formData.delete(unneeded);
  };
  form.addEventListener("formdata", put, { once: true });
  form.requestSubmit();
  form.removeEventListener("formdata", put);
}

/** One turn between page and device at a time; the page says how it goes. */
export function turns(part, buttons, act) {
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
