// Answers for weekly issues that are kept in this browser, where the network doesn't. It is asked for the issues alone.

const NAME = "issue:"; // of a cache, before the path of the issue that is in it
const WAIT = 4000; // milliseconds in which the network has to answer, where something is kept
const DAY = 86_400_000;
const AWAY = new Set([502, 503, 504]);
const GONE = new Set([404, 410]);
const PARTS = new Set(["font", "image", "script", "style"]);
const PICTURE = /\/pictures\/[^/]+\/(\d+)\/(?:width|fill)-(\d+)(?:x(\d+))?/;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(registration.navigationPreload?.enable()));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (PARTS.has(request.destination)) event.respondWith(part(request));
});

async function page(event) {
  // The browser asks already, while it wakes this worker.
  const network = Promise.resolve(event.preloadResponse).then((early) => early ?? fetch(event.request));
  network.catch(() => {}); // whoever waits for it hears of that
  const issues = await kept().catch(() => []);
  const { pathname, search } = new URL(event.request.url);
  const own = issues.find(({ path }) => pathname.startsWith(path));
  const copy = own && (await inCache(own, pathname));
  try {
    const response = await inTime(network, copy);
    // Of a withdrawn issue, articles lead to where they stand by themselves.
    const leadsAway = response.type === "opaqueredirect" && !search;
    if (own && (GONE.has(response.status) || leadsAway)) await forget(own, pathname);
    return response;
  } catch {
    const list = `${new URL(registration.scope).pathname}kept/`;
    return (await caches.match(list, { ignoreVary: true })) ?? Response.error();
  }
}

// Its address changes with what is in it, so that a copy never grows old; and a page would wait for one after another.
async function part(request) {
  const copy = await caches.match(request.url, { ignoreVary: true });
  if (copy) return copy;
  const network = fetch(request);
  network.catch(() => {});
  return inTime(network, await inAnotherSize(request.url));
}

// What the network says, so that corrections are seen at once; the copy where it says nothing, or too late.
async function inTime(network, copy) {
  if (!copy) return network;
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(reject, WAIT)));
  try {
    const response = await Promise.race([network, late]);
    return AWAY.has(response.status) ? copy : response;
  } catch {
    return copy;
  } finally {
    clearTimeout(timer);
  }
}

// The issues whose right holds, by this device's clock. Nothing of the others stays.
async function kept() {
  const names = (await caches.keys()).filter((name) => name.startsWith(NAME));
  if (!names.length) await registration.unregister();
  const found = [];
  for (const name of names) {
    const path = name.slice(NAME.length);
    const plan = await (await inCache({ path }, `${path}offline`))?.json();
    if (!plan) continue; // it is being kept just now
    const now = Date.now();
    if (plan.at - DAY < now && now < plan.until) found.push({ path, plan });
    else await caches.delete(name);
  }
  return found;
}

// A page that was withdrawn; with the issue's own all of it goes.
async function forget({ path }, address) {
  if (address === path) await caches.delete(NAME + path);
  else if (await caches.has(NAME + path)) await (await caches.open(NAME + path)).delete(address);
}

// Opening a cache would make one, where it was deleted meanwhile.
function inCache({ path }, address) {
  return caches.match(address, { cacheName: NAME + path, ignoreVary: true });
}

// Of each picture one size is kept, and a page asks for the one that suits its window.
async function inAnotherSize(address) {
  const wanted = shape(address);
  for (const issue of wanted ? await kept() : []) {
    for (const kept of Object.values(issue.plan.parts).flat()) {
      const found = shape(kept);
      if (found?.id === wanted.id && Math.abs(found.ratio - wanted.ratio) < 0.03) return inCache(issue, kept);
    }
  }
}

function shape(address) {
  const [, id, across, down] = PICTURE.exec(address) ?? [];
  return id && { id, ratio: down ? across / down : 0 };
}
