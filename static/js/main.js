/** Small helps, named by data-enhance. Every page works before they run and when they never do. */

const SECOND = 1000;
const DAY_S = 86_400;
const ROUNDED = 1.1 * SECOND; // times left are rounded down: the true moment is later
const FIRST_STEP = 25; // per cent; who gets further at once has pressed and not slid

const language = document.documentElement.lang;
const visit = performance.getEntriesByType("navigation")[0];
const arrived = visit?.responseStart ?? 0;
const even = () => performance.now(); // the wall clock may be set at any time

const make = (name, properties) => Object.assign(document.createElement(name), properties);

const status = document.body.appendChild(make("p", { className: "visually-hidden" }));
status.setAttribute("role", "status");

/** Keeps "4:32" current in <time data-left="272">, the seconds left when the page came. Decides nothing. */
export function countdown(time, { now = even, later = setTimeout, since = arrived } = {}) {
  const two = (number) => String(number).padStart(2, "0");
  let before = Number(time.dataset.left);
  const ends = since + before * SECOND;
  const tick = () => {
    const left = Math.max(0, Math.ceil((ends - now()) / SECOND));
    const [hours, minutes] = [Math.floor(left / 3600), Math.floor((left % 3600) / 60)];
    time.textContent = `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(left % 60)}`;
    if ([60, 10].some((mark) => left <= mark && mark < before)) announce(time, left);
    before = left;
    if (left) later(tick, ends - now() - (left - 1) * SECOND);
    else later(() => time.dispatchEvent(new CustomEvent("expired", { bubbles: true })), ROUNDED);
  };
  if (before > 0 && before < DAY_S) tick();
}

/** Says the time left to those who listen: now and then, never each second. */
function announce(time, seconds) {
  const format = { style: "unit", unit: "second", unitDisplay: "long" };
  const spoken = new Intl.NumberFormat(language, format).format(seconds);
  status.textContent = time.parentElement.textContent.replace(time.textContent, spoken);
}

/** Shows <time datetime="…"> in the visitor's own zone. */
export function localTime(time) {
  const format = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
  time.textContent = format.format(new Date(time.dateTime));
}

let isSent = false;

/** Loads the page at data-address when the time on it is over; an answer that is under way is waited for. */
export function reloadWhenExpired(part) {
  part.addEventListener("expired", () => isSent || location.replace(part.dataset.address));
}

const reasons = new WeakMap();

/** A button rests as long as there is a reason for it: it looks like it, says so, and keeps the focus. */
function rest(button, reason, isResting) {
  const own = reasons.get(button) ?? new Set();
  reasons.set(button, own);
  if (isResting) own.add(reason);
  else own.delete(reason);
  button.setAttribute("aria-disabled", String(own.size > 0));
}

/** What a resting button sends stays here. Before all other listeners, for they make buttons rest. */
function hold(event) {
  const button = event.submitter ?? event.target.querySelector("button");
  if (button && reasons.get(button)?.size) event.preventDefault();
}

/** One press, one request: the buttons of a form that was sent rest until the page is shown again. */
export function once(form) {
  const all = (isResting) => {
    for (const button of form.querySelectorAll("button")) rest(button, "sent", isResting);
  };
  form.addEventListener("submit", (event) => event.defaultPrevented || all(true));
  addEventListener("pageshow", () => all(false));
}

/** <button data-wait="5"> rests for five seconds and shows them; the server would refuse it earlier. */
export function wait(button, { now = even, later = setTimeout, since = now() } = {}) {
  const shown = button.appendChild(make("span"));
  shown.setAttribute("aria-hidden", "true");
  const tick = () => {
    const left = Math.ceil(button.dataset.wait - (now() - since) / SECOND);
    rest(button, "wait", left > 0);
    shown.textContent = left > 0 ? ` (${left})` : "";
    if (left > 0) later(tick, SECOND);
    else status.textContent = button.textContent;
  };
  tick();
}

/**
 * A slider instead of the box [name=read]: its end ticks the box, and the button wakes. Keys move it like any
 * slider; a pointer that lets go before the end, or only presses somewhere on the way, starts again.
 */
export function slider(form) {
  const box = form.querySelector("[name=read]");
  const label = box.closest("label");
  const range = make("input", { type: "range", step: 5, value: 0, id: box.id });
  const own = make("label", { className: "slider" });
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

/**
 * Goes where the link inside leads after data-seconds in which the page was seen; data-going says so, and a
 * button stops it. Who came back, or asked for the page again, wants to be here.
 */
export function redirect(part, { later = setTimeout, go = (address) => location.assign(address) } = {}) {
  if (visit && visit.type !== "navigate") return;
  const { seconds, going, stay, stayed } = part.dataset;
  const shown = make("p", { tabIndex: -1 });
  const stop = make("button", { type: "button", className: "button", textContent: stay });
  let left = Number(seconds);
  const tick = () => {
    if (!stop.isConnected) return;
    if (!document.hidden) {
      shown.textContent = going.replace("{seconds}", left);
      if (!left) return go(part.querySelector("a").href);
      left -= 1;
    }
    later(tick, SECOND);
  };
  const halt = () => {
    stop.remove();
    status.textContent = shown.textContent = stayed;
    shown.focus();
  };
  stop.addEventListener("click", halt);
  addEventListener("pageshow", (event) => event.persisted && halt());
  part.before(shown);
  part.append(stop);
  tick();
  status.textContent = shown.textContent;
}

const ignore = () => {};
const { worker, waiting } = document.body.dataset; // the first is missing where it is turned off
const policy = globalThis.trustedTypes?.createPolicy("worker", { createScriptURL: () => worker });
if (worker) navigator.serviceWorker?.register(policy?.createScriptURL("") ?? worker).catch(ignore);
if (waiting) navigator.setAppBadge?.(waiting).catch(ignore);

const helps = { countdown, once, wait, slider, redirect };
helps["local-time"] = localTime;
helps["reload-when-expired"] = reloadWhenExpired;

document.addEventListener("submit", hold, true);
document.addEventListener("submit", (event) => (isSent = !event.defaultPrevented));
addEventListener("pageshow", () => (isSent = false));
for (const element of document.querySelectorAll("[data-enhance]"))
  for (const name of element.dataset.enhance.split(" ")) helps[name]?.(element);
