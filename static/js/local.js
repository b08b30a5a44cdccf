/** Times of the past in the visitor's own zone. */

import { enhance, language } from "./basics.js";

/** Shows <time datetime="…"> in the visitor's own zone. */
function localTime(time) {
  const format = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
  time.textContent = format.format(new Date(time.dateTime));
}

enhance({ "local-time": localTime });
