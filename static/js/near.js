/** Shows the button for a passkey, and loads the script behind it once a hand, or the focus, comes near. */

import { canDo } from "./able.js";
import { enhance } from "./basics.js";

async function near(part) {
  if (!(await canDo())) return;
  const form = part.closest("form");
  const button = part.querySelector("button");
  const load = () => part.append(part.querySelector("template").content);
  const fail = () => (part.querySelector("[data-state=unreachable]").hidden = false);
  for (const type of ["pointerover", "focusin"]) form.addEventListener(type, load, { once: true });
  part.addEventListener("error", fail, true);
  // A press that comes before the script is not lost.
  button.addEventListener("click", () => (part.dataset.pressed = true), { once: true });
  part.hidden = button.hidden = false;
}

enhance({ "sign-with-passkey": near });
