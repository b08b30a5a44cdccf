/**
 * Says in the header how many messages are unread: "Messages (2)". It asks once the page has come, so a slow
 * inbox holds nothing up, and again when somebody comes back after a while. Without an answer the link stays.
 */

const MINUTE = 60_000;
const PATIENCE = 10_000;

// Wall clocks may be set at any time; this one only goes on.
const even = () => performance.now();

export function unread(link, { now = even, ask = fetch } = {}) {
  const words = link.dataset.words;
  const number = new Intl.NumberFormat(document.documentElement.lang);
  let asked = link.dataset.count === undefined ? -Infinity : now();
  const show = (count) => {
    link.textContent = count > 0 ? `${words} (${number.format(count)})` : words;
  };
  const look = async () => {
    if (document.hidden || now() - asked < MINUTE) return;
    asked = now();
    const options = { redirect: "error", signal: AbortSignal.timeout(PATIENCE) };
    const answer = await ask(link.dataset.address, options).catch(() => null);
    if (answer?.status === 200) show((await answer.json()).unread);
  };
  const goOn = () => look().catch(() => {}); // an answer that breaks off says nothing
  document.addEventListener("visibilitychange", goOn);
  addEventListener("pageshow", goOn);
}

const link = document.querySelector('[data-enhance="unread"]');
if (link) unread(link);
