// Keeps a page for the time without network: from the server while it answers, else the copy. A service
// worker imports this and says which files its page consists of.

function keep(cacheName, files) {
  self.addEventListener("install", (event) => {
    event.waitUntil(
      caches.open(cacheName).then((cache) => cache.addAll(files)).then(() => self.skipWaiting()));
  });

  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

  self.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (event.request.method !== "GET" || url.origin !== location.origin) return;
    if (!files.includes(url.pathname)) return;
    event.respondWith(fromServerOrCopy(cacheName, event.request, url.pathname));
  });
}

async function fromServerOrCopy(cacheName, request, path) {
  const cache = await caches.open(cacheName);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(2500) });
    if (response.ok) {
      await cache.put(path, response.clone());
      return response;
    }
  } catch {
    // The line is down: the copy is what it is kept for.
  }
  return (await cache.match(path)) ?? Response.error();
}
