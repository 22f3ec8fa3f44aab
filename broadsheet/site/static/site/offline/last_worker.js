// In the place of the worker, where issues can no longer be kept: deletes what was kept, and takes itself back.

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(end()));

async function end() {
  for (const name of await caches.keys()) if (name.startsWith("issue:")) await caches.delete(name);
  await registration.unregister();
}
