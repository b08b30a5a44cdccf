/**
 * Says in the header how many messages are unread: "Messages (2)". It asks once the page has come, so a slow
 * inbox holds nothing up, and again when somebody comes back after a while. Without an answer the link stays.
 */

import { SECOND, enhance, even, ignore, language } from "./basics.js";

const EVERY_MINUTE = 60 * SECOND;

function unread(link) {
  const { words, count } = link.dataset;
  let asked = count ? even() : -EVERY_MINUTE;
  const look = async () => {
    if (document.hidden || even() - asked < EVERY_MINUTE) return;
    asked = even();
    const options = { redirect: "error", signal: AbortSignal.timeout(10 * SECOND) };
    const answer = await fetch(link.dataset.address, options);
    if (answer.status !== 200) return;
    const number = (await answer.json()).unread;
    link.textContent = number > 0 ? `${words} (${number.toLocaleString(language)})` : words;
  };
  const lookAgain = () => look().catch(ignore); // who breaks off says nothing
  document.addEventListener("visibilitychange", lookAgain);
  addEventListener("pageshow", lookAgain);
}

enhance({ unread });
