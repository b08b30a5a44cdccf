/** What most scripts need: time, the language of the page, and nothing to say. */

export const SECOND = 1000;
export const ROUNDED = 1.1 * SECOND; // times left are rounded down: the true moment is later

export const language = document.documentElement.lang;
export const visit = performance.getEntriesByType("navigation")[0];
export const arrived = visit?.responseStart ?? 0;

// The wall clock may be set at any time; this one only goes on.
export const even = () => performance.now();

export const ignore = () => {};

/** Lets each of these helps work on the elements that name it. */
export function enhance(helps) {
  for (const element of document.querySelectorAll("[data-enhance]"))
    for (const name of element.dataset.enhance.split(" ")) helps[name]?.(element);
}
