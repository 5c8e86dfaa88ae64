import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test, type Deployment } from '../support/fixtures.ts';

// Being told of messages while one does not look at the page.

// The worker comes when the page has been open for a while, and nobody shall have to wait for it or run before it.
test.use({ serviceWorkers: 'block' });

type Shown = { title: string; body: string; tag: string };

/** Records what the system is asked to show; permissions are the browser's own. */
async function record(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shown: object[] = [];
    const Real = Notification;
    class Recorded extends EventTarget {
      onclick: (() => void) | null = null;
      static get permission() {
        return Real.permission;
      }
      static requestPermission() {
        (window as any).asked = ((window as any).asked ?? 0) + 1;
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
const asked = (page: Page): Promise<number> => page.evaluate(() => (window as any).asked ?? 0);

/** A headless browser shows all of its pages; this one is hidden. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

async function choose(page: Page, choice: string): Promise<void> {
  await page.locator('.me').click();
  await page.getByRole('radio', { name: choice }).check();
  await page.keyboard.press('Escape');
}

/** A page that may show them. */
async function allowed(page: Page, deployment: Deployment, room: string): Promise<ChatPage> {
  await page.context().grantPermissions(['notifications'], { origin: new URL(deployment.pageUrl(room)).origin });
  await record(page);
  return ChatPage.open(page, deployment, room);
}

test.describe('where a worker is there', () => {
  test.use({ serviceWorkers: 'allow' });

  test('it shows what is told, and knows where that leads', async ({ page, deployment, room, connect }) => {
    await page.context().grantPermissions(['notifications'], { origin: new URL(deployment.pageUrl(room)).origin });
    const chat = await ChatPage.open(page, deployment, room);
    await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
    await choose(page, 'Every message');
    await hide(page, true);
    const { seq } = await (await connect(room)).sendMessage('the worker tells this');
    await chat.expectMessages('the worker tells this');
    const told = () =>
      page.evaluate(async () => {
        const shown = await (await navigator.serviceWorker.ready).getNotifications();
        return shown.map(({ tag, data }) => ({ tag, data }));
      });
    await expect.poll(told).toEqual([{ tag: room, data: `/r/${room}#m-${seq}` }]);
  });
});

test('whoever chose every message is told of each, while they do not look', async ({ page, deployment, room, connect }) => {
  const chat = await allowed(page, deployment, room);
  await choose(page, 'Every message');
  const ann = await connect(room);
  ann.send({ action: 'rename', name: 'Ann' });
  await ann.next('welcome');
  await ann.sendMessage('you see this');
  await chat.expectMessages('you see this');
  expect(await shown(page)).toEqual([]);

  await hide(page, true);
  await ann.sendMessage('you do not see this');
  await ann.sendMessage('nor <b>this</b>');
  await expect.poll(() => shown(page)).toEqual([
    { title: `#${room} · Chat`, body: 'Ann: you do not see this', tag: room },
    { title: `#${room} · Chat`, body: 'Ann: nor <b>this</b>', tag: room },
  ]);
  await page.evaluate(() => (window as any).last.onclick());
  await expect(chat.messageWithText('nor <b>this</b>')).toBeFocused();
});

test('an edit or a reaction is no message, and neither is what the visitor says elsewhere', async ({ page, deployment, room, connect }) => {
  const chat = await allowed(page, deployment, room);
  await choose(page, 'Every message');
  const ann = await connect(room);
  const { seq } = await ann.sendMessage('first');
  await chat.expectMessages('first');
  await hide(page, true);
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

test('whoever chose mentions is told of those alone', async ({ page, deployment, room, connect }) => {
  const chat = await allowed(page, deployment, room);
  await choose(page, 'When I am mentioned');
  await chat.sendMessage('here I am');
  await expect(chat.messageWithText('here I am')).toHaveAttribute('data-state', 'sent');
  const ann = await connect(room);
  const author = (await ann.newestMessages())[0]!['author'];
  await hide(page, true);
  await ann.sendMessage('to anybody');
  ann.send({ action: 'send', text: `@${author.name} to you`, mentions: [author], nonce: 'm1' });
  await expect.poll(async () => (await shown(page)).map(({ body }) => body)).toEqual([expect.stringContaining('to you')]);
});

test('nobody is told or asked who did not choose it, and a choice is kept', async ({ page, deployment, room, connect }) => {
  const chat = await allowed(page, deployment, room);
  const ann = await connect(room);
  await hide(page, true);
  await ann.sendMessage('one');
  await chat.expectMessages('one');
  expect([await shown(page), await asked(page)]).toEqual([[], 0]);

  await hide(page, false);
  await choose(page, 'Every message');
  await page.reload();
  await chat.waitForState('live');
  await page.locator('.me').click();
  await expect(page.getByRole('radio', { name: 'Every message' })).toBeChecked();
  await page.getByRole('radio', { name: 'None' }).check();
  await page.keyboard.press('Escape');
  await hide(page, true);
  await ann.sendMessage('two');
  await chat.expectMessages('one', 'two');
  expect(await shown(page)).toEqual([]);
});

test('a permission is asked for on the click that needs it, and one that is denied is told', async ({ page, deployment, room }) => {
  await record(page);
  const chat = await ChatPage.open(page, deployment, room);
  expect(await asked(page)).toBe(0);
  await page.locator('.me').click();
  const dialog = page.getByRole('dialog', { name: 'You' });
  await dialog.getByRole('radio', { name: 'Every message' }).click();
  // A headless browser denies what it cannot ask.
  await expect(dialog).toContainText('Your browser does not let this page notify you.');
  await expect(dialog.getByRole('radio', { name: 'None' })).toBeChecked();
  await page.reload();
  await chat.waitForState('live');
  await page.locator('.me').click();
  await expect(dialog.getByRole('radio', { name: 'None' })).toBeChecked();
});

test('what is unread is counted in the title and the badge and marked on the icon, until it is looked at', async ({ page, deployment, room, connect }) => {
  await page.addInitScript(() => {
    const badges: number[] = [];
    Object.assign(navigator, {
      setAppBadge: async (count: number) => void badges.push(count),
      clearAppBadge: async () => void badges.push(0),
    });
    Object.assign(window, { badges });
  });
  const chat = await ChatPage.open(page, deployment, room);
  const icon = page.locator('link[rel=icon]');
  await expect(icon).toHaveAttribute('href', /^\/assets\/icon-/);
  await hide(page, true);
  const ann = await connect(room);
  await ann.sendMessage('one');
  await ann.sendMessage('two');
  await expect(page).toHaveTitle(`(2) #${room} · Chat`);
  await expect(icon).toHaveAttribute('href', /^data:image\/svg\+xml,.*circle/);
  await hide(page, false);
  await expect(page).toHaveTitle(`#${room} · Chat`);
  await expect(icon).toHaveAttribute('href', /^\/assets\/icon-/);
  expect(await page.evaluate(() => (window as any).badges)).toEqual([1, 2, 0]);
  await chat.expectMessages('one', 'two');
});
