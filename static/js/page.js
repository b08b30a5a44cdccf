/** Small helps, named by data-enhance. Every page works before they run and when they never do. */

import { ROUNDED, SECOND, arrived, enhance, even, ignore, language } from "./basics.js";

const DAY_S = 86_400;

export const status = document.body.appendChild(document.createElement("p"));
status.className = "visually-hidden";
status.setAttribute("role", "status");

/** Keeps "4:32" current in <time data-left="272">, the seconds left when the page came. Decides nothing. */
function countdown(time) {
  let before = Number(time.dataset.left);
  const ends = arrived + before * SECOND;
  const tick = () => {
    const left = Math.max(0, Math.ceil((ends - even()) / SECOND));
    const clock = new Date(left * SECOND).toISOString().slice(left < 3600 ? 14 : 11, 19);
    time.textContent = clock.replace(/^0/, "");
    if ([60, 10].some((mark) => left <= mark && mark < before)) announce(time, left);
    before = left;
    if (left) setTimeout(tick, ends - even() - (left - 1) * SECOND);
    else setTimeout(() => time.dispatchEvent(new CustomEvent("expired", { bubbles: true })), ROUNDED);
  };
  if (before > 0 && before < DAY_S) tick();
}

/** Says the time left to those who listen: now and then, never each second. */
function announce(time, seconds) {
  const format = { style: "unit", unit: "second", unitDisplay: "long" };
  const spoken = seconds.toLocaleString(language, format);
  status.textContent = time.parentElement.textContent.replace(time.textContent, spoken);
}

let isSent = false;

/** Loads the page at data-address when the time on it is over; an answer that is under way is waited for. */
function reloadWhenExpired(part) {
  part.addEventListener("expired", () => isSent || location.replace(part.dataset.address));
}

/** A button rests as long as there is a reason for it: it looks like it, says so, and keeps the focus. */
export function rest(button, reason, isResting) {
  button.reasons ??= new Set();
  button.reasons[isResting ? "add" : "delete"](reason);
  button.setAttribute("aria-disabled", button.reasons.size > 0);
}

/** What a resting button sends stays here. Before all other listeners, for they make buttons rest. */
function hold(event) {
  const button = event.submitter ?? event.target.querySelector("button");
  if (button?.reasons?.size) event.preventDefault();
}

/** One press, one request: the buttons of a form that was sent rest until the page is shown again. */
function once(form) {
  const all = (isResting) => {
    for (const button of form.querySelectorAll("button")) rest(button, "sent", isResting);
  };
  form.addEventListener("submit", (event) => event.defaultPrevented || all(true));
  addEventListener("pageshow", () => all(false));
}

const { worker, waiting } = document.body.dataset; // the first is missing where it is turned off
const policy = globalThis.trustedTypes?.createPolicy("worker", { createScriptURL: () => worker });
if (worker) navigator.serviceWorker?.register(policy?.createScriptURL("") ?? worker).catch(ignore);
if (waiting) navigator.setAppBadge?.(waiting).catch(ignore);

document.addEventListener("submit", hold, true);
document.addEventListener("submit", (event) => (isSent = !event.defaultPrevented));
addEventListener("pageshow", () => (isSent = false));
enhance({ countdown, once, "reload-when-expired": reloadWhenExpired });
