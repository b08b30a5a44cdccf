/**
 * The worker of the site, for when it cannot be reached. It keeps static files under the digest of their
 * content, and one page that says how things stand; never a page or an answer that somebody signed in for.
 *
 * The site puts four constants before it: NEEDED, the addresses without which it is of no use; WELCOME, those
 * that may be missing; PAGE, the page among them; VERSION, another one whenever any of it changes.
 */

const CACHE = `assent-${VERSION}`;
const FILES = [...NEEDED, ...WELCOME].filter((address) => address !== PAGE);

// Without cookies: what is kept is nobody's page.
const plain = (address) => new Request(address, { credentials: "omit" });

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll(NEEDED.map(plain));
}

async function keepMore() {
  const cache = await caches.open(CACHE);
  await Promise.allSettled(WELCOME.map((address) => cache.add(plain(address))));
}

async function tidyUp() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await registration.navigationPreload?.enable();
}

async function load(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await caches.match(PAGE, { ignoreVary: true })) ?? Response.error();
  }
}

async function kept(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(keep());
  event.waitUntil(keepMore());
});

addEventListener("activate", (event) => event.waitUntil(tidyUp()));

addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  // Who sends a form must not read "you are offline": it may have arrived. The browser says what it knows.
  if (method !== "GET") return;
  if (mode === "navigate") event.respondWith(load(event));
  else if (FILES.includes(url.slice(location.origin.length))) event.respondWith(kept(event.request));
});
