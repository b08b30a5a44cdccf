/** Buttons that the server would not take yet. */

import { SECOND, enhance, even } from "./basics.js";
import { rest, status } from "./page.js";

/** <button data-wait="5"> rests for five seconds and shows them; the server would refuse it earlier. */
function wait(button) {
  const since = even();
  const shown = button.appendChild(document.createElement("span"));
  shown.setAttribute("aria-hidden", "true");
  const tick = () => {
    const left = Math.ceil(button.dataset.wait - (even() - since) / SECOND);
    rest(button, "wait", left > 0);
    shown.textContent = left > 0 ? ` (${left})` : "";
    if (left > 0) setTimeout(tick, SECOND);
    else status.textContent = button.textContent;
  };
  tick();
}

enhance({ wait });
