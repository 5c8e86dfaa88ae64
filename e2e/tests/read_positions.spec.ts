import type { Browser, BrowserContext, Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';

// What a person has read on one device is read on their other ones, too.

/** The column of rooms beside the chat. */
const column = (page: Page) => page.getByRole('navigation', { name: 'Rooms' });
const row = (page: Page, room: string) => column(page).getByRole('listitem').filter({ hasText: room });
const badge = (page: Page, room: string) => row(page, room).locator('.room-badge');
const unreadLine = (page: Page) => page.locator('.new-line');

/** Opens another device of the person of a context: a browser context with the same cookies and an empty storage. */
async function otherDevice(browser: Browser, context: BrowserContext, options = {}): Promise<Page> {
  const other = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options });
  await other.addCookies(await context.cookies());
  return other.newPage();
}

/** Counts the `read` commands that a page sends from now on. */
function recordReads(page: Page): { room: string; seq: number }[] {
  const reads: { room: string; seq: number }[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const frame = JSON.parse(String(payload));
      if (frame.action === 'read') reads.push(frame);
    }),
  );
  return reads;
}

/** Shows or hides a page, as another tab in front of it does. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

test.use({ viewport: { width: 1280, height: 800 } });

test('reading on one device clears the number on the other', async ({ page, context, browser, deployment, room, connect }) => {
  const away = `${room}-away`;
  await ChatPage.open(page, deployment, away);
  await ChatPage.open(page, deployment, room);
  const ann = await connect(away);
  await ann.sendMessage('one');
  await ann.sendMessage('two');
  await expect(badge(page, away)).toHaveText('2');

  const second = await otherDevice(browser, context);
  const there = await ChatPage.open(second, deployment, away);
  await there.expectMessages('one', 'two');
  // Without a reload, and without a command of the first device.
  await expect(badge(page, away)).toHaveCount(0);
  await expect(page).toHaveTitle(`#${room} · Chat`);

  // The other device is open, so what is read on it from now on is told within seconds.
  await ann.sendMessage('three');
  await there.expectMessages('one', 'two', 'three');
  await expect(badge(page, away)).toHaveText('1');
  await expect(badge(page, away)).toHaveCount(0, { timeout: 30_000 });
  await page.reload();
  await expect(row(page, away)).toBeVisible();
  await expect(badge(page, away)).toHaveCount(0);
});

test('a new device shows what came since the person read on another one', async ({ page, context, browser, deployment, room, connect }) => {
  const ann = await connect(room);
  const { seq } = await ann.sendMessage('one');
  const reads = recordReads(page);
  const here = await ChatPage.open(page, deployment, room);
  await here.expectMessages('one');
  await expect.poll(() => reads).toEqual([{ action: 'read', room, seq }]);
  await page.close();
  await ann.sendMessage('two');
  await ann.sendMessage('three');

  const second = await otherDevice(browser, context);
  const there = await ChatPage.open(second, deployment, room);
  await there.expectMessages('one', 'two', 'three');
  await expect(unreadLine(second)).toBeVisible();
});

test('the unread line of an open device goes away', async ({ page, context, browser, deployment, room, connect }) => {
  const ann = await connect(room);
  await ann.sendMessage('one');
  const here = await ChatPage.open(page, deployment, room);
  await here.expectMessages('one');
  const second = await otherDevice(browser, context);
  const there = await ChatPage.open(second, deployment, room);
  await there.expectMessages('one');
  await setHidden(page, true);
  await ann.sendMessage('two');
  await expect(page).toHaveTitle(`(1) #${room} · Chat`);
  await there.expectMessages('one', 'two');
  await expect(page).toHaveTitle(`#${room} · Chat`);
  await setHidden(page, false);
  await expect(unreadLine(page)).toHaveCount(0);
});

test('a room is marked as read with the keyboard, on all devices', async ({ page, context, browser, deployment, room, connect }) => {
  const away = `${room}-away`;
  const second = await otherDevice(browser, context);
  for (const name of [away, room]) {
    await ChatPage.open(page, deployment, name);
    await second.context().addCookies(await context.cookies());
    await ChatPage.open(second, deployment, name);
  }
  await (await connect(away)).sendMessage('one');
  for (const device of [page, second]) await expect(badge(device, away)).toHaveText('1');

  const button = column(page).getByRole('button', { name: `Mark #${away} as read` });
  await expectAccessible(page);
  await row(page, away).getByRole('link').focus();
  await page.keyboard.press('Tab');
  await expect(button).toBeFocused();
  await page.keyboard.press('Enter');
  for (const device of [page, second]) await expect(badge(device, away)).toHaveCount(0);
  await expect(button).toHaveCount(0);
  await expect(row(page, away).getByRole('link')).toBeFocused();
});

test('the button has its label in Japanese', async ({ browser, deployment, room, connect }) => {
  const page = await (await browser.newContext({ locale: 'ja-JP', viewport: { width: 1280, height: 800 } })).newPage();
  await ChatPage.open(page, deployment, `${room}-away`);
  await ChatPage.open(page, deployment, room);
  await (await connect(`${room}-away`)).sendMessage('一');
  await expect(page.getByRole('button', { name: `#${room}-away を既読にする` })).toHaveCount(1);
});

test('on a phone, a room is marked as read in the dialog of rooms', async ({ browser, deployment, room, connect }) => {
  const phone = { locale: 'en-GB', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const page = await (await browser.newContext(phone)).newPage();
  await ChatPage.open(page, deployment, `${room}-away`);
  await ChatPage.open(page, deployment, room);
  await (await connect(`${room}-away`)).sendMessage('one');
  await page.getByRole('heading', { level: 1 }).getByRole('button').tap();
  const dialog = page.getByRole('dialog', { name: 'Rooms' });
  const button = dialog.getByRole('button', { name: `Mark #${room}-away as read` });
  await expect(button).toBeVisible();
  const box = (await button.boundingBox())!;
  expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44);
  await expectAccessible(page);
  await button.tap();
  await expect(dialog.locator('.room-badge')).toHaveCount(0);
});

test('a page reports what it read at once and then after a pause, and nothing while nothing is read', async ({ page, deployment, room, connect }) => {
  const reads = recordReads(page);
  const ann = await connect(room);
  const { seq } = await ann.sendMessage('one');
  const chat = await ChatPage.open(page, deployment, room);
  await expect.poll(() => reads).toEqual([{ action: 'read', room, seq }]);
  for (const text of ['two', 'three', 'four']) await ann.sendMessage(text);
  await chat.expectMessages('one', 'two', 'three', 'four');
  await setHidden(page, true);
  await expect.poll(() => reads.map((read) => read.seq)).toEqual([seq, seq + 3]);
  for (const hidden of [false, true, false, true]) await setHidden(page, hidden);
  await ann.sendMessage('five');
  await setHidden(page, false);
  await expect.poll(() => chat.messageWithText('five').count()).toBe(1);
  await setHidden(page, true);
  await expect.poll(() => reads.map((read) => read.seq)).toEqual([seq, seq + 3, seq + 4]);
});

test('a page goes on with its own positions if the server stores none', async ({ page, deployment, room, connect }) => {
  // An older server: it refuses the command, and its answers have no positions.
  await page.routeWebSocket(/\/ws/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((frame) => {
      if (JSON.parse(String(frame)).action !== 'read') return server.send(frame);
      socket.send(JSON.stringify({ type: 'error', code: 'unknownAction', message: 'unknown action "read"', action: 'read' }));
    });
  });
  const away = `${room}-away`;
  const there = await ChatPage.open(page, deployment, away);
  await ChatPage.open(page, deployment, room);
  const ann = await connect(away);
  await ann.sendMessage('one');
  await expect(badge(page, away)).toHaveText('1');
  await row(page, away).getByRole('link').click();
  await there.expectMessages('one');
  await column(page).getByRole('link', { name: room }).filter({ hasNotText: away }).click();
  await expect(badge(page, away)).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
});
