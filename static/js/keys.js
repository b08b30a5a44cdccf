/**
 * This browser's own key: made when it is enrolled, never exported, and asked to sign every request
 * that makes the activation sign. The form leaves as it stood when it was sent, with one field more. Where
 * something fails it leaves without: an enrolment is as good as without script, and the site says what to do.
 */

import { ignore } from "./basics.js";

export const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const PATIENCE_MS = 5_000;

export const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
  });

/** Does something with the keys that this browser keeps; what was done is kept before this is over. */
export async function withKeys(act) {
  const opening = indexedDB.open("assent", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
  const database = await answer(opening);
  const transaction = database.transaction("keys", "readwrite", { durability: "strict" });
  database.close(); // once the transaction is over
  const kept = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = reject;
  });
  const [result] = await Promise.all([act(transaction.objectStore("keys")), kept]);
  return result;
}

/** Nobody waits for a database that does not answer. */
export const soon = (work) =>
  Promise.race([work, new Promise((_, reject) => setTimeout(reject, PATIENCE_MS))]);

/** Takes the fields as they are now, for other scripts put theirs in for this moment only. */
async function send(form, part, button, act) {
  const own = form.getAttribute("action");
  const action = button?.getAttribute("formaction") ?? own;
  const fields = [...new FormData(form, button)];
  const method = form.method.toUpperCase();
  const address = new URL(action, document.baseURI);
  const value = await soon(act(part, method, address, fields)).catch(ignore);
  const put = ({ formData }) => {
    for (const name of new Set(formData.keys())) formData.delete(name);
    for (const field of fields) formData.append(...field);
    if (part.name) formData.set(part.name, value ?? "");
  };
  form.addEventListener("formdata", put, { once: true });
  form.setAttribute("action", action);
  form.submit();
  form.setAttribute("action", own);
}

/** Lets `act` work when a form is sent that has a part of this name; what it gives is the part's value. */
export function withForms(name, act) {
  const underWay = new WeakSet();
  // After all other listeners: what they hold back is not sent, and what they put in is signed.
  addEventListener("submit", (event) => {
    const form = event.target;
    const part = form.querySelector(`[data-enhance=${name}]`);
    if (!part || event.defaultPrevented) return;
    event.preventDefault();
    if (underWay.has(form)) return;
    underWay.add(form);
    send(form, part, event.submitter, act).finally(() => underWay.delete(form));
  });
}
