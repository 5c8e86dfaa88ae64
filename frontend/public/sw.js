// The service worker, for reading without a network. It stores the last copy of each room's page with the assets that the
// copy references, and serves the copy when the server cannot be reached. With a network, pages always come from the
// server, so that a new deployment is visible at once. Nothing else is stored: no answer of `/state/`, no socket, no upload,
// no image and no error response. Pages of a chat that is not open to everybody are never stored: the next user of the device may
// have no access to that chat.

const PAGES = 'pages-1';
const ASSETS = 'assets-1';

/** Maximum number of stored rooms, the last visited ones: 20 pages of 100 messages are some 2 MB. */
const ROOMS = 20;

/** Paths of rooms. Sign-in pages and pages about the visitor (`/enter`, `/sign-in`, `/me`) do not match. */
const ROOM = /^\/(r\/[a-z0-9-]+\/?)?$/;

/** Statuses of the responses to visitors without access. */
const ACCESS_DENIED = [401, 403];

/** Headers of a stored copy: the time in milliseconds at which it was stored, and the paths of its assets. */
const STORED_AT = 'x-kept-at';
const ASSET_PATHS = 'x-named';

/** Start tags of the page's state, and of the state that the page sent later, which is before it. */
const PAGE_STATE = '<script type="application/json" id="page-state">';
const NEWER_STATE = '<script type="application/json" id="newer-state">';

addEventListener('install', () => skipWaiting());

addEventListener('activate', (event) => event.waitUntil(activate()));

addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(respondWithPage(event));
  else if (pathname.startsWith('/assets/')) event.respondWith(respondWithAsset(request));
});

// A page sends a message when the visitor leaves it, or when it was loaded before the worker was installed. The worker
// then fetches and stores the page again. The message is the path of the room: a page may show other rooms after the one from
// which it was loaded. Pages of an earlier version send nothing. While the page is open it sends the messages that it shows, with
// the path of their room: the copy then has them without a request.
addEventListener('message', (event) => {
  const { data } = event;
  const stored = data?.state ? storeNewerState(data) : refreshCopy(new URL(data ?? event.source.url, location.origin));
  event.waitUntil(stored);
});

// A click on a notification opens its message, in a tab that already shows the room if there is one.
addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openMessage(new URL(event.notification.data, location.origin)));
});

async function openMessage(url) {
  const pages = await clients.matchAll({ type: 'window' });
  const open = pages.find((page) => new URL(page.url).pathname === url.pathname);
  if (!open) return clients.openWindow(url);
  await open.focus();
  await open.navigate(url);
}

async function activate() {
  // The browser requests a page while it starts the worker.
  await registration.navigationPreload?.enable();
  for (const name of await caches.keys()) {
    if (name !== PAGES && name !== ASSETS) await caches.delete(name);
  }
  await clients.claim();
}

/** Returns the page from the server, or the copy if the server cannot be reached or fails. */
async function respondWithPage(event) {
  const { url } = event.request;
  try {
    const response = (await event.preloadResponse) ?? (await fetch(event.request));
    if (response.status >= 500) return (await findCopy(url)) ?? response;
    event.waitUntil(storePage(url, response.clone()));
    return response;
  } catch (error) {
    const copy = await findCopy(url);
    if (copy) return copy;
    throw error;
  }
}

/** Returns an asset from the cache first: its name has a hash, so its content never changes. */
async function respondWithAsset(request) {
  const assets = await caches.open(ASSETS);
  return (await assets.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function findCopy(url) {
  const pages = await caches.open(PAGES);
  return pages.match(new URL(url).pathname);
}

async function refreshCopy(url) {
  // Without a network the last copy stays.
  const response = await fetch(url).catch(() => undefined);
  if (response) await storePage(url, response);
}

/** Adds the newer state of a page to its copy. If there is no copy, the chat may not be open to everybody. */
async function storeNewerState({ path, state }) {
  const put = async () => {
    const pages = await caches.open(PAGES);
    const copy = await pages.match(path);
    if (!copy) return;
    const headers = new Headers(copy.headers);
    headers.set(STORED_AT, Date.now());
    await pages.put(path, new Response(withNewerState(await copy.text(), state), { headers }));
  };
  await navigator.locks.request('pages', put).catch(() => {});
}

/** Returns a page with a newer state in place of the one that it may have. */
function withNewerState(html, state) {
  const at = html.indexOf(PAGE_STATE);
  if (at < 0) return html;
  const from = html.indexOf(NEWER_STATE);
  const head = html.slice(0, from < 0 || from > at ? at : from);
  // In JSON, `<` is only in strings.
  return head + NEWER_STATE + state.replaceAll('<', '\\u003c') + '</script>' + html.slice(at);
}

/** Stores a page. A lock serializes the writes, because each one deletes assets that no stored copy references. */
async function storePage(url, response) {
  const { pathname, search } = new URL(url);
  if (!ROOM.test(pathname)) return;
  const html = response.ok ? await response.text() : '';
  // Deletes all copies when the chat is no longer open to everybody.
  if (ACCESS_DENIED.includes(response.status) || (response.ok && !isOpen(html))) {
    return navigator.locks.request('pages', () => caches.delete(PAGES));
  }
  // A page with a query does not show the newest messages of the room.
  if (!response.ok || search) return;
  // Text of users follows the state, and may look like the path of an asset.
  const head = html.slice(0, html.indexOf('id="page-state"'));
  const assetPaths = [...new Set(head.match(/\/assets\/(?!app\/)[\w./-]+/g))];
  // The copy keeps the security headers of the page. Headers about the encoding are removed, because text is stored.
  const headers = new Headers(response.headers);
  for (const name of ['content-encoding', 'content-length', 'vary']) headers.delete(name);
  headers.set(STORED_AT, Date.now());
  headers.set(ASSET_PATHS, assetPaths.join(' '));
  const put = () => putCopy(pathname, new Response(html, { headers }), assetPaths);
  // If the storage of the device is full or an asset cannot be fetched, the last copy stays.
  await navigator.locks.request('pages', put).catch(() => {});
}

/** Whether the chat of a page is open to everybody. The page state leaves `access` out then. A sign-in page has no state. */
function isOpen(html) {
  const [, state] = html.match(/id="page-state">(.*?)<\/script>/s) ?? [];
  return !!state && (JSON.parse(state).access ?? 'open') === 'open';
}

/** Stores a copy after all of its assets, then deletes the oldest copies and the assets that no copy references. */
async function putCopy(pathname, copy, assetPaths) {
  const [pages, assets] = await Promise.all([caches.open(PAGES), caches.open(ASSETS)]);
  const fetched = assetPaths.map(async (path) => (await assets.match(path, { ignoreVary: true })) ?? assets.add(path));
  await Promise.all(fetched);
  await pages.put(pathname, copy);
  const withHeaders = async (request) => ({ request, headers: (await pages.match(request)).headers });
  const copies = await Promise.all((await pages.keys()).map(withHeaders));
  copies.sort((one, other) => other.headers.get(STORED_AT) - one.headers.get(STORED_AT));
  for (const { request } of copies.slice(ROOMS)) await pages.delete(request);
  const needed = new Set(copies.slice(0, ROOMS).flatMap(({ headers }) => headers.get(ASSET_PATHS).split(' ')));
  for (const request of await assets.keys()) {
    if (!needed.has(new URL(request.url).pathname)) await assets.delete(request);
  }
}
