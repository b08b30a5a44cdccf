/** The way on after an approval, taken by itself. */

import { SECOND, enhance, visit } from "./basics.js";
import { element } from "./element.js";
import { status } from "./page.js";

/**
 * Goes where the link inside leads after data-seconds in which the page was seen; data-going says so, and a
 * button stops it. Who came back, or asked for the page again, wants to be here.
 */
function redirect(part) {
  if (visit && visit.type !== "navigate") return;
  const { seconds, going, stay, stayed } = part.dataset;
  const shown = element("p", { tabIndex: -1 });
  const stop = element("button", { type: "button", className: "button", textContent: stay });
  let left = Number(seconds);
  const tick = () => {
    if (!stop.isConnected) return;
    if (!document.hidden) {
      shown.textContent = going.replace("{seconds}", left);
      if (!left) return location.assign(part.querySelector("a").href);
      left -= 1;
    }
    setTimeout(tick, SECOND);
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

enhance({ redirect });
