import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { Page, Route } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test } from '../support/fixtures.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { Message } from '../support/message.ts';
import { sessionPersonId } from '../support/moderation_fixtures.ts';

// Privacy: the visitor's own id, export and erasure of their data, and what stays on the device.

/** Opens the privacy dialog. */
async function openPrivacyDialog(chat: ChatPage) {
  await chat.page.locator('.me').click();
  await chat.page.getByRole('button', { name: 'You and your data' }).click();
  return chat.page.getByRole('dialog', { name: 'You and your data' });
}

test('the privacy dialog shows the visitor’s id', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await expect((await openPrivacyDialog(chat)).locator('.id')).toHaveText(await sessionPersonId(page));
});

test('the export has the visitor’s own messages only', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('mine to keep');
  // Waits until the server has assigned the sequence number.
  await expect(chat.messageWithText('mine to keep')).toHaveAttribute('data-state', 'sent');
  await (await connect(room)).sendMessage('somebody else’s');
  await chat.expectMessages('mine to keep', 'somebody else’s');
  const dialog = await openPrivacyDialog(chat);
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('link', { name: 'Download what I wrote' }).click()]);
  const file = await readFile(await download.path(), 'utf8');
  expect(file).toContain('mine to keep');
  expect(file).not.toContain('somebody else');
});

test('erasing data asks first, with the focus on Cancel', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('stays');
  await expect(chat.messageWithText('stays')).toHaveAttribute('data-state', 'sent');
  const dialog = await openPrivacyDialog(chat);
  await dialog.getByRole('button', { name: 'Delete everything I wrote…' }).click();
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('button', { name: 'Delete everything I wrote…' })).toBeVisible();
  await page.reload();
  await expect(chat.messageWithText('stays')).toHaveCount(1);
});

/** Returns everything that a page has in its storage. */
const stored = (page: Page): Promise<string> => page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));

test('erasing data deletes messages, session and local storage', async ({ page, context, deployment, room, connect }) => {
  const reader = await connect(room);
  const cookies = async () => (await context.cookies()).map((cookie) => cookie.name);
  const chat = await ChatPage.open(page, deployment, room);
  const before = await sessionPersonId(page);
  await page.locator('.me').click();
  await page.getByRole('textbox', { name: 'Your name' }).fill('Marguerite');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('textbox', { name: 'Your name' })).toBeHidden();
  // More messages than one `forget` command erases.
  for (let index = 0; index < 28; index += 1) {
    await chat.sendMessage(`secret ${index}`);
    await expect(chat.messageWithText(`secret ${index}`)).toHaveAttribute('data-state', 'sent');
  }
  // A draft is stored when its page is left.
  await chat.composer.fill('secret draft');
  await page.reload();
  await chat.waitForState('live');
  await expect(chat.composer).toHaveValue('secret draft');
  expect(await stored(page)).toContain('secret draft');
  expect(await cookies()).toContain('name');
  const written = await reader.newestMessages();
  expect(written.map(({ text, author }) => [text, author.id])).toEqual(Array.from({ length: 28 }, (_, index) => [`secret ${index}`, before]));
  // On AWS the first message may be stored before the new name.
  expect(written.at(-1)!['author'].name).toBe('Marguerite');

  const dialog = await openPrivacyDialog(chat);
  await dialog.getByRole('button', { name: 'Delete everything I wrote…' }).click();
  const signedOut = page.waitForResponse((answer) => new URL(answer.url()).pathname === '/sign-out' && answer.request().method() === 'POST');
  await dialog.getByRole('button', { name: 'Delete everything', exact: true }).click();
  await signedOut;
  // The page goes to the lobby. Navigating before that would interrupt it.
  await page.waitForURL(deployment.pageUrl('lobby'));
  expect(await cookies()).not.toContain('name');

  await page.goto(deployment.pageUrl(room));
  await chat.waitForState('live');
  expect(await sessionPersonId(page)).not.toBe(before);
  await expect(page.locator('body')).not.toContainText('secret');
  expect(await stored(page)).not.toContain('secret');

  // A client that was connected all the time finds deleted messages without text or author.
  const remaining = await reader.newestMessages();
  expect(remaining.map(({ seq, deleted }) => [seq, deleted])).toEqual(written.map(({ seq }) => [seq, true]));
  for (const erased of ['secret', before, 'Marguerite']) expect(JSON.stringify(remaining)).not.toContain(erased);
});

test('erasing data confirms once and resets other tabs', async ({ page, context, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const other = await ChatPage.open(await context.newPage(), deployment, room);
  const before = await sessionPersonId(page);
  expect(await sessionPersonId(other.page)).toBe(before);
  await other.composer.fill('a draft of mine');
  await chat.sendMessage('mine');
  await expect(other.messageWithText('mine')).toHaveCount(1);
  const dialog = await openPrivacyDialog(chat);
  await dialog.getByRole('button', { name: 'Delete everything I wrote…' }).click();
  await dialog.getByRole('button', { name: 'Delete everything', exact: true }).click();
  const notice = page.getByText('Everything you wrote is deleted. You are somebody new here now.');
  await page.waitForURL(deployment.pageUrl('lobby'));
  await expect(notice).toBeVisible();
  // The other tab reloads: nothing from before is left, and both tabs have the same new session.
  await expect.poll(() => sessionPersonId(other.page).catch(() => before)).not.toBe(before);
  await other.waitForState('live');
  await expect(other.composer).toHaveValue('');
  await expect(other.messageWithText('mine')).toHaveCount(0);
  expect(await other.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain('mine');
  await page.reload();
  await chat.waitForState('live');
  await expect(notice).toHaveCount(0);
  expect(await sessionPersonId(page)).toBe(await sessionPersonId(other.page));
});

test('erasing data is confirmed if the page has to sign out with its form', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const before = await sessionPersonId(page);
  await page.route('**/sign-out', (route) => (route.request().isNavigationRequest() ? route.continue() : route.abort()));
  const dialog = await openPrivacyDialog(chat);
  await dialog.getByRole('button', { name: 'Delete everything I wrote…' }).click();
  await dialog.getByRole('button', { name: 'Delete everything', exact: true }).click();
  await page.waitForURL(deployment.pageUrl('lobby'));
  await expect(page.getByText('Everything you wrote is deleted. You are somebody new here now.')).toBeVisible();
  expect(await sessionPersonId(page)).not.toBe(before);
});

test('reopening the dialog resets an unanswered confirmation', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const dialog = await openPrivacyDialog(chat);
  const ask = dialog.getByRole('button', { name: 'Delete everything I wrote…' });
  const question = dialog.getByText('Delete everything? Your messages and images will be gone for everyone');
  await ask.click();
  await expect(question).toBeVisible();
  expect((await question.boundingBox())!.y, 'the question is above its buttons').toBeLessThan((await dialog.getByRole('button', { name: 'Cancel' }).boundingBox())!.y);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(ask).toBeFocused();
  await ask.click();
  await expect(question).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await openPrivacyDialog(chat);
  await expect(ask).toBeVisible();
  await expect(question).toHaveCount(0);
});

test('erasing waits for a connection and can be stopped', async ({ page, deployment, room }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('stays');
  await expect(chat.messageWithText('stays')).toHaveAttribute('data-state', 'sent');
  await proxy.disconnect();
  await chat.waitForState('offline');
  const dialog = await openPrivacyDialog(chat);
  const ask = dialog.getByRole('button', { name: 'Delete everything I wrote…' });
  await ask.click();
  await dialog.getByRole('button', { name: 'Delete everything', exact: true }).click();
  const stop = dialog.getByRole('button', { name: 'Stop' });
  await expect(stop).toBeFocused();
  await expect(dialog).toContainText('You are offline. It goes on as soon as the chat is connected again.');
  await stop.click();
  await expect(ask).toBeFocused();
  proxy.restore();
  await page.keyboard.press('Escape');
  await chat.sendMessage('still here');
  await expect(chat.messageWithText('still here')).toHaveAttribute('data-state', 'sent');
  await chat.expectMessages('stays', 'still here');
});

test('without a clipboard the id is selected instead of copied', async ({ page, deployment, room }) => {
  // Simulates a page that another host serves without HTTPS.
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined }));
  const chat = await ChatPage.open(page, deployment, room);
  const dialog = await openPrivacyDialog(chat);
  await dialog.getByRole('button', { name: 'Copy id' }).click();
  await expect(dialog).toContainText('The id is selected: please copy it yourself.');
  await expect(dialog).not.toContainText('Id copied');
  expect(await page.evaluate(() => String(getSelection()))).toBe(await sessionPersonId(page));
  await page.keyboard.press('Escape');
  await chat.sendMessage('hi');
  await (await Message.withText(chat, 'hi')).clickAction('Copy link');
  await expect(page.getByText('This page may not copy here. The link is in the address bar.')).toBeVisible();
  await expect(page.getByText('Link copied')).toHaveCount(0);
  expect(new URL(page.url()).hash).toMatch(/^#m-\d+$/);
});

test('the export joins all parts and honours Retry-After', async ({ page, deployment, room }) => {
  const part = (seqs: number[], next?: string) => ({ person: { id: 'p' }, messages: seqs.map((seq) => ({ room: 'cats', seq })), ...(next && { next }) });
  const answers: Parameters<Route['fulfill']>[0][] = [
    { status: 200, json: part([3, 10], '/me/data/cats/n') },
    { status: 429, headers: { 'retry-after': '1' }, body: 'later' },
    { status: 200, json: part([2]) },
  ];
  const requested: string[] = [];
  await page.route('**/me/data**', (route) => {
    requested.push(new URL(route.request().url()).pathname);
    return route.fulfill(answers.shift());
  });
  const chat = await ChatPage.open(page, deployment, room);
  const dialog = await openPrivacyDialog(chat);
  const download = page.waitForEvent('download');
  await dialog.getByRole('link', { name: 'Download what I wrote' }).click();
  await expect(dialog).toContainText('It goes on in 1 s.');
  const file = await download;
  expect(file.suggestedFilename()).toBe('my-messages.json');
  expect(JSON.parse(await readFile(await file.path(), 'utf8'))).toEqual(part([2, 3, 10]));
  expect(requested).toEqual(['/me/data', '/me/data/cats/n', '/me/data/cats/n']);

  answers.push({ status: 503, body: 'not now' });
  await dialog.getByRole('link', { name: 'Download what I wrote' }).click();
  await expect(dialog).toContainText('This could not be downloaded right now. Please try again.');
});

test('leaving asks first when unsent messages cannot be stored', async ({ page, deployment, room }) => {
  await page.addInitScript(() => {
    const set = Storage.prototype.setItem;
    Storage.prototype.setItem = function (key, value) {
      if (key.startsWith('unsent/') && !('room' in window)) throw new DOMException('full', 'QuotaExceededError');
      return set.call(this, key, value);
    };
  });
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  await proxy.disconnect();
  await chat.sendMessage('not sent yet');
  const preventsLeaving = () =>
    page.evaluate(() => {
      const leaving = new Event('beforeunload', { cancelable: true });
      dispatchEvent(leaving);
      return leaving.defaultPrevented;
    });
  await expect.poll(preventsLeaving).toBe(true);
  await page.evaluate(() => Object.assign(window, { room: 'again' }));
  await expect.poll(preventsLeaving, 'storing is retried').toBe(false);
  await page.reload();
  proxy.restore();
  await expect(chat.messageWithText('not sent yet')).toHaveAttribute('data-state', 'sent');
});

test.describe('with a service worker', () => {
  test.use({ serviceWorkers: 'allow' });

  /** Returns the paths of the cached pages. */
  const cachedPages = (page: Page): Promise<string[]> =>
    page.evaluate(async () => {
      const pages = (await caches.keys()).filter((name) => name.startsWith('pages'));
      const requests = await Promise.all(pages.map(async (name) => (await caches.open(name)).keys()));
      return requests.flat().map(({ url }) => new URL(url).pathname).sort();
    });

  /** Answers every request to an address with a passphrase page. */
  async function servePassphrasePage(url: string, status: number): Promise<Server> {
    const passphraseServer = createServer((_, answer) => answer.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Enter the passphrase</h1>'));
    passphraseServer.listen(Number(new URL(url).port), '127.0.0.1');
    await once(passphraseServer, 'listening');
    return passphraseServer;
  }

  for (const status of [200, 401, 403]) {
    test(`a passphrase page with status ${status} clears the page cache`, async ({ page, deploymentName, room }) => {
      test.skip(deploymentName !== 'local', 'only the local binary can be replaced by another server');
      await withDataDir(async (data) => {
        const server = await LocalServer.start(data);
        const rooms = [`/r/${room}-a`, `/r/${room}-b`];
        for (const path of rooms) {
          await page.goto(server.url + path);
          await expect.poll(() => cachedPages(page)).toContain(path);
        }
        expect(await cachedPages(page)).toEqual(rooms);
        await server.stop();
        const passphraseServer = await servePassphrasePage(server.url, status);
        await page.goto(`${server.url}/r/${room}-c`);
        await expect(page.getByRole('heading')).toHaveText('Enter the passphrase');
        await expect.poll(() => cachedPages(page)).toEqual([]);
        passphraseServer.closeAllConnections();
        passphraseServer.close();
      });
    });
  }
});
