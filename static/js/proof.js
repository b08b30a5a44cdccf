/**
 * This browser's own key: made when it is enrolled, never exported, and asked to sign every request
 * that makes the activation sign. The form leaves as it stood when it was sent, with one field more. Where
 * something fails it leaves without: an enrolment is as good as without script, and the site says what to do.
 */

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const NAME_LETTERS = 24;
const PATIENCE_MS = 5_000;
const LINE_END = /\r\n|\r|\n/g;

const ignore = () => {};
const encode = (text) => new TextEncoder().encode(text);
const write = (raw) =>
  btoa(String.fromCharCode(...new Uint8Array(raw)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");

const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Does something with the keys that this browser keeps; what was done is kept before this is over. */
async function withKeys(act) {
  const opening = indexedDB.open("assent", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
  const database = await answer(opening);
  try {
    const transaction = database.transaction("keys", "readwrite", { durability: "strict" });
    const kept = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const [result] = await Promise.all([act(transaction.objectStore("keys")), kept]);
    return result;
  } finally {
    database.close();
  }
}

/** Which of two lists of bytes comes first. */
function order(one, other) {
  const at = one.findIndex((byte, place) => byte !== other[place]);
  return at < 0 ? one.length - other.length : one[at] - (other[at] ?? -1);
}

/** What is signed: one reading, the same as in webapp/flows/proof.py. */
function signedBytes(method, address, fields) {
  const pairs = fields
    .filter(([name]) => name !== "proof")
    .map((pair) => pair.map((text) => encode(text.replace(LINE_END, "\r\n"))))
    .sort(([a, x], [b, y]) => order(a, b) || order(x, y));
  const where = [decodeURIComponent(address.pathname), address.search.slice(1)];
  const parts = [...["assent/proof/1", method, ...where].map(encode), ...pairs.flat()];
  const size = ({ length }) => Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length);
  return new Blob(parts.flatMap((part) => [size(part), part])).arrayBuffer();
}

/** A new key; the page sends the public one, by the beginning of which the other is found again. */
async function bind() {
  if (!globalThis.FormDataEvent) return "";
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  const text = write(await crypto.subtle.exportKey("raw", publicKey));
  await withKeys((keys) => answer(keys.put(privateKey, text.slice(0, NAME_LETTERS))));
  return text;
}

async function prove(part, ...request) {
  const name = part.dataset.key;
  const key = await withKeys(async (keys) => {
    const found = await answer(keys.get(name));
    if (found) {
      // All others are of enrolments that are over.
      keys.delete(IDBKeyRange.upperBound(name, true));
      keys.delete(IDBKeyRange.lowerBound(name, true));
    }
    return found;
  });
  return write(await crypto.subtle.sign(ALGORITHM, key, await signedBytes(...request)));
}

const unbind = () => withKeys((keys) => answer(keys.clear()));

const acts = { bind, prove, unbind };
const PARTS = Object.keys(acts).map((name) => `[data-enhance=${name}]`);
const underWay = new WeakSet();

/** Nobody waits for a database that does not answer. */
const soon = (work) => Promise.race([work, new Promise((_, reject) => setTimeout(reject, PATIENCE_MS))]);

/** Takes the fields as they are now, for other scripts put theirs in for this moment only. */
async function send(form, part, button) {
  const own = form.getAttribute("action");
  const action = button?.getAttribute("formaction") ?? own;
  const fields = [...new FormData(form, button)];
  const method = form.method.toUpperCase();
  const address = new URL(action, document.baseURI);
  const value = await soon(acts[part.dataset.enhance](part, method, address, fields)).catch(ignore);
  const put = ({ formData }) => {
    for (const name of new Set(formData.keys())) formData.delete(name);
    for (const field of fields) formData.append(...field);
    if (part.name) formData.set(part.name, value ?? "");
  };
  form.addEventListener("formdata", put, { once: true });
  form.setAttribute("action", action);
  form.submit();
  form.setAttribute("action", own);
  underWay.delete(form);
}

// After all other listeners: what they hold back is not sent, and what they put in is signed.
addEventListener("submit", (event) => {
  const part = event.target.querySelector(PARTS);
  if (!part || event.defaultPrevented) return;
  event.preventDefault();
  if (underWay.has(event.target)) return;
  underWay.add(event.target);
  send(event.target, part, event.submitter);
});

for (const part of document.querySelectorAll("[data-enhance=unbind]"))
  if (!part.closest("form")) soon(unbind()).catch(ignore);
