/** Small helps, named by data-enhance. Every page works before this runs and when it never does. */

const EVERY_MS = 7_000;
const AT_MOST_MS = 60_000;
const DAY_S = 86_400;

/** Keeps "4:32" current in <time data-left="272">, counted from the loading of the page. Shows time; decides nothing. */
function countdown(time) {
  const ends = Date.now() + Number(time.dataset.left) * 1000;
  const tick = () => {
    if (!time.isConnected) return;
    const left = Math.max(0, Math.round((ends - Date.now()) / 1000));
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(left / 3600);
    const minutes = Math.floor((left % 3600) / 60);
    time.textContent = `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(left % 60)}`;
    if (left) setTimeout(tick, 1000);
    else time.dispatchEvent(new CustomEvent("expired", { bubbles: true }));
  };
  const left = Number(time.dataset.left);
  if (left > 0 && left < DAY_S) tick();
}

/** Shows <time datetime="…"> in the visitor's own zone. */
function localTime(time) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "medium" });
  time.textContent = format.format(new Date(time.dateTime));
}

/**
 * Fetches the page again and takes over the part with the same id when its data-version differs.
 * Rests while hidden, backs off while nobody answers, reloads when the page is another one by now.
 */
function refresh(part) {
  let wait = EVERY_MS;
  let timer = 0;
  const stale = document.querySelector("[data-stale]");
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(ask, ms);
  };
  const failed = () => {
    if (stale) stale.hidden = false;
    wait = Math.min(wait * 2, AT_MOST_MS);
    later(wait);
  };
  // A response read as a document needs no HTML sink, so Trusted Types stay strict, and its scripts never run.
  const ask = () => {
    if (document.hidden) return;
    const call = new XMLHttpRequest();
    call.open("GET", location.pathname);
    call.responseType = "document";
    call.timeout = 20_000;
    call.onerror = call.ontimeout = failed;
    call.onload = () => {
      if (call.status >= 500 || call.status === 429) return failed();
      const fresh = call.response?.getElementById(part.id);
      if (call.status !== 200 || !fresh) return location.reload();
      if (stale) stale.hidden = true;
      if (fresh.dataset.version !== part.dataset.version) part = takeOver(part, fresh);
      wait = EVERY_MS;
      later(wait);
    };
    call.send();
  };
  document.addEventListener("visibilitychange", () => document.hidden || later(0));
  document.addEventListener("expired", () => later(1000));
  later(wait);
}

/** Puts `fresh` in the place of `old`; the focus stays on the same link, and listeners hear what changed. */
function takeOver(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const part = document.importNode(fresh, true);
  old.replaceWith(part);
  enhance(part);
  if (focused) (part.querySelector(`[href="${CSS.escape(focused)}"]`) ?? document.getElementById("main")).focus();
  const status = document.querySelector("[role=status]");
  if (status && part.dataset.summary) status.textContent = part.dataset.summary;
  return part;
}

/** One press, one request: the buttons of a form that was sent rest until the page is shown again. */
function once(form) {
  const buttons = form.querySelectorAll("button");
  const rest = (resting) => buttons.forEach((button) => button.setAttribute("aria-disabled", String(resting)));
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
    rest(true);
  });
  addEventListener("pageshow", () => {
    sent = false;
    rest(false);
  });
}

/** Loads the page at data-address when the time on it is over. */
function reloadWhenExpired(part) {
  part.addEventListener("expired", () => location.replace(part.dataset.address));
}

const helps = { countdown, once, "local-time": localTime, "reload-when-expired": reloadWhenExpired };

function enhance(root) {
  for (const element of root.querySelectorAll("[data-enhance]")) helps[element.dataset.enhance]?.(element);
}

enhance(document);
const part = document.querySelector("[data-enhance=refresh]");
if (part) refresh(part);
