import type { Page } from '@playwright/test';
import { launchOptions } from '../support/browser.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test, type Deployment } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';
import { waitForPart } from '../support/on_demand.ts';
import { chromium } from '../support/settings.ts';

// Notifications while the page is hidden.

// The service worker starts some time after the page. Without it, tests do not depend on when it starts.
test.use({ serviceWorkers: 'block' });

// The headless shell denies every permission.
test.use({ launchOptions: launchOptions(chromium) });

type Shown = { title: string; body: string; tag: string };

/** Records the notifications that the page creates. Permissions are the browser's own. */
async function recordNotifications(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shown: object[] = [];
    const Real = Notification;
    class Recorded extends EventTarget {
      onclick: (() => void) | null = null;
      static get permission() {
        return Real.permission;
      }
      static requestPermission() {
        (window as any).permissionRequests = ((window as any).permissionRequests ?? 0) + 1;
        return Real.requestPermission();
      }
      constructor(title: string, options: NotificationOptions) {
        super();
        shown.push({ title, body: options.body, tag: options.tag });
        (window as any).last = this;
      }
      close() {}
    }
    Object.assign(window, { Notification: Recorded, shown });
  });
}

const shown = (page: Page): Promise<Shown[]> => page.evaluate(() => (window as any).shown);
const permissionRequests = (page: Page): Promise<number> => page.evaluate(() => (window as any).permissionRequests ?? 0);

/** Simulates that the page is hidden or visible. A headless browser never hides a page. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

async function selectNotifications(page: Page, choice: string): Promise<void> {
  await page.locator('.me').click();
  await page.getByRole('radio', { name: choice }).check();
  await page.keyboard.press('Escape');
}

/** Opens a page with the permission to show notifications. */
async function openWithPermission(page: Page, deployment: Deployment, room: string): Promise<ChatPage> {
  await page.context().grantPermissions(['notifications'], { origin: new URL(deployment.pageUrl(room)).origin });
  await recordNotifications(page);
  return ChatPage.open(page, deployment, room);
}

test.describe('with a service worker', () => {
  test.use({ serviceWorkers: 'allow' });

  test('the service worker shows notifications with a permalink', async ({ page, deployment, room, connect }) => {
    await page.context().grantPermissions(['notifications'], { origin: new URL(deployment.pageUrl(room)).origin });
    const chat = await ChatPage.open(page, deployment, room);
    await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
    await selectNotifications(page, 'Every message');
    await setHidden(page, true);
    const { seq } = await (await connect(room)).sendMessage('the worker tells this');
    await chat.expectMessages('the worker tells this');
    const notifications = () =>
      page.evaluate(async () => {
        const shown = await (await navigator.serviceWorker.ready).getNotifications();
        return shown.map(({ tag, data }) => ({ tag, data }));
      });
    await expect.poll(notifications).toEqual([{ tag: room, data: `/r/${room}#m-${seq}` }]);
  });
});

test('"Every message" notifies of each message while hidden', async ({ page, deployment, room, connect }) => {
  const chat = await openWithPermission(page, deployment, room);
  await selectNotifications(page, 'Every message');
  const ann = await connect(room);
  ann.send({ action: 'rename', name: 'Ann' });
  await ann.next('welcome');
  await ann.sendMessage('you see this');
  await chat.expectMessages('you see this');
  expect(await shown(page)).toEqual([]);

  await setHidden(page, true);
  await ann.sendMessage('you do not see this');
  await ann.sendMessage('**nor** `<b>this</b>`');
  await expect.poll(() => shown(page)).toEqual([
    { title: `#${room} · Chat`, body: 'Ann: you do not see this', tag: room },
    { title: `#${room} · Chat`, body: 'Ann: nor <b>this</b>', tag: room },
  ]);
  await page.evaluate(() => (window as any).last.onclick());
  await expect(chat.messageWithText('nor <b>this</b>')).toBeFocused();
});

test('of replies in threads, those in one\'s own thread are counted, and notify', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  const theirs = (await ann.sendMessage('theirs')).seq;
  const chat = await openWithPermission(page, deployment, room);
  await selectNotifications(page, 'Every message');
  await chat.sendMessage('mine');
  const mine = await Message.withText(chat, 'mine');
  await expect(mine.article).toHaveAttribute('data-state', 'sent');
  const seq = await mine.seq();
  await setHidden(page, true);
  ann.send({ action: 'send', text: 'to nobody', nonce: 'r-1', thread: theirs });
  ann.send({ action: 'send', text: 'to you', nonce: 'r-2', thread: seq });
  await expect(page).toHaveTitle(`(1) #${room} · Chat`);
  await expect.poll(() => shown(page)).toEqual([{ title: `#${room} · Chat`, body: 'Ann: to you', tag: room }]);
});

test('edits, reactions and own messages do not notify', async ({ page, deployment, room, connect }) => {
  const chat = await openWithPermission(page, deployment, room);
  await selectNotifications(page, 'Every message');
  const ann = await connect(room);
  const { seq } = await ann.sendMessage('first');
  await chat.expectMessages('first');
  await setHidden(page, true);
  ann.send({ action: 'edit', seq, text: 'frist' });
  await chat.expectMessages('frist');
  ann.send({ action: 'react', seq, emoji: '👍', on: true });
  const other = await page.context().newPage();
  const mine = await ChatPage.open(other, deployment, room);
  await mine.sendMessage('me, too');
  await chat.expectMessages('frist', 'me, too');
  await ann.sendMessage('last');
  await expect.poll(async () => (await shown(page)).map(({ body }) => body)).toEqual([expect.stringContaining('last')]);
  await other.close();
});

test('"When I am mentioned" notifies of mentions only', async ({ page, deployment, room, connect }) => {
  const chat = await openWithPermission(page, deployment, room);
  await selectNotifications(page, 'When I am mentioned');
  await chat.sendMessage('here I am');
  await expect(chat.messageWithText('here I am')).toHaveAttribute('data-state', 'sent');
  const ann = await connect(room);
  const author = (await ann.newestMessages())[0]!['author'];
  await setHidden(page, true);
  await ann.sendMessage('to anybody');
  ann.send({ action: 'send', text: `@${author.name} to you`, mentions: [author], nonce: 'm1' });
  await expect.poll(async () => (await shown(page)).map(({ body }) => body)).toEqual([expect.stringContaining('to you')]);
});

test('notifications are off by default and the choice is kept', async ({ page, deployment, room, connect }) => {
  const chat = await openWithPermission(page, deployment, room);
  const ann = await connect(room);
  await setHidden(page, true);
  await ann.sendMessage('one');
  await chat.expectMessages('one');
  expect([await shown(page), await permissionRequests(page)]).toEqual([[], 0]);

  await setHidden(page, false);
  await selectNotifications(page, 'Every message');
  await page.reload();
  await chat.waitForState('live');
  await page.locator('.me').click();
  await expect(page.getByRole('radio', { name: 'Every message' })).toBeChecked();
  await page.getByRole('radio', { name: 'None' }).check();
  await page.keyboard.press('Escape');
  await setHidden(page, true);
  await ann.sendMessage('two');
  await chat.expectMessages('one', 'two');
  expect(await shown(page)).toEqual([]);
});

test('permission is requested on the first choice; denial is shown', async ({ page, deployment, room }) => {
  await recordNotifications(page);
  const chat = await ChatPage.open(page, deployment, room);
  expect(await permissionRequests(page)).toBe(0);
  await page.locator('.me').click();
  const dialog = page.getByRole('dialog', { name: 'You' });
  await dialog.getByRole('radio', { name: 'Every message' }).click();
  // A headless browser cannot ask the user and denies the permission.
  await expect(dialog).toContainText('Your browser does not let this page notify you.');
  await expect(dialog.getByRole('radio', { name: 'None' })).toBeChecked();
  await page.reload();
  await chat.waitForState('live');
  await page.locator('.me').click();
  await expect(dialog.getByRole('radio', { name: 'None' })).toBeChecked();
});

test('title, badge and icon show unread messages until read', async ({ page, deployment, room, connect }) => {
  await page.addInitScript(() => {
    const badges: number[] = [];
    Object.assign(navigator, {
      setAppBadge: async (count: number) => void badges.push(count),
      clearAppBadge: async () => void badges.push(0),
    });
    Object.assign(window, { badges });
  });
  const chat = await ChatPage.open(page, deployment, room);
  // What draws the badge is among it.
  await waitForPart(page);
  const icon = page.locator('link[rel=icon]');
  await expect(icon).toHaveAttribute('href', /^\/assets\/icon-/);
  await setHidden(page, true);
  const ann = await connect(room);
  await ann.sendMessage('one');
  await ann.sendMessage('two');
  await expect(page).toHaveTitle(`(2) #${room} · Chat`);
  await expect(icon).toHaveAttribute('href', /^data:image\/svg\+xml,.*circle/);
  await setHidden(page, false);
  await expect(page).toHaveTitle(`#${room} · Chat`);
  await expect(icon).toHaveAttribute('href', /^\/assets\/icon-/);
  expect(await page.evaluate(() => (window as any).badges)).toEqual([1, 2, 0]);
  await chat.expectMessages('one', 'two');
});
