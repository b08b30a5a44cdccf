/** A slider in place of a box to tick, where the bank wants a gesture. */

import { enhance } from "./basics.js";
import { element } from "./element.js";
import { rest } from "./page.js";

const FIRST_STEP = 25; // per cent; who gets further at once has pressed and not slid

/**
 * A slider instead of the box [name=read]: its end ticks the box, and the button wakes. Keys move it like any
 * slider; a pointer that lets go before the end, or only presses somewhere on the way, starts again.
 */
function slider(form) {
  const box = form.querySelector("[name=read]");
  const label = box.closest("label");
  const range = element("input", { type: "range", step: 5, value: 0, id: box.id });
  const own = element("label", { className: "slider" });
  let hand = "";
  const settle = () => {
    box.checked = Number(range.value) === 100;
    rest(form.querySelector("button"), "slider", !box.checked);
  };
  const move = () => {
    if (hand === "down") hand = range.value > FIRST_STEP ? "astray" : "slides";
    if (hand === "astray") range.value = 0;
    settle();
  };
  const letGo = () => {
    if (hand && range.value < 100) range.value = 0;
    hand = "";
    settle();
  };
  own.append(form.dataset.instruction ?? label.textContent, range);
  box.removeAttribute("id");
  label.hidden = true;
  label.after(own);
  range.addEventListener("pointerdown", () => (hand = "down"));
  range.addEventListener("input", move);
  for (const type of ["pointerup", "pointercancel"]) addEventListener(type, letGo);
  settle();
}

enhance({ slider });
