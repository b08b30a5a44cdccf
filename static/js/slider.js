/** A slider in place of a box to tick, where the bank wants a gesture. */

import { enhance } from "./basics.js";
import { element } from "./element.js";
import { rest } from "./page.js";

const STEP = 25; // per cent; who gets further at once has pressed and not slid

/**
 * A slider instead of the box [name=read]: its end ticks the box, and the button wakes. Keys move it like any
 * slider. A pointer that lets go before the end starts again; one that only presses moves it one step, so
 * that four presses do for those who cannot drag.
 */
function slider(form) {
  const box = form.querySelector("[name=read]");
  const label = box.closest("label");
  const range = element("input", { type: "range", step: 5, value: 0, id: box.id });
  const own = element("label", { className: "slider" });
  let [isHeld, isAstray, moves, steps] = [false, false, 0, 0];
  const settle = () => {
    box.checked = Number(range.value) === 100;
    rest(form.querySelector("button"), "slider", !box.checked);
  };
  const take = () => {
    [isHeld, isAstray, moves] = [true, false, 0];
  };
  const move = () => {
    moves += 1;
    if (isHeld && moves === 1) isAstray = range.value > steps + STEP;
    if (isAstray) range.value = steps;
    settle();
  };
  const letGo = ({ type }) => {
    if (!isHeld) return;
    const isPress = type === "pointerup" && (isAstray || moves < 2);
    if (isPress) steps = Math.min(steps + STEP, 100);
    else steps = range.value < 100 ? 0 : 100;
    range.value = steps;
    isHeld = isAstray = false;
    settle();
  };
  own.append(form.dataset.instruction ?? label.textContent, range);
  box.removeAttribute("id");
  label.hidden = true;
  label.after(own);
  range.addEventListener("pointerdown", take);
  range.addEventListener("input", move);
  for (const type of ["pointerup", "pointercancel"]) addEventListener(type, letGo);
  settle();
}

enhance({ slider });
