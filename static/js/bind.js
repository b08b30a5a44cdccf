/** Makes the key of a browser that is enrolled, and takes it away from one that is forgotten. */

import { ignore } from "./basics.js";
import { write } from "./bytes.js";
import { ALGORITHM, answer, soon, withForms, withKeys } from "./keys.js";

const NAME_LETTERS = 24;

/** A new key; the page sends the public one, by the beginning of which the other is found again. */
async function bind() {
  if (!globalThis.FormDataEvent) return "";
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  const text = write(await crypto.subtle.exportKey("raw", publicKey));
  await withKeys((keys) => answer(keys.put(privateKey, text.slice(0, NAME_LETTERS))));
  return text;
}

const unbind = () => withKeys((keys) => answer(keys.clear()));

withForms("bind", bind);
withForms("unbind", unbind);
for (const part of document.querySelectorAll("[data-enhance=unbind]"))
  if (!part.closest("form")) soon(unbind()).catch(ignore);
