/** The page of an approval code: copies it, counts its time down, keeps the screen on, and takes it away. */

import { SECOND, arrived, even } from "./basics.js";
import "./unread.js";

/** Counts the time on the page down; calls `take` when it is over, and whenever the page is left. */
function leaveInTime(section, take) {
  const time = section.querySelector("[data-part=time]");
  const said = section.querySelector("[data-part=said]");
  const shown = time.querySelector("span");
  const ends = arrived + section.dataset.left * SECOND;
  let timer;
  const tick = () => {
    clearTimeout(timer);
    const left = Math.max(0, Math.ceil((ends - even()) / SECOND));
    const seconds = String(left % 60).padStart(2, "0");
    shown.textContent = `${shown.dataset.words} ${Math.floor(left / 60)}:${seconds}`;
    if (left) return (timer = setTimeout(tick, SECOND));
    take();
    said.textContent = time.textContent = time.dataset.over;
  };
  addEventListener("pagehide", take);
  // Kept alive and shown again: the server knows whether there is still something to show.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  // A device that slept has not counted.
  document.addEventListener("visibilitychange", () => document.hidden || tick());
  tick();
}

/** A button that copies the code as the bank takes it; where that is not allowed, it marks the code. */
function copyable(code, row) {
  const button = row.querySelector("button");
  const words = button.textContent;
  const copied = () => {
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = words), 3 * SECOND);
  };
  const mark = () => getSelection().selectAllChildren(code);
  button.addEventListener("click", () => {
    const copying = navigator.clipboard?.writeText(code.textContent);
    if (copying) copying.then(copied, mark);
    else mark();
  });
  row.hidden = false;
}

/** Keeps the screen on while the page is seen, where that can be; returns what lets it go dark again. */
function stayAwake() {
  let lock;
  const ask = async () => {
    if (document.hidden) return;
    try {
      lock = await navigator.wakeLock?.request("screen");
    } catch {
      // A battery that is low, or a browser that does not want to.
    }
  };
  document.addEventListener("visibilitychange", ask);
  ask();
  return () => {
    document.removeEventListener("visibilitychange", ask);
    lock?.release();
  };
}

const section = document.querySelector("[data-enhance=code]");
const code = section.querySelector("output");
const row = section.querySelector("[data-part=copy]");
const rest = stayAwake();

copyable(code, row);
leaveInTime(section, () => {
  code.remove();
  code.textContent = "";
  row.hidden = true;
  rest();
});
