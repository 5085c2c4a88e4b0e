{% load static %}/* Keeps the last list of stations and the station pages that were opened, for when the network is away. Only pages that
   anybody may see: whatever is answered to somebody signed in says "no-store" and is never kept. Addresses are kept without
   their query, so no place and no search word stays on the phone. */
"use strict";
const PAGES = "pages-1", FILES = "files-1", MOST_PAGES = 30;
const KEPT = /^\/(stations\/([a-z0-9_-]+\/)?)?$/;
const STATIC = "{% get_static_prefix %}";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== PAGES && name !== FILES) await caches.delete(name);
  await self.clients.claim();
})()));

const keep = async (request, answer) => {
  if (answer.status !== 200 || /no-store/.test(answer.headers.get("Cache-Control") || "")) return;
  const cache = await caches.open(PAGES);
  await cache.put(new URL(request.url).pathname, answer);
  const kept = await cache.keys();
  if (kept.length > MOST_PAGES) await cache.delete(kept[0]);
};

const page = async (event) => {
  const { request } = event;
  try {
    const answer = await fetch(request);
    event.waitUntil(keep(request, answer.clone()));
    return answer;
  } catch (error) {
    const kept = await caches.match(new URL(request.url).pathname) || await caches.match("/stations/") || await caches.match("/");
    if (!kept) throw error;
    const text = (await kept.text()).replace("<html ", "<html data-offline ");
    return new Response(text, { headers: kept.headers });
  }
};

const file = async (request) => {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(FILES)).put(request, answer.clone());
  return answer;
};

self.addEventListener("message", (event) => event.waitUntil(Promise.all(event.data.map(async (address) => {
  const url = new URL(address);
  if (url.origin !== location.origin) return;
  if (url.pathname.startsWith(STATIC)) await file(new Request(address));
  else if (KEPT.test(url.pathname)) await keep(new Request(address), await fetch(address));
}))));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith(STATIC)) event.respondWith(file(request));
  else if (request.mode === "navigate" && KEPT.test(url.pathname)) event.respondWith(page(event));
});
