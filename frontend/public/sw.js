// The page without a network. This worker keeps the last copy of each room's page, with everything the copy names, and
// shows it when the server cannot be reached. With a network a page always comes from there, so that a new deployment is
// seen at once. Nothing else is kept: no state, no socket, no upload, no image, no answer that failed, and nothing at all of a
// chat that is not open to everybody: what is said behind a door must not stay on a device whose next user has no key.

const PAGES = 'pages-1';
const ASSETS = 'assets-1';

/** So many rooms are kept, those that were seen last: 20 pages of 100 messages are some 2 MB. */
const ROOMS = 20;

/** A page of a room. Doors and what a visitor fetches about themself (`/enter`, `/sign-in`, `/me`) are none. */
const ROOM = /^\/(r\/[a-z0-9-]+\/?)?$/;

/** The answers to whoever may not read. */
const SHUT = [401, 403];

/** What a copy says of itself. */
const KEPT_AT = 'x-kept-at';
const NAMED = 'x-named';

addEventListener('install', () => skipWaiting());

addEventListener('activate', (event) => event.waitUntil(begin()));

addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(event));
  else if (pathname.startsWith('/assets/')) event.respondWith(asset(request));
});

// A page is left, or was there before the worker was: what its reader has seen is to be there when they come back.
addEventListener('message', (event) => event.waitUntil(renew(event.source.url)));

// A notification leads to its message, in the room's page if that is open.
addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(lead(new URL(event.notification.data, location.origin)));
});

async function lead(url) {
  const pages = await clients.matchAll({ type: 'window' });
  const open = pages.find((page) => new URL(page.url).pathname === url.pathname);
  if (!open) return clients.openWindow(url);
  await open.focus();
  await open.navigate(url);
}

async function begin() {
  // The request for a page does not wait until the worker is awake.
  await registration.navigationPreload?.enable();
  for (const name of await caches.keys()) {
    if (name !== PAGES && name !== ASSETS) await caches.delete(name);
  }
  await clients.claim();
}

/** The page as the server has it now; the copy, where there is no server or it has trouble. */
async function page(event) {
  const { url } = event.request;
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    if (answer.status >= 500) return (await copy(url)) ?? answer;
    event.waitUntil(keep(url, answer.clone()));
    return answer;
  } catch (error) {
    const kept = await copy(url);
    if (kept) return kept;
    throw error;
  }
}

/** A file with a hash in its name never changes. */
async function asset(request) {
  const assets = await caches.open(ASSETS);
  return (await assets.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function copy(url) {
  const pages = await caches.open(PAGES);
  return pages.match(new URL(url).pathname);
}

async function renew(url) {
  // Whoever is left without a network has the last copy.
  const answer = await fetch(url).catch(() => undefined);
  if (answer) await keep(url, answer);
}

/** Keeps a page, one at a time: another one must not drop what this one has just fetched. */
async function keep(url, answer) {
  const { pathname, search } = new URL(url);
  if (!ROOM.test(pathname)) return;
  const html = answer.ok ? await answer.text() : '';
  // Copies of before the chat was closed go, too, all of them: whoever reads this stands before its door.
  if (SHUT.includes(answer.status) || (answer.ok && !isOpen(html))) {
    return navigator.locks.request('pages', () => caches.delete(PAGES));
  }
  // With a query it is not the newest page of the room.
  if (!answer.ok || search) return;
  // What people wrote stands behind this, and may look like anything.
  const head = html.slice(0, html.indexOf('id="page-state"'));
  const named = [...new Set(head.match(/\/assets\/(?!app\/)[\w./-]+/g))];
  // A copy may do what its page may, and no more. What is stored is the text, whichever way it came.
  const headers = new Headers(answer.headers);
  for (const name of ['content-encoding', 'content-length', 'vary']) headers.delete(name);
  headers.set(KEPT_AT, Date.now());
  headers.set(NAMED, named.join(' '));
  const store = () => put(pathname, new Response(html, { headers }), named);
  // Where the device has no room left, or an asset cannot be had, the last copy stays as it is.
  await navigator.locks.request('pages', store).catch(() => {});
}

/** Whether everybody may enter the chat that a page is of: its state says so by saying nothing. A door has no state. */
function isOpen(html) {
  const [, state] = html.match(/id="page-state">(.*?)<\/script>/s) ?? [];
  return !!state && (JSON.parse(state).access ?? 'open') === 'open';
}

/** Stores a copy when everything that it names is there, and then drops what no copy names any more. */
async function put(pathname, kept, named) {
  const [pages, assets] = await Promise.all([caches.open(PAGES), caches.open(ASSETS)]);
  const fetched = named.map(async (name) => (await assets.match(name, { ignoreVary: true })) ?? assets.add(name));
  await Promise.all(fetched);
  await pages.put(pathname, kept);
  const of = async (request) => ({ request, headers: (await pages.match(request)).headers });
  const copies = await Promise.all((await pages.keys()).map(of));
  copies.sort((one, other) => other.headers.get(KEPT_AT) - one.headers.get(KEPT_AT));
  for (const { request } of copies.slice(ROOMS)) await pages.delete(request);
  const needed = new Set(copies.slice(0, ROOMS).flatMap(({ headers }) => headers.get(NAMED).split(' ')));
  for (const request of await assets.keys()) {
    if (!needed.has(new URL(request.url).pathname)) await assets.delete(request);
  }
}
