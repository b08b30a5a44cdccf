/** Signs the forms of a browser that has a key. */

import { write } from "./bytes.js";
import { ALGORITHM, answer, withKeys, withForms } from "./keys.js";

const LINE_END = /\r\n|\r|\n/g;

const encode = (text) => new TextEncoder().encode(text);

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

withForms("prove", prove);
