import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test } from '../support/fixtures.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { page as built } from '../support/settings.ts';

// The page without a network, served by its service worker. Most other tests block the service worker.
test.use({ serviceWorkers: 'allow' });

/** Returns the paths of the cached pages and assets. */
const cachedPaths = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const cacheList = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = await Promise.all(cacheList.map((cache) => cache.keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });

/** Waits until the current page is cached. */
async function waitUntilCached(page: Page): Promise<void> {
  await expect.poll(() => cachedPaths(page)).toContain(new URL(page.url()).pathname);
}

/** Checks that the page has its style sheet, without which its layout is not a grid. */
async function expectStyled(page: Page): Promise<void> {
  await expect(page.locator('.chat')).toHaveCSS('display', 'grid');
}

test('the cached page opens offline and sends after reconnecting', async ({ page, context, deployment, room, connect }) => {
  const ann = await connect(room);
  await ann.sendMessage('before the tunnel');
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  await waitUntilCached(page);

  await context.setOffline(true);
  await proxy.disconnect();
  await page.reload();
  await chat.waitForState('offline');
  await chat.expectMessages('before the tunnel');
  await expectStyled(page);
  await chat.sendMessage('in the tunnel');
  await expect(chat.messageWithText('in the tunnel')).toHaveAttribute('data-state', 'pending');
  await page.reload();
  await chat.expectMessages('before the tunnel', 'in the tunnel');

  await ann.sendMessage('meanwhile');
  await context.setOffline(false);
  proxy.restore();
  await chat.waitForState('live');
  await chat.expectMessages('before the tunnel', 'meanwhile', 'in the tunnel');
  await expect(chat.messageWithText('in the tunnel')).toHaveAttribute('data-state', 'sent');
});

test('a message that was written offline is sent while another room is shown', async ({ page, context, deployment, room, connect }) => {
  const ann = await connect(room);
  await ann.sendMessage('here');
  const proxy = await SocketProxy.install(page);
  const other = `${room}-b`;
  for (const name of [other, room]) {
    await ChatPage.open(page, deployment, name);
    await waitUntilCached(page);
  }
  const chat = new ChatPage(page);
  await context.setOffline(true);
  await proxy.disconnect();
  await chat.waitForState('offline');
  await chat.sendMessage('in the tunnel');
  await page.goto(deployment.pageUrl(other));
  await chat.waitForState('offline');

  await context.setOffline(false);
  proxy.restore();
  await chat.waitForState('live');
  const newest = async () => (await ann.newestMessages()).map(({ text }) => text);
  await expect.poll(newest, { timeout: 20_000 }).toEqual(['here', 'in the tunnel']);
  expect(new URL(page.url()).pathname).toBe(`/r/${other}`);
  const unsent = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('unsent/')));
  await expect.poll(unsent).toEqual([]);
  // It is there once.
  await page.goto(deployment.pageUrl(room));
  await chat.expectMessages('here', 'in the tunnel');
});

test('visited rooms open offline, other rooms do not', async ({ page, context, deployment, room, connect }) => {
  await (await connect(room)).sendMessage('here');
  await (await connect(`${room}-b`)).sendMessage('there');
  for (const name of [room, `${room}-b`]) {
    await ChatPage.open(page, deployment, name);
    await waitUntilCached(page);
  }
  await context.setOffline(true);
  const chat = new ChatPage(page);
  await page.goto(deployment.pageUrl(room));
  await chat.expectMessages('here');
  await page.goto(deployment.pageUrl(`${room}-b`));
  await chat.expectMessages('there');
  await expect(page.goto(deployment.pageUrl(`${room}-c`))).rejects.toThrow();
});

test('the cache has the page as it was when it was hidden', async ({ page, context, deployment, room, connect }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  await waitUntilCached(page);
  await (await connect(room)).sendMessage('after it was opened');
  await chat.expectMessages('after it was opened');
  // Hide the page.
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { get: () => true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  });
  await expect.poll(() => page.evaluate(async () => (await caches.match(location.pathname))?.text())).toContain('after it was opened');
  await context.setOffline(true);
  await proxy.disconnect();
  await page.reload();
  await chat.expectMessages('after it was opened');
});

test('the copy follows what was read and written', async ({ page, context, deployment, room, connect }) => {
  const ann = await connect(room);
  await ann.sendMessage('before');
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  await waitUntilCached(page);
  const requested: string[] = [];
  context.on('request', (request) => requested.push(request.url()));
  const expected = ['before'];
  for (const number of [1, 2, 3]) {
    await chat.sendMessage(`mine ${number}`);
    await expect(chat.messageWithText(`mine ${number}`)).toHaveAttribute('data-state', 'sent');
    await ann.sendMessage(`<b>theirs</b> ${number}`);
    expected.push(`mine ${number}`, `<b>theirs</b> ${number}`);
  }
  await chat.expectMessages(...expected);
  expect(requested.filter((url) => url === deployment.pageUrl(room)), 'the page is not requested again').toEqual([]);
  await context.setOffline(true);
  await proxy.disconnect();
  await chat.waitForState('offline');
  await page.reload();
  await chat.waitForState('offline');
  await chat.expectMessages(...expected);

  // Once more, and with what happened meanwhile.
  await page.reload();
  await chat.expectMessages(...expected);
  await ann.sendMessage('meanwhile');
  await context.setOffline(false);
  proxy.restore();
  await chat.waitForState('live');
  await chat.expectMessages(...expected, 'meanwhile');
});

test('only rooms and their assets are cached, no error pages', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await waitUntilCached(page);
  await page.reload();
  await chat.waitForState('live');
  await page.goto(deployment.pageUrl('no such room'));
  await expect(page.getByRole('heading', { name: 'There is no such room' })).toBeVisible();
  await page.goto(deployment.pageUrl(room));
  await chat.waitForState('live');
  await waitUntilCached(page);
  const names = await cachedPaths(page);
  expect(names.filter((name) => !name.startsWith('/assets/'))).toEqual([`/r/${room}`]);
  // The page's script, WebAssembly module, style sheet and icon, and a module and a style sheet on demand.
  expect(names.filter((name) => name.startsWith('/assets/'))).toHaveLength(6);
});

test('the manifest is valid and its icons match it', async ({ page, context, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  const { url, data = '', errors } = await (await context.newCDPSession(page)).send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data);
  expect(manifest).toMatchObject({ start_url: '/', scope: '/', display: 'standalone' });
  expect(manifest.icons.map((icon: { purpose?: string }) => icon.purpose)).toContain('maskable');
  for (const { src, sizes, type } of manifest.icons) {
    const answer = await fetch(new URL(src, url));
    expect(answer.headers.get('content-type')).toBe(type);
    const bytes = Buffer.from(await answer.arrayBuffer());
    // Width and height are at the start of a PNG.
    expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
  }
});

/** Replaces the build by one whose style sheet has another name. */
async function deploy(folder: string, name: string): Promise<void> {
  const old = (await readdir(folder)).find((file) => /^page-.*\.css$/.test(file))!;
  await rename(join(folder, old), join(folder, name));
  const index = join(folder, 'index.html');
  await writeFile(index, (await readFile(index, 'utf8')).replace(old, name));
}

test('the cached page opens when the server answers 503', async ({ page, deployment, room }) => {
  test.skip(deployment.name === 'stack', 'a test cannot remove the page of the stack');
  await withDataDir(async (data) => {
    const folder = join(data, 'page');
    await cp(built, folder, { recursive: true });
    const server = await LocalServer.start(join(data, 'store'), '--page', folder);
    const chat = new ChatPage(page);
    await page.goto(`${server.url}/r/${room}`);
    await chat.waitForState('live');
    await waitUntilCached(page);
    await rm(join(folder, 'index.html'));
    expect((await fetch(page.url())).status).toBe(503);
    await page.reload();
    await expectStyled(page);
    // Only the page failed; the socket works.
    await chat.waitForState('live');
    await server.stop();
  });
});

/** Returns the paths of the cached style sheets of the first paint. */
const cachedStyleSheets = async (page: Page): Promise<string[]> => (await cachedPaths(page)).filter((name) => /\/page-[^/]*\.css$/.test(name));

/** The style sheet of the first paint. */
const styleSheet = (page: Page) => page.locator('link[rel=stylesheet][href*="/page-"]');

test('a new build is used at the next load and caches stay complete', async ({ page, deployment, room }) => {
  test.skip(deployment.name === 'stack', 'all tests share the page of the stack');
  await withDataDir(async (data) => {
    const folder = join(data, 'page');
    await cp(built, folder, { recursive: true });
    await deploy(folder, 'page-1.css');
    const server = await LocalServer.start(join(data, 'store'), '--page', folder);
    const chat = new ChatPage(page);
    const openRoom = async (name: string) => {
      await page.goto(`${server.url}/r/${name}`);
      await expectStyled(page);
    };
    for (const name of [room, `${room}-b`]) {
      await openRoom(name);
      await chat.waitForState('live');
      await waitUntilCached(page);
    }
    expect(await cachedStyleSheets(page)).toEqual(['/assets/page-1.css']);

    await deploy(folder, 'page-2.css');
    await openRoom(room);
    await expect(styleSheet(page)).toHaveAttribute('href', '/assets/page-2.css');
    await chat.waitForState('live');
    // The other room's cached page is still of the old build and keeps its style sheet.
    await expect.poll(() => cachedStyleSheets(page)).toEqual(['/assets/page-1.css', '/assets/page-2.css']);
    await openRoom(`${room}-b`);
    await expect.poll(() => cachedStyleSheets(page)).toEqual(['/assets/page-2.css']);

    // A page whose assets cannot be fetched does not replace a complete one.
    await deploy(folder, 'page-3.css');
    await rm(join(folder, 'page-3.css'));
    await page.goto(`${server.url}/r/${room}`);
    await chat.waitForState('live');
    await server.stop();
    for (const name of [room, `${room}-b`]) {
      await openRoom(name);
      await expect(styleSheet(page)).toHaveAttribute('href', '/assets/page-2.css');
      await chat.waitForState('offline');
    }
  });
});

test('pages with restricted access are not cached', async ({ page, context, deployment, room, connect }) => {
  await (await connect(room)).sendMessage('behind the passphrase');
  await ChatPage.open(page, deployment, room);
  await waitUntilCached(page);
  // Serves the same page as a chat with a passphrase would.
  await context.route(deployment.pageUrl(room), async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace('id="page-state">{', 'id="page-state">{"access":"passphrase",');
    await route.fulfill({ response: answer, body });
  });
  await ChatPage.open(page, deployment, room);
  await expect.poll(() => cachedPaths(page)).not.toContain(new URL(page.url()).pathname);
});
