/** Keeps a page fresh that waits for the bank: the list, or the digits. Both also work without it. */

import { ROUNDED, SECOND, arrived, enhance, even, language } from "./basics.js";
import "./unread.js";

const EVERY = 7 * SECOND;
const AT_LEAST = 5 * SECOND;
const AT_MOST = 60 * SECOND;

const title = document.title;

/**
 * Asks for the part again. Rests while hidden, waits longer while nobody answers, and leaves the rest to a
 * reload, which leads where a person who is signed out or blocked has to go.
 */
function keepFresh(part) {
  const address = part.dataset.address ?? location.pathname;
  const drift = () => Date.now() - even();
  let [timer, call, asked, steady, pause, earliest] = [0, null, even(), drift(), EVERY, 0];
  const plan = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(ask, Math.max(ms, asked + AT_LEAST - even(), earliest - even()));
  };
  const ask = () => {
    if (document.hidden || call) return;
    // The even clock may stand still while the machine sleeps: then all times left are asked for anew.
    const isSteady = Math.abs(drift() - steady) < 2 * SECOND;
    [asked, steady] = [even(), drift()];
    call = send(address, isSteady && part.dataset.version, answered);
  };
  const answered = () => {
    const { status, responseURL, response } = call;
    const fresh = status === 200 && responseURL.endsWith(address) && response?.getElementById(part.id);
    const isGood = status === 304 || (fresh && fresh.dataset.frame === part.dataset.frame);
    if (!isGood && status && status < 500 && status !== 429) return location.reload();
    pause = isGood ? EVERY : Math.min(pause * 2, AT_MOST);
    earliest = isGood ? 0 : even() + retryAfter(call);
    call = null;
    show?.(isGood, fresh);
    plan(pause);
  };
  const show = part.querySelector("ul") && list(part, () => plan(ROUNDED));
  document.addEventListener("visibilitychange", () => document.hidden || plan(0));
  addEventListener("online", () => plan(0));
  plan(pause);
}

/** A response read as a document needs no HTML sink, so Trusted Types stay strict; its scripts never run. */
function send(address, version, answered) {
  const call = new XMLHttpRequest();
  call.open("GET", address);
  if (version) call.setRequestHeader("If-None-Match", `W/"${version}"`);
  call.responseType = "document";
  call.overrideMimeType("text/html"); // a 304 names no type and would be read as XML
  call.timeout = 20 * SECOND;
  call.onloadend = answered;
  call.send();
  return call;
}

/** The milliseconds for which the server wants its rest: it says seconds, or a date. */
function retryAfter(call) {
  const value = call.getResponseHeader("Retry-After");
  return Math.min(3600 * SECOND, value * SECOND || Date.parse(value) - Date.now() || 0);
}

/** Makes the list live; returns what to call with every answer. It calls `over` when a time on it is over. */
function list(part, over) {
  const byId = (id) => document.getElementById(id);
  const [loaded, stale, age, said] = ["loaded", "stale", "age", "said"].map(byId);
  const entries = part.querySelector("ul");
  const zone = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
  const server = Date.parse(loaded.dateTime) - arrived;
  let good;
  const show = (isGood, fresh, at = even()) => {
    if (isGood) good = at;
    stale.hidden = isGood;
    said.textContent = fresh ? takeOver(part, fresh, at) : "";
    loaded.dateTime = new Date(server + good).toISOString();
    loaded.textContent = zone.format(server + good);
    const { count } = part.dataset;
    document.title = count > 0 ? `(${count}) ${title}` : title;
    navigator.setAppBadge?.(count).catch(() => {});
    sweep(part);
  };
  const tick = () => {
    if (!stale.hidden) age.textContent = spoken((even() - good) / SECOND);
    if (countDown(entries, even())) over();
    setTimeout(tick, SECOND);
  };
  // What went while a hand was on the list leaves with the hand.
  for (const type of ["pointerleave", "focusout"])
    entries.addEventListener(type, () => setTimeout(() => sweep(part)));
  setEnds(entries, arrived);
  show(true, null, arrived);
  tick();
  return show;
}

/**
 * Known entries keep their place, new ones come last, missing ones are marked until they may go. A link stays
 * the same element, and with it the focus and a press that has begun. Returns what to say about the new ones.
 */
function takeOver(part, fresh, at) {
  const entries = part.querySelector("ul");
  const known = new Map([...entries.children].map((entry) => [entry.dataset.key, entry]));
  const news = [];
  setEnds(fresh, at);
  for (const entry of document.importNode(fresh, true).querySelectorAll("[data-key]")) {
    const old = known.get(entry.dataset.key);
    known.delete(entry.dataset.key);
    if (!old) news.push(entries.appendChild(entry));
    else if (old.dataset.version === entry.dataset.version)
      old.querySelector("time")?.replaceWith(entry.querySelector("time"));
    else {
      old.dataset.version = entry.dataset.version;
      old.firstElementChild.replaceChildren(...entry.firstElementChild.childNodes);
    }
  }
  for (const old of known.values()) {
    old.dataset.version = "gone";
    old.querySelector(".time-left")?.replaceChildren(part.dataset.gone);
  }
  Object.assign(part.dataset, fresh.dataset);
  const remarks = news.map((entry) => entry.querySelector(".notice__title")?.textContent);
  return news.length ? [part.dataset.summary, ...remarks].join(" ") : "";
}

/** Takes off what is gone, unless something under a hand would move, or the focus would be lost. */
function sweep(part) {
  const entries = part.querySelector("ul");
  for (const entry of [...entries.children].reverse()) {
    if (entry.matches(":hover, :active")) break;
    if (entry.dataset.version === "gone" && !entry.matches(":focus-within")) entry.remove();
  }
  entries.hidden = !entries.children.length;
  part.querySelector(".empty").hidden = !entries.hidden;
}

/** Turns the seconds that were left `at` then into the moments when they are over. */
function setEnds(root, at) {
  for (const time of root.querySelectorAll("[data-left]"))
    time.dataset.ends = at + time.dataset.left * SECOND;
}

/** Shows the times left; tells whether one has just ended. It decides nothing: then the server is asked. */
function countDown(entries, at) {
  let isOver = false;
  for (const time of entries.querySelectorAll("[data-ends]")) {
    const left = Math.max(0, Math.ceil((time.dataset.ends - at) / SECOND));
    const words = spoken(left);
    if (time.textContent !== words) time.textContent = words;
    if (left) continue;
    delete time.dataset.ends;
    isOver = true;
  }
  return isOver;
}

/** "45 seconds", "4 minutes", in the language of the page; rounded down. */
function spoken(s) {
  const [count, unit] = s < 120 ? [s, "second"] : s < 7200 ? [s / 60, "minute"] : [s / 3600, "hour"];
  const format = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" });
  return format.format(Math.floor(count));
}

enhance({ refresh: keepFresh });
