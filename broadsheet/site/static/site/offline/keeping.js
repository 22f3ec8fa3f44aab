// Keeps weekly issues for reading without a network, and lets go of them once the right has ended, or at sign-out.

const NAME = "issue:"; // as in worker.js
const WORKER = "/issues/offline.js";
const LOCK = "broadsheet.offline";
const COOKIE = "broadsheet_offline";
const PATH = /^.*\/issues\/\d+\//;
const INSIDE = /(?:@import |url\()\s*["']?([^"')]+\.(?:css|woff2))/g;
const SHARPNESS = Math.min(devicePixelRatio, 2);
const WIDE_ENOUGH = Math.min(screen.width, 800) * SHARPNESS;
export const can = "serviceWorker" in navigator && "caches" in globalThis && "locks" in navigator;

// The server said that this may not be kept, or not now.
export class Refused extends Error {}

export async function planOf(path) {
  // Opening the cache would make one.
  const found = await caches.match(`${path}offline`, { cacheName: NAME + path });
  return found?.json();
}

export async function pathsOfAll() {
  return (await caches.keys()).filter((name) => name.startsWith(NAME)).map((name) => name.slice(NAME.length));
}

export async function remove(path) {
  await caches.delete(NAME + path);
  if ((await pathsOfAll()).length) return;
  for (const one of await navigator.serviceWorker.getRegistrations()) {
    const worker = one.active ?? one.waiting ?? one.installing;
    if (worker?.scriptURL.endsWith(WORKER)) await one.unregister();
  }
  document.cookie = `${COOKIE}=; Max-Age=0; path=/; SameSite=Lax`;
}

async function removeAll() {
  for (const path of await pathsOfAll()) await remove(path);
  await remove("");
}

// What there is to keep; asking is also how it comes out that the right has ended.
async function ask(path) {
  const headers = { Accept: "application/json" };
  const response = await fetch(`${path}offline`, { cache: "no-store", headers });
  if ([401, 403, 409].includes(response.status)) await removeAll();
  else if ([404, 410].includes(response.status)) await remove(path);
  else if (response.ok) return response.json();
  else if (response.status !== 429) throw new Error(response.status);
  throw new Refused((await response.json()).error);
}

// Makes of what is kept what `plan` says. `tell` hears how many pages are there.
async function bring(path, plan, tell = () => {}) {
  const cache = await caches.open(NAME + path);
  const before = await planOf(path);
  const now = { ...plan, pages: {}, parts: {} };
  for (const [page, state] of Object.entries(before?.pages ?? {})) {
    if (!(page in plan.pages)) continue;
    now.pages[page] = state;
    now.parts[page] = before.parts[page];
  }
  // What was withdrawn goes before anything else is fetched.
  if (before) await write(cache, path, now);
  let number = 0;
  for (const [page, state] of Object.entries(plan.pages)) {
    if (now.pages[page] !== state) {
      delete now.pages[page];
      delete now.parts[page];
      const response = await fetchPage(page);
      if (response) {
        now.parts[page] = await bringParts(cache, await response.clone().text());
        now.pages[page] = state;
        await cache.put(page, response);
      }
    }
    tell(number++);
  }
  await write(cache, path, now);
}

async function write(cache, path, plan) {
  await cache.put(`${path}offline`, new Response(JSON.stringify(plan)));
  const held = new Set([`${path}offline`, ...Object.keys(plan.pages), ...Object.values(plan.parts).flat()]);
  for (const { url } of await cache.keys()) if (!held.has(new URL(url).pathname)) await cache.delete(url);
}

// Nobody looks at it now, so it is not counted as opened. None where it is gone by now.
async function fetchPage(page) {
  const response = await fetch(page, { cache: "no-store", headers: { Purpose: "prefetch" } });
  if (response.redirected || [404, 410].includes(response.status)) return;
  const { headers } = response;
  const isCut = headers.get("Broadsheet-Rendition") === "public" && headers.get("Broadsheet-Verdict") !== "free";
  if (!response.ok || isCut) throw new Error(page);
  return response;
}

async function bringParts(cache, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const links = page.querySelectorAll('link:is([rel~="stylesheet"], [rel="preload"], [rel="icon"])');
  const addresses = [
    ...[...links].map((link) => link.getAttribute("href")),
    ...[...page.querySelectorAll("script[src], [data-keeping]")].map(
      (one) => one.getAttribute("src") ?? one.dataset.keeping,
    ),
    ...[...page.images].map(sizeOf),
  ];
  const found = new Set();
  await Promise.all(addresses.map((address) => bringPart(cache, address, location.href, found)));
  return [...found];
}

async function bringPart(cache, address, base, found) {
  const url = new URL(address ?? "", base);
  const { origin, pathname } = url;
  if (!address || origin !== location.origin || found.has(pathname)) return;
  found.add(pathname);
  let response = await cache.match(pathname, { ignoreVary: true });
  if (!response) {
    response = await fetch(url);
    if (response.ok) await cache.put(pathname, response.clone());
    else found.delete(pathname);
  }
  if (!pathname.endsWith(".css") || !response.ok) return;
  const inside = [...(await response.text()).matchAll(INSIDE)];
  await Promise.all(inside.map(([, one]) => bringPart(cache, one, url, found)));
}

// One size of a picture: the smallest that fills this screen, in a format that each browser reads.
function sizeOf(image) {
  const source = [...(image.closest("picture")?.querySelectorAll("source") ?? [])].at(-1);
  const sizes = (source?.getAttribute("srcset") ?? "").split(",").map((one) => one.trim().split(" "));
  const [address] = sizes.find(([, width]) => parseInt(width) >= WIDE_ENOUGH) ?? sizes.at(-1);
  return address || image.getAttribute("src");
}

// Keeps the issue at `path`. `worker` is the address of what answers from it, `tell` hears how far it has come.
export function keep(path, worker, tell) {
  return navigator.locks.request(LOCK, async () => {
    try {
      const plan = await ask(path);
      await caches.open(NAME + path);
      await navigator.serviceWorker.register(worker);
      await bring(path, plan, (number) => tell(Math.min(number, plan.count), plan.count));
    } catch (error) {
      if (!(await planOf(path))) await remove(path); // else another tab had kept it by then
      throw error;
    }
  });
}

// With a network, what is kept is brought up to date. One tab does that at a time.
export function renew(path) {
  return navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    for (const each of await pathsOfAll()) if (!(await planOf(each))) await remove(each); // a tab was closed amid it
    if (await planOf(path)) await bring(path, await ask(path));
  });
}

// Before somebody signs out. The server has browsers do the same that have not done it by then.
for (const form of can ? document.querySelectorAll("form[data-signs-out]") : []) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await removeAll().catch(() => {});
    form.submit();
  });
}

const [here] = PATH.exec(location.pathname) ?? [];
// Settles once it is known whether the issue of this page may still be kept.
export const renewed = can && here && navigator.onLine ? renew(here).catch(() => {}) : Promise.resolve();
