import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test } from '../support/fixtures.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { page as built } from '../support/settings.ts';

// The page without a network. A worker stands between it and the network here, and in no other test.
test.use({ serviceWorkers: 'allow' });

/** The names of what the worker keeps: pages and assets. */
const kept = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const stores = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = await Promise.all(stores.map((store) => store.keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });

/** Waits until the page that is shown is kept. */
async function keeps(page: Page): Promise<void> {
  await expect.poll(() => kept(page)).toContain(new URL(page.url()).pathname);
}

/** Whether the page has its styles: it is as high as its window only with them. */
async function isDressed(page: Page): Promise<void> {
  await expect(page.locator('.chat')).toHaveCSS('display', 'grid');
}

test('without a network the last page is there, and what is written on it arrives when there is one again', async ({ page, context, deployment, room, connect }) => {
  const ann = await connect(room);
  await ann.sendMessage('before the tunnel');
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  await keeps(page);

  await context.setOffline(true);
  await proxy.disconnect();
  await page.reload();
  await chat.waitForState('offline');
  await chat.expectMessages('before the tunnel');
  await isDressed(page);
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

test('each room that was seen has its own page, and one that was not has none', async ({ page, context, deployment, room, connect }) => {
  await (await connect(room)).sendMessage('here');
  await (await connect(`${room}-b`)).sendMessage('there');
  for (const name of [room, `${room}-b`]) {
    await ChatPage.open(page, deployment, name);
    await keeps(page);
  }
  await context.setOffline(true);
  const chat = new ChatPage(page);
  await page.goto(deployment.pageUrl(room));
  await chat.expectMessages('here');
  await page.goto(deployment.pageUrl(`${room}-b`));
  await chat.expectMessages('there');
  await expect(page.goto(deployment.pageUrl(`${room}-c`))).rejects.toThrow();
});

test('what is kept is the page as it was when it was left', async ({ page, context, deployment, room, connect }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  await keeps(page);
  await (await connect(room)).sendMessage('after it was opened');
  await chat.expectMessages('after it was opened');
  // The reader looks at something else.
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

test('nothing is kept but pages and their assets, and no page that is none', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await keeps(page);
  await page.reload();
  await chat.waitForState('live');
  await page.goto(deployment.pageUrl('NoSuchRoom'));
  await expect(page.getByRole('heading', { name: 'There is no such room' })).toBeVisible();
  await page.goto(deployment.pageUrl(room));
  await chat.waitForState('live');
  await keeps(page);
  const names = await kept(page);
  expect(names.filter((name) => !name.startsWith('/assets/'))).toEqual([`/r/${room}`]);
  // The page's script, program, style sheet and icon.
  expect(names.filter((name) => name.startsWith('/assets/'))).toHaveLength(4);
});

test('the page can be installed: the browser understands its manifest, and the icons are what it says', async ({ page, context, deployment, room }) => {
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
    // Width and height stand at the start of a PNG.
    expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
  }
});

/** Puts a new build in the place of the old one: its style sheet has another name, and the old one is gone. */
async function deploy(folder: string, name: string): Promise<void> {
  const old = (await readdir(folder)).find((file) => /^page-.*\.css$/.test(file))!;
  await rename(join(folder, old), join(folder, name));
  const index = join(folder, 'index.html');
  await writeFile(index, (await readFile(index, 'utf8')).replace(old, name));
}

test('a server that has trouble is as good as none', async ({ page, deployment, room }) => {
  test.skip(deployment.name === 'stack', 'nobody takes the page of the stack away');
  await withDataDir(async (data) => {
    const folder = join(data, 'page');
    await cp(built, folder, { recursive: true });
    const server = await LocalServer.start(join(data, 'store'), '--page', folder);
    const chat = new ChatPage(page);
    await page.goto(`${server.url}/r/${room}`);
    await chat.waitForState('live');
    await keeps(page);
    await rm(join(folder, 'index.html'));
    expect((await fetch(page.url())).status).toBe(503);
    await page.reload();
    await isDressed(page);
    // It was the page only that could not be had.
    await chat.waitForState('live');
    await server.stop();
  });
});

/** The style sheets among what is kept. */
const sheets = async (page: Page): Promise<string[]> => (await kept(page)).filter((name) => name.endsWith('.css'));

test('a new deployment is shown at the next load, and no page is left without what it names', async ({ page, deployment, room }) => {
  test.skip(deployment.name === 'stack', 'the page of the stack is in a bucket that all tests share');
  await withDataDir(async (data) => {
    const folder = join(data, 'page');
    await cp(built, folder, { recursive: true });
    await deploy(folder, 'page-1.css');
    const server = await LocalServer.start(join(data, 'store'), '--page', folder);
    const chat = new ChatPage(page);
    const show = async (name: string) => {
      await page.goto(`${server.url}/r/${name}`);
      await isDressed(page);
    };
    for (const name of [room, `${room}-b`]) {
      await show(name);
      await chat.waitForState('live');
      await keeps(page);
    }
    expect(await sheets(page)).toEqual(['/assets/page-1.css']);

    await deploy(folder, 'page-2.css');
    await show(room);
    await expect(page.locator('link[rel=stylesheet]')).toHaveAttribute('href', '/assets/page-2.css');
    await chat.waitForState('live');
    // The other room's copy is of the old build still, and has what it needs.
    await expect.poll(() => sheets(page)).toEqual(['/assets/page-1.css', '/assets/page-2.css']);
    await show(`${room}-b`);
    await expect.poll(() => sheets(page)).toEqual(['/assets/page-2.css']);

    // A page that names what cannot be had does not take the place of one that is whole.
    await deploy(folder, 'page-3.css');
    await rm(join(folder, 'page-3.css'));
    await page.goto(`${server.url}/r/${room}`);
    await chat.waitForState('live');
    await server.stop();
    for (const name of [room, `${room}-b`]) {
      await show(name);
      await expect(page.locator('link[rel=stylesheet]')).toHaveAttribute('href', '/assets/page-2.css');
      await chat.waitForState('offline');
    }
  });
});

test('of a chat that is not open to everybody nothing is kept, nor what was kept before', async ({ page, context, deployment, room, connect }) => {
  await (await connect(room)).sendMessage('behind the door');
  await ChatPage.open(page, deployment, room);
  await keeps(page);
  // The same page, as a chat with a door sends it.
  await context.route(deployment.pageUrl(room), async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace('id="page-state">{', 'id="page-state">{"access":"passphrase",');
    await route.fulfill({ response: answer, body });
  });
  await ChatPage.open(page, deployment, room);
  await expect.poll(() => kept(page)).not.toContain(new URL(page.url()).pathname);
});
