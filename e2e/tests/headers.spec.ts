import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test, type Deployment } from '../support/fixtures.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { requestUploadUrl, imageMetadata, personId, imageUrl, png, putBytes, sendImage } from '../support/images.ts';

// Response headers, and how a browser enforces them.

/** The policy of answers that are not pages. Opened as a page, they do nothing; a service worker may fetch. */
const inert = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";
const image = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** The headers of every answer. */
const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** The browser features that the chat never uses. The browser has to know all of them: it logs unknown ones. */
const disabledFeatures = ['accelerometer', 'autoplay', 'camera', 'clipboard-read', 'display-capture', 'encrypted-media', 'fullscreen', 'geolocation', 'gyroscope', 'hid', 'idle-detection', 'magnetometer', 'microphone', 'midi', 'payment', 'picture-in-picture', 'screen-wake-lock', 'serial', 'usb', 'xr-spatial-tracking'];

/** The headers to compare. Others are ignored. */
const watched = ['cache-control', 'content-security-policy', 'cross-origin-embedder-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy', 'permissions-policy', 'referrer-policy', 'strict-transport-security', 'x-content-type-options'];

async function fetchAnswer(url: string): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const answer = await fetch(url);
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => watched.includes(name)));
  return { status: answer.status, headers, body: await answer.text() };
}

const urlAt = (deployment: Deployment, path: string): string => new URL(path, deployment.pageUrl('lobby')).href;

/** The headers of HTTPS. CloudFront serves the stack over HTTPS; the local binary does not. */
const https = (deployment: Deployment): Record<string, string> => (deployment.name === 'stack' ? { 'strict-transport-security': 'max-age=63072000' } : {});

/** Returns the expected policy of a page, from its HTML and the origins that it connects to. */
function policy(deployment: Deployment, html: string, uploads: string): string {
  const script = /<script type="module">([^]*?)<\/script>/.exec(html)![1]!;
  const hash = createHash('sha256').update(script).digest('base64');
  const origins = new Set(["'self'", new URL(deployment.socketUrl('lobby')).origin, uploads]);
  origins.delete(new URL(deployment.pageUrl('lobby')).origin);
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' 'sha256-${hash}'`,
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "manifest-src 'self'",
    "worker-src 'self'",
    `connect-src ${[...origins].join(' ')}`,
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    ...(deployment.name === 'stack' ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}

test('all answers have their security and cache headers', async ({ deployment, room, connect }) => {
  const ann = await connect(room);
  const bytes = png(3, 2);
  const upload = await requestUploadUrl(ann, deployment, 'n', imageMetadata(bytes, 'image/png', 3, 2));
  await putBytes(upload, 'image/png', bytes);
  const message = await sendImage(ann, 'n', imageMetadata(bytes, 'image/png', 3, 2));
  const shown = imageUrl(deployment, room, message['author'].id, 'n');

  const page = (html: string) => ({
    ...always,
    ...https(deployment),
    'cache-control': 'no-store',
    'content-security-policy': policy(deployment, html, new URL(upload).origin),
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': disabledFeatures.map((feature) => `${feature}=()`).join(', '),
  });
  for (const [path, status] of [['/', 200], [`/r/${room}`, 200], ['/r/no%20such%20room', 404], ['/nowhere', 404]] as const) {
    const answer = await fetchAnswer(urlAt(deployment, path));
    expect([path, answer.status, answer.headers]).toEqual([path, status, page(answer.body)]);
  }

  const { body } = await fetchAnswer(urlAt(deployment, '/'));
  const [, asset] = /href="(\/assets\/page-[^"]+\.css)"/.exec(body)!;
  for (const [path, cache, policy] of [
    [`/state/${room}`, 'no-store', inert],
    [asset!, 'public, max-age=31536000, immutable', inert],
    ['/assets/app/manifest.webmanifest', 'no-cache', inert],
    ['/manifest.webmanifest', 'max-age=3600', inert],
    ['/chat-icon.svg?emoji=%F0%9F%A6%8A', 'public, max-age=31536000, immutable', inert],
    ['/sw.js', 'no-cache', inert],
    [shown, deployment.name === 'stack' ? 'public, max-age=31536000, s-maxage=3600, immutable' : 'public, max-age=31536000, immutable', image],
  ] as const) {
    const { status, headers } = await fetchAnswer(urlAt(deployment, path));
    const expected = { ...always, ...https(deployment), 'cache-control': cache, 'content-security-policy': policy };
    expect([path, status, headers]).toEqual([path, 200, expected]);
  }
});

/** Returns the session cookie of the browser. */
const sessionCookie = async (page: Page) => (await page.context().cookies()).filter(({ name }) => name.endsWith('guest'));

test('the session cookie is host-only and hidden from scripts', async ({ page, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  const secure = deployment.name === 'stack';
  const expected = { name: secure ? '__Host-guest' : 'guest', domain: '127.0.0.1', path: '/', httpOnly: true, sameSite: 'Lax', secure };
  expect(await sessionCookie(page)).toEqual([expect.objectContaining(expected)]);
  expect(await page.evaluate(() => document.cookie)).not.toContain('guest');
});

test.describe('behind an HTTPS proxy', () => {
  test.use({ extraHTTPHeaders: { 'x-forwarded-proto': 'https' } });

  test('pages enforce HTTPS and keep the session', async ({ page, deployment, room }) => {
    if (deployment.name === 'stack') return expectHttpsEnforced(page, deployment.pageUrl(room));
    await withDataDir(async (data) => {
      const server = await LocalServer.start(data, '--behind-proxy');
      await expectHttpsEnforced(page, `${server.url}/r/${room}`);
      await server.stop();
    });
  });

  async function expectHttpsEnforced(page: Page, address: string): Promise<void> {
    const answer = await page.goto(address);
    expect(answer!.headers()['strict-transport-security']).toBe('max-age=63072000');
    expect(answer!.headers()['content-security-policy']).toMatch(/upgrade-insecure-requests$/);
    const chat = new ChatPage(page);
    await chat.waitForState('live');
    const me = () => page.evaluate(() => JSON.parse(document.getElementById('page-state')!.textContent!).you.id);
    const before = await me();
    expect((await sessionCookie(page)).map(({ name, secure }) => [name, secure])).toEqual([['__Host-guest', true]]);
    await page.reload();
    await chat.waitForState('live');
    expect(await me()).toBe(before);
  }
});

/** Injected HTML. Each entry records itself in `window.executed` or changes the page, unless the policy stops it. */
const injections: { [kind: string]: string } = {
  'an inline script': '<script>window.executed.push("an inline script")</script>',
  'an inline handler': '<img src="/assets/nothing.png" onerror="window.executed.push(\'an inline handler\')">',
  'a style': '<style>.chat { display: none }</style>',
  'a base': '<base href="/elsewhere/">',
};

/** Serves a page of the deployment with the injections in its HTML, with or without its policy. */
async function openInjectedPage(page: Page, deployment: Deployment, room: string, policy: 'kept' | 'dropped'): Promise<void> {
  await page.route(deployment.pageUrl(room), async (route) => {
    const answer = await route.fetch();
    const headers = answer.headers();
    if (policy === 'dropped') delete headers['content-security-policy'];
    // Injected after the elements that hydration reads.
    const body = (await answer.text()).replace('</body>', `${Object.values(injections).join('')}</body>`);
    await route.fulfill({ response: answer, headers, body });
  });
  await page.addInitScript(() => Object.assign(window, { executed: [] }));
  await page.goto(deployment.pageUrl(room), { waitUntil: 'load' });
  // The test adds these itself, to find out whether code in the page could do so.
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'try { eval(\'window.executed.push("an eval")\') } catch {}';
    script.nonce = 'guessed';
    document.body.append(script);
    document.body.insertAdjacentHTML('beforeend', '<a id="link" href="javascript:void window.executed.push(\'an address\')">x</a>');
    document.getElementById('link')!.click();
  });
}

/** Returns the injections that took effect. */
const effects = (page: Page): Promise<string[]> =>
  page.evaluate(() => [
    ...new Set<string>((window as any).executed),
    ...(document.baseURI.endsWith('/elsewhere/') ? ['a base'] : []),
    ...(getComputedStyle(document.querySelector('.chat')!).display === 'none' ? ['a style'] : []),
  ].sort());

test('injected HTML has no effect', async ({ page, deployment, room, violations }) => {
  await openInjectedPage(page, deployment, room, 'kept');
  // One violation for each injection, one for the added script and one for the javascript: address.
  await expect.poll(() => violations.length).toBe(Object.keys(injections).length + 2);
  expect(await effects(page)).toEqual([]);
  violations.length = 0;
});

test('without the policy, injected HTML takes effect', async ({ page, deployment, room }) => {
  await openInjectedPage(page, deployment, room, 'dropped');
  const all = ['a base', 'a style', 'an address', 'an eval', 'an inline handler', 'an inline script'];
  await expect.poll(() => effects(page)).toEqual(all);
});

test('eval is blocked, even for the page itself', async ({ page, deployment, room, violations }) => {
  const chat = await ChatPage.open(page, deployment, room);
  // Calls eval in a callback, as a library would. The policy does not apply to code that a test evaluates directly.
  const run = await page.evaluate(() => new Promise((done) => setTimeout(() => {
    try {
      done((0, eval)('1 + 1'));
    } catch (error) {
      done((error as Error).name);
    }
  })));
  expect(run).toBe('EvalError');
  violations.length = 0;
  await chat.sendMessage('and it still works');
  await expect(chat.messageWithText('and it still works')).toHaveAttribute('data-state', 'sent');
});

/** Serves HTML of another site, on another host. */
async function serveForeignPage(html: string): Promise<{ url: string; close(): void }> {
  const server = createServer((_, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end(html));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

test('other sites cannot frame pages, embed images or keep windows', async ({ page, deployment, room, connect, violations }) => {
  const ann = await connect(room);
  const bytes = png(3, 2);
  await putBytes(await requestUploadUrl(ann, deployment, 'n', imageMetadata(bytes, 'image/png', 3, 2)), 'image/png', bytes);
  await sendImage(ann, 'n', imageMetadata(bytes, 'image/png', 3, 2));
  const shown = imageUrl(deployment, room, await personId(ann), 'n');
  const other = await serveForeignPage(`<!doctype html><iframe src="${deployment.pageUrl(room)}"></iframe><img src="${shown}"><button>open</button>
    <script>document.querySelector('button').onclick = () => { window.opened = open('${deployment.pageUrl(room)}'); }</script>`);
  await page.goto(other.url);
  await expect.poll(() => page.frames()[1]?.url()).toBe('chrome-error://chromewebdata/');
  expect(await page.evaluate(() => document.querySelector('img')!.naturalWidth)).toBe(0);
  const [opened] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button').click()]);
  await new ChatPage(opened).waitForState('live');
  expect(await opened.evaluate(() => window.opener)).toBeNull();
  expect(await page.evaluate(() => (window as any).opened.closed)).toBe(true);
  // The policy blocked the frame, and nothing else was blocked.
  expect(violations.every((violation) => violation.includes('frame-ancestors'))).toBe(true);
  expect(violations).not.toEqual([]);
  violations.length = 0;
  other.close();
});

test.describe('a complete visit', () => {
  test.use({ serviceWorkers: 'allow' });

  test('contacts only its own host, socket and uploads', async ({ page, context, deployment, room, connect, violations }) => {
    const ann = await connect(room);
    await ann.sendMessage('https://example.org/ and ![a picture](https://example.org/x.png)');
    const upload = await requestUploadUrl(ann, deployment, 'n', imageMetadata(png(3, 2), 'image/png', 3, 2));
    const ownOrigins = [deployment.pageUrl('lobby'), deployment.socketUrl(room), upload].map((url) => new URL(url).origin);
    const requested = new Set<string>();
    context.on('request', (request) => requested.add(request.url()));
    page.on('websocket', (socket) => requested.add(socket.url()));

    const chat = await ChatPage.open(page, deployment, room);
    await chat.sendMessage('hello');
    await expect(chat.messageWithText('hello')).toHaveAttribute('data-state', 'sent');
    await page.locator('input[type=file]').setInputFiles([{ name: 'sea.png', mimeType: 'image/png', buffer: png(320, 200) }]);
    await chat.sendMessage('the sea');
    await expect(chat.messageWithText('the sea')).toHaveAttribute('data-state', 'sent');
    await chat.messages.locator('figure.message-image img').click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('searchbox').fill('hello');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog').getByRole('status')).toHaveText('1 message found');
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { level: 1 }).getByRole('button').click();
    await expect(page.getByRole('dialog', { name: 'Rooms' })).toBeVisible();
    await page.keyboard.press('Escape');
    await ann.sendMessage('are you there?');
    await chat.expectMessages('https://example.org/ and !a picture', 'hello', 'the sea', 'are you there?');

    await expect.poll(() => page.evaluate(async () => (await caches.match(location.pathname))?.headers.get('content-security-policy'))).toContain("default-src 'none'");
    await context.setOffline(true);
    await page.reload();
    await chat.expectMessages('https://example.org/ and !a picture', 'hello', 'the sea', 'are you there?');
    expect(violations).toEqual([]);
    // The cached copy has the same policy as the page.
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      return (window as any).ran;
    });
    expect(ran).toBeUndefined();
    await expect.poll(() => violations.length).toBe(1);
    violations.length = 0;

    const others = [...requested].filter((url) => !/^(data|blob):/.test(url) && !ownOrigins.includes(new URL(url).origin));
    expect(others).toEqual([]);
    expect(requested.size).toBeGreaterThan(8);
  });
});
