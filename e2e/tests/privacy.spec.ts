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

/** Opens the dialog about the visitor and their data. */
async function privacy(chat: ChatPage) {
  await chat.page.locator('.me').click();
  await chat.page.getByRole('button', { name: 'You and your data' }).click();
  return chat.page.getByRole('dialog', { name: 'You and your data' });
}

test('everybody sees their own id, as moderators and the one who runs the chat know it', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await expect((await privacy(chat)).locator('.id')).toHaveText(await sessionPersonId(page));
});

test('what one wrote can be taken along, and only that', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('mine to keep');
  // Their places in the order are the server's to give.
  await expect(chat.messageWithText('mine to keep')).toHaveAttribute('data-state', 'sent');
  await (await connect(room)).sendMessage('somebody else’s');
  await chat.expectMessages('mine to keep', 'somebody else’s');
  const dialog = await privacy(chat);
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('link', { name: 'Download what I wrote' }).click()]);
  const file = await readFile(await download.path(), 'utf8');
  expect(file).toContain('mine to keep');
  expect(file).not.toContain('somebody else');
});

test('deleting everything is asked about, with the focus where it changes nothing', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('stays');
  await expect(chat.messageWithText('stays')).toHaveAttribute('data-state', 'sent');
  const dialog = await privacy(chat);
  await dialog.getByRole('button', { name: 'Delete everything I wrote…' }).click();
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('button', { name: 'Delete everything I wrote…' })).toBeVisible();
  await page.reload();
  await expect(chat.messageWithText('stays')).toHaveCount(1);
});

/** What a page keeps on its device, all of it. */
const stored = (page: Page): Promise<string> => page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));

test('everything one wrote is gone for all, and so are the identity and what the device kept', async ({ page, context, deployment, room, connect }) => {
  const reader = await connect(room);
  const cookies = async () => (await context.cookies()).map((cookie) => cookie.name);
  const chat = await ChatPage.open(page, deployment, room);
  const before = await sessionPersonId(page);
  await page.locator('.me').click();
  await page.getByRole('textbox', { name: 'Your name' }).fill('Marguerite');
  await page.getByRole('button', { name: 'Save' }).click();
  // More than one `forget` takes away.
  for (let index = 0; index < 28; index += 1) {
    await chat.sendMessage(`secret ${index}`);
    await expect(chat.messageWithText(`secret ${index}`)).toHaveAttribute('data-state', 'sent');
  }
  // A draft is kept when its page is left.
  await chat.composer.fill('secret draft');
  await page.reload();
  await chat.waitForState('live');
  await expect(chat.composer).toHaveValue('secret draft');
  expect(await stored(page)).toContain('secret draft');
  expect(await cookies()).toContain('name');
  const written = await reader.newestMessages();
  expect(written.map(({ text, author }) => [text, author.id])).toEqual(Array.from({ length: 28 }, (_, index) => [`secret ${index}`, before]));
  // On AWS the first message may be faster than the new name.
  expect(written.at(-1)!['author'].name).toBe('Marguerite');

  const dialog = await privacy(chat);
  await dialog.getByRole('button', { name: 'Delete everything I wrote…' }).click();
  const left = page.waitForResponse((answer) => new URL(answer.url()).pathname === '/sign-out' && answer.request().method() === 'POST');
  await dialog.getByRole('button', { name: 'Delete everything', exact: true }).click();
  await left;
  // It leads to the lobby; whoever goes elsewhere before that has not left.
  await page.waitForURL(deployment.pageUrl('lobby'));
  expect(await cookies()).not.toContain('name');

  await page.goto(deployment.pageUrl(room));
  await chat.waitForState('live');
  expect(await sessionPersonId(page)).not.toBe(before);
  await expect(page.locator('body')).not.toContainText('secret');
  expect(await stored(page)).not.toContain('secret');

  // Whoever was there all the time finds the places of the messages, and nothing of what was said or by whom.
  const gone = await reader.newestMessages();
  expect(gone.map(({ seq, deleted }) => [seq, deleted])).toEqual(written.map(({ seq }) => [seq, true]));
  for (const said of ['secret', before, 'Marguerite']) expect(JSON.stringify(gone)).not.toContain(said);
});

test('whoever had everything deleted is told so once, and no other tab goes on as who they were', async ({ page, context, deployment, room }) => {
  // TODO: find out why the new page does not say it there. Until then, that no other tab goes on is shown at home only, too.
  test.skip(deployment.name !== 'local', 'on the deployed stack the sentence is not shown, which is a fault that is not understood yet');
  const chat = await ChatPage.open(page, deployment, room);
  const other = await ChatPage.open(await context.newPage(), deployment, room);
  const before = await sessionPersonId(page);
  expect(await sessionPersonId(other.page)).toBe(before);
  await other.composer.fill('a draft of mine');
  await chat.sendMessage('mine');
  await expect(other.messageWithText('mine')).toHaveCount(1);
  const dialog = await privacy(chat);
  await dialog.getByRole('button', { name: 'Delete everything I wrote…' }).click();
  await dialog.getByRole('button', { name: 'Delete everything', exact: true }).click();
  const told = page.getByText('Everything you wrote is deleted. You are somebody new here now.');
  await page.waitForURL(deployment.pageUrl('lobby'));
  await expect(told).toBeVisible();
  // The other one is loaded anew: nothing of before is there, and both are one person.
  await expect.poll(() => sessionPersonId(other.page).catch(() => before)).not.toBe(before);
  await other.waitForState('live');
  await expect(other.composer).toHaveValue('');
  await expect(other.messageWithText('mine')).toHaveCount(0);
  expect(await other.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain('mine');
  await page.reload();
  await chat.waitForState('live');
  await expect(told).toHaveCount(0);
  expect(await sessionPersonId(page)).toBe(await sessionPersonId(other.page));
});

test('a question that was not answered is asked anew when the dialog is opened again', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const dialog = await privacy(chat);
  const ask = dialog.getByRole('button', { name: 'Delete everything I wrote…' });
  const question = dialog.getByText('Delete everything? Your messages and images will be gone for everyone');
  await ask.click();
  await expect(question).toBeVisible();
  expect((await question.boundingBox())!.y, 'it stands above its answers').toBeLessThan((await dialog.getByRole('button', { name: 'Cancel' }).boundingBox())!.y);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(ask).toBeFocused();
  await ask.click();
  await expect(question).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await privacy(chat);
  await expect(ask).toBeVisible();
  await expect(question).toHaveCount(0);
});

test('deleting waits for a connection, says so, and can be stopped', async ({ page, deployment, room }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('stays');
  await expect(chat.messageWithText('stays')).toHaveAttribute('data-state', 'sent');
  await proxy.disconnect();
  await chat.waitForState('offline');
  const dialog = await privacy(chat);
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

test('an id that cannot be copied is selected instead, and nothing says that it was copied', async ({ page, deployment, room }) => {
  // As on a page that came without HTTPS from another machine.
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined }));
  const chat = await ChatPage.open(page, deployment, room);
  const dialog = await privacy(chat);
  await dialog.getByRole('button', { name: 'Copy id' }).click();
  await expect(dialog).toContainText('The id is selected: please copy it yourself.');
  await expect(dialog).not.toContainText('Id copied');
  expect(await page.evaluate(() => String(getSelection()))).toBe(await sessionPersonId(page));
  await page.keyboard.press('Escape');
  await chat.sendMessage('hi');
  await (await Message.withText(chat, 'hi')).clickAction('Copy link');
  await expect(page.getByText('This page may not copy here. The link is in the address bar.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Link copied' })).toHaveCount(0);
  expect(new URL(page.url()).hash).toMatch(/^#m-\d+$/);
});

test('all parts of what one wrote come as one file, however often the server wants to wait', async ({ page, deployment, room }) => {
  const part = (seqs: number[], next?: string) => ({ person: { id: 'p' }, messages: seqs.map((seq) => ({ room: 'cats', seq })), ...(next && { next }) });
  const answers: Parameters<Route['fulfill']>[0][] = [
    { status: 200, json: part([3, 10], '/me/data/cats/n') },
    { status: 429, headers: { 'retry-after': '1' }, body: 'later' },
    { status: 200, json: part([2]) },
  ];
  const asked: string[] = [];
  await page.route('**/me/data**', (route) => {
    asked.push(new URL(route.request().url()).pathname);
    return route.fulfill(answers.shift());
  });
  const chat = await ChatPage.open(page, deployment, room);
  const dialog = await privacy(chat);
  const download = page.waitForEvent('download');
  await dialog.getByRole('link', { name: 'Download what I wrote' }).click();
  await expect(dialog).toContainText('It goes on in 1 s.');
  const file = await download;
  expect(file.suggestedFilename()).toBe('my-messages.json');
  expect(JSON.parse(await readFile(await file.path(), 'utf8'))).toEqual(part([2, 3, 10]));
  expect(asked).toEqual(['/me/data', '/me/data/cats/n', '/me/data/cats/n']);

  answers.push({ status: 503, body: 'not now' });
  await dialog.getByRole('link', { name: 'Download what I wrote' }).click();
  await expect(dialog).toContainText('This could not be downloaded right now. Please try again.');
});

test('what is unsent and cannot be kept is asked about before the page goes', async ({ page, deployment, room }) => {
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
  const asks = () =>
    page.evaluate(() => {
      const leaving = new Event('beforeunload', { cancelable: true });
      dispatchEvent(leaving);
      return leaving.defaultPrevented;
    });
  await expect.poll(asks).toBe(true);
  await page.evaluate(() => Object.assign(window, { room: 'again' }));
  await expect.poll(asks, 'it is tried again').toBe(false);
  await page.reload();
  proxy.restore();
  await expect(chat.messageWithText('not sent yet')).toHaveAttribute('data-state', 'sent');
});

test.describe('what the worker keeps', () => {
  test.use({ serviceWorkers: 'allow' });

  /** The rooms of which there is a copy. */
  const copies = (page: Page): Promise<string[]> =>
    page.evaluate(async () => {
      const pages = (await caches.keys()).filter((name) => name.startsWith('pages'));
      const kept = await Promise.all(pages.map(async (name) => (await caches.open(name)).keys()));
      return kept.flat().map(({ url }) => new URL(url).pathname).sort();
    });

  /** Answers everything at an address with a door. */
  async function shut(url: string, status: number): Promise<Server> {
    const door = createServer((_, answer) => answer.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Enter the passphrase</h1>'));
    door.listen(Number(new URL(url).port), '127.0.0.1');
    await once(door, 'listening');
    return door;
  }

  for (const status of [200, 401, 403]) {
    test(`no copy of any room is left to whoever stands before a door that answers ${status}`, async ({ page, deploymentName, room }) => {
      test.skip(deploymentName !== 'local', 'only at home a test puts another server in the place of the chat');
      await withDataDir(async (data) => {
        const server = await LocalServer.start(data);
        const rooms = [`/r/${room}-a`, `/r/${room}-b`];
        for (const path of rooms) {
          await page.goto(server.url + path);
          await expect.poll(() => copies(page)).toContain(path);
        }
        expect(await copies(page)).toEqual(rooms);
        await server.stop();
        const door = await shut(server.url, status);
        await page.goto(`${server.url}/r/${room}-c`);
        await expect(page.getByRole('heading')).toHaveText('Enter the passphrase');
        await expect.poll(() => copies(page)).toEqual([]);
        door.closeAllConnections();
        door.close();
      });
    });
  }
});
