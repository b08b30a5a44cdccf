/** Lets a passkey of this device sign a form. Comes when it is wanted: near.js loads it. */

import { enhance } from "./basics.js";
import { read, write } from "./bytes.js";
import { ask, get, hand, turns } from "./passkey.js";

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

/** A button that signs its form with the passkey in place of the PIN. */
function signs(part) {
  const form = part.closest("form");
  const button = part.querySelector("button");
  const start = turns(part, [button], async (show) => {
    const answer = await signed(part, form, show);
    return () => hand(form, answer, "pin");
  });
  button.addEventListener("click", start);
  if (part.dataset.pressed) start();
}

enhance({ "sign-with-passkey": signs });
