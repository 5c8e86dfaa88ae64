import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage, openSecondBrowser } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { png } from '../support/images.ts';
import { Message } from '../support/message.ts';
import { SocketProxy } from '../support/socket_proxy.ts';

// Going from room to room on one page: no page is loaded, and the socket moves.

test.use({ viewport: { width: 1280, height: 800 } });

const column = (page: Page) => page.getByRole('navigation', { name: 'Rooms' });
const link = (page: Page, room: string) => column(page).locator(`a[href="/r/${room}"]`);
const heading = (page: Page) => page.getByRole('heading', { level: 1 });

/** Opens both rooms, so that the page lists them, and waits until the page can switch. The second one is shown. */
async function openRooms(page: Page, deployment: Parameters<typeof ChatPage.open>[1], rooms: string[]): Promise<ChatPage> {
  let chat = new ChatPage(page);
  for (const room of rooms) chat = await ChatPage.open(page, deployment, room);
  // The dialogs are drawn when what is loaded on demand has arrived.
  await page.locator('dialog.switcher').waitFor({ state: 'attached' });
  await page.evaluate(() => Object.assign(window, { marker: 'same page' }));
  return chat;
}

const isSamePage = (page: Page) => page.evaluate(() => 'marker' in window);

test('a click on a room shows it without loading a page', async ({ page, deployment, room, browser }) => {
  const [cats, dogs] = [`${room}-cats`, `${room}-dogs`];
  const sockets: string[] = [];
  const errors: Error[] = [];
  page.on('pageerror', (error) => errors.push(error));
  const chat = await openRooms(page, deployment, [cats, dogs]);
  page.on('websocket', (socket) => sockets.push(socket.url()));
  const other = await openSecondBrowser(browser, deployment, cats);
  await chat.sendMessage('to dogs');
  await chat.expectMessages('to dogs');

  await link(page, cats).click();
  await expect(page).toHaveURL(deployment.pageUrl(cats));
  await expect(page).toHaveTitle(new RegExp(`^#${cats}`));
  await expect(heading(page)).toHaveText(`#${cats}`);
  await expect(link(page, cats)).toHaveAttribute('aria-current', 'page');
  await expect(link(page, dogs)).not.toHaveAttribute('aria-current');
  await expect(chat.composer).toBeFocused();
  await expect(chat.composer).toHaveAttribute('placeholder', new RegExp(cats));
  await expect(chat.log).toHaveAccessibleName(new RegExp(cats));
  await expectAccessible(page);
  await chat.expectMessages();
  await chat.sendMessage('to cats');
  await other.expectMessages('to cats');
  await other.sendMessage('from cats');
  await chat.expectMessages('to cats', 'from cats');

  await link(page, dogs).click();
  await chat.expectMessages('to dogs');
  await other.sendMessage('missed');
  await link(page, cats).click();
  await chat.expectMessages('to cats', 'from cats', 'missed');
  expect(await isSamePage(page)).toBe(true);
  expect(sockets).toEqual([]);
  expect(errors).toEqual([]);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('a room that is chosen in the dialog is shown without loading a page', async ({ page, deployment, room }) => {
    const [cats, dogs] = [`${room}-cats`, `${room}-dogs`];
    const chat = await openRooms(page, deployment, [cats, dogs]);
    await chat.composer.fill('not sent');
    await heading(page).getByRole('button').click();
    await page.locator('dialog.switcher').getByRole('link', { name: cats }).click();
    await expect(heading(page)).toHaveText(`#${cats}`);
    await expect(page).toHaveURL(deployment.pageUrl(cats));
    await expect(chat.composer).toHaveValue('');
    await expectAccessible(page);
    await page.goBack();
    await expect(heading(page)).toHaveText(`#${dogs}`);
    await expect(chat.composer).toHaveValue('not sent');
    expect(await isSamePage(page)).toBe(true);
  });
});

test('a dialog that is opened right after a switch stays open', async ({ page, deployment, room }) => {
  const [cats, dogs] = [`${room}-cats`, `${room}-dogs`];
  await openRooms(page, deployment, [cats, dogs]);
  // Both in one task: the page draws nothing between them.
  await link(page, cats).evaluate((link: HTMLElement) => {
    link.click();
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true }));
  });
  const dialog = page.getByRole('dialog', { name: 'Rooms' });
  await expect(dialog).toBeVisible();
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await expect(heading(page)).toHaveText(`#${cats}`);
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole('combobox')).toBeFocused();
});

test('back and forward go through the rooms', async ({ page, deployment, room }) => {
  const [cats, dogs] = [`${room}-cats`, `${room}-dogs`];
  const chat = await openRooms(page, deployment, [cats, dogs]);
  await chat.sendMessage('to dogs');
  await link(page, cats).click();
  await chat.sendMessage('to cats');
  await chat.expectMessages('to cats');
  await page.goBack();
  await expect(page).toHaveURL(deployment.pageUrl(dogs));
  await expect(heading(page)).toHaveText(`#${dogs}`);
  await chat.expectMessages('to dogs');
  await page.goForward();
  await expect(page).toHaveURL(deployment.pageUrl(cats));
  await chat.expectMessages('to cats');
  expect(await isSamePage(page)).toBe(true);
  await page.reload();
  await chat.expectMessages('to cats');
});

test('drafts, replies and the place where one reads are kept in each room', async ({ page, deployment, room, connect }) => {
  const [cats, dogs] = [`${room}-cats`, `${room}-dogs`];
  const sender = await connect(dogs);
  for (let number = 1; number <= 25; number += 1) await sender.sendMessage(`message ${number}`);
  const chat = await openRooms(page, deployment, [cats, dogs]);
  await expect(chat.messages.last()).toContainText('message 25');
  await chat.log.evaluate((log) => log.scrollTo({ top: -400, behavior: 'instant' }));
  const place = () => chat.messageWithText('message 10').evaluate((message) => Math.round(message.getBoundingClientRect().top));
  const before = await place();
  await chat.composer.fill('a draft for dogs');
  await link(page, cats).click();
  await expect(heading(page)).toHaveText(`#${cats}`);
  await expect(chat.composer).toHaveValue('');
  await chat.composer.fill('a draft for cats');
  await link(page, dogs).click();
  await expect(chat.composer).toHaveValue('a draft for dogs');
  await expect.poll(place).toBe(before);
  await link(page, cats).click();
  await expect(chat.composer).toHaveValue('a draft for cats');
  expect(await isSamePage(page)).toBe(true);
});

test('a click asks before an edit or an attached image is lost', async ({ page, deployment, room }) => {
  const [cats, dogs] = [`${room}-cats`, `${room}-dogs`];
  const chat = await openRooms(page, deployment, [cats, dogs]);
  const questions: string[] = [];
  page.on('dialog', (dialog) => {
    questions.push(dialog.type());
    void dialog.dismiss();
  });
  await chat.sendMessage('first');
  const message = await Message.withText(chat, 'first');
  await message.startEdit();
  await chat.composer.fill('second');
  await link(page, cats).click();
  await expect.poll(() => questions).toEqual(['beforeunload']);
  await expect(chat.composer).toHaveValue('second');
  await chat.send();
  await expect(chat.messageWithText('second')).toBeVisible();

  await page.locator('input[type=file]').setInputFiles({ name: 'sea.png', mimeType: 'image/png', buffer: png(320, 200) });
  await expect(page.getByRole('list', { name: 'Attached images' }).getByRole('listitem')).toHaveCount(1);
  await link(page, cats).click();
  await expect.poll(() => questions).toEqual(['beforeunload', 'beforeunload']);
  await expect(page).toHaveURL(deployment.pageUrl(dogs));
});

test('a click asks before what is in a thread is lost', async ({ page, deployment, room }) => {
  const [cats, dogs] = [`${room}-cats`, `${room}-dogs`];
  const chat = await openRooms(page, deployment, [cats, dogs]);
  let questions = 0;
  page.on('dialog', (dialog) => {
    questions += 1;
    void dialog.dismiss();
  });
  await chat.sendMessage('first');
  await (await Message.withText(chat, 'first')).clickAction('Reply in a thread');
  const thread = page.getByRole('complementary', { name: 'Thread' });
  const images = thread.getByRole('list', { name: 'Attached images' });
  await thread.locator('input[type=file]').setInputFiles({ name: 'sea.png', mimeType: 'image/png', buffer: png(320, 200) });
  await expect(images.getByRole('listitem')).toHaveCount(1);
  await link(page, cats).click();
  await expect.poll(() => questions).toBe(1);
  await thread.getByRole('button', { name: 'Remove image' }).click();
  await expect(images).toHaveCount(0);

  const field = thread.getByLabel('Reply in this thread');
  await field.fill('a tpyo');
  await thread.getByRole('button', { name: 'Send' }).click();
  const reply = thread.locator('article[data-state="sent"]').filter({ hasText: 'a tpyo' });
  await expect(reply).toBeVisible();
  await new Message(chat, reply).clickAction('Edit');
  await field.fill('a typo');
  await link(page, cats).click();
  await expect.poll(() => questions).toBe(2);
  await expect(page).toHaveURL(deployment.pageUrl(dogs));
  await expect(field).toHaveValue('a typo');
});

test('a click with a modifier opens the room elsewhere', async ({ page, deployment, room, context }) => {
  const [cats, dogs] = [`${room}-cats`, `${room}-dogs`];
  await openRooms(page, deployment, [cats, dogs]);
  const opened = context.waitForEvent('page');
  await link(page, cats).click({ modifiers: ['ControlOrMeta'] });
  await expect(await opened).toHaveURL(deployment.pageUrl(cats));
  await expect(page).toHaveURL(deployment.pageUrl(dogs));
});

test('a message that is sent right before a switch arrives in its room', async ({ page, deployment, room, browser }) => {
  const [cats, dogs] = [`${room}-cats`, `${room}-dogs`];
  const chat = await openRooms(page, deployment, [cats, dogs]);
  const other = await openSecondBrowser(browser, deployment, dogs);
  await chat.composer.fill('just in time');
  // Both in one task.
  await chat.composer.evaluate((field, name) => {
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    [...document.querySelectorAll<HTMLElement>('.rooms .room-link')].find((link) => link.textContent?.includes(name))?.click();
  }, cats);
  await expect(heading(page)).toHaveText(`#${cats}`);
  await other.expectMessages('just in time');
  await chat.expectMessages();
  await link(page, dogs).click();
  await chat.expectMessages('just in time');
});

test('without a live socket a click loads the page', async ({ page, deployment, room }) => {
  const [cats, dogs] = [`${room}-cats`, `${room}-dogs`];
  const proxy = await SocketProxy.install(page);
  const chat = await openRooms(page, deployment, [cats, dogs]);
  await proxy.disconnect();
  await chat.waitForState('offline');
  proxy.restore();
  await link(page, cats).click();
  await expect(heading(page)).toHaveText(`#${cats}`);
  await chat.waitForState('live');
  expect(await isSamePage(page)).toBe(false);
});

test('a server that does not know how to move a socket leads to a page load', async ({ page, deployment, room }) => {
  const [cats, dogs] = [`${room}-cats`, `${room}-dogs`];
  const proxy = await SocketProxy.install(page);
  const chat = await openRooms(page, deployment, [cats, dogs]);
  proxy.rejectNext('enter', 'unknownAction');
  await link(page, cats).click();
  await expect.poll(() => isSamePage(page).catch(() => true)).toBe(false);
  await expect(heading(page)).toHaveText(`#${cats}`);
  await chat.waitForState('live');
  await chat.sendMessage('hi');
  await chat.expectMessages('hi');
});

test('a move that fails for a moment ends in the right room', async ({ page, deployment, room, browser }) => {
  const [cats, dogs] = [`${room}-cats`, `${room}-dogs`];
  const proxy = await SocketProxy.install(page);
  const chat = await openRooms(page, deployment, [cats, dogs]);
  const other = await openSecondBrowser(browser, deployment, cats);
  proxy.rejectNext('enter', 'unavailable');
  await link(page, cats).click();
  await expect(heading(page)).toHaveText(`#${cats}`);
  await chat.sendMessage('hi');
  await other.expectMessages('hi');
  await chat.expectMessages('hi');
  expect(await isSamePage(page)).toBe(true);
});

test('the time from a click to the rows, compared with a page load', async ({ page, deployment, room, connect }, info) => {
  const rooms = ['a', 'b', 'c'].map((letter) => `${room}-${letter}`);
  for (const name of rooms) {
    const sender = await connect(name);
    for (let number = 1; number <= 25; number += 1) await sender.sendMessage(`${name} ${number}`);
  }
  const [a, b, c] = rooms as [string, string, string];
  // Room c is listed, but this page has not shown it.
  const chat = await openRooms(page, deployment, [c, a, b]);
  /** Clicks on a room and returns the time until the frame after its newest message is in the log. */
  const click = (name: string) =>
    page.evaluate(
      (name) =>
        new Promise<number>((resolve) => {
          const row = [...document.querySelectorAll<HTMLElement>('.rooms .room-link')].find((link) => link.textContent === `#${name}`);
          const start = performance.now();
          const check = () =>
            document.querySelector('.log-rows article:last-of-type')?.textContent?.includes(`${name} 25`)
              ? requestAnimationFrame(() => resolve(performance.now() - start))
              : requestAnimationFrame(check);
          row?.click();
          check();
        }),
      name,
    );
  await click(a);
  const fresh = await click(c);
  const kept: number[] = [];
  for (const name of [a, b, c, a, b, c, a, b, c]) kept.push(await click(name));
  expect(await isSamePage(page)).toBe(true);
  const start = Date.now();
  await page.goto(deployment.pageUrl(a), { waitUntil: 'commit' });
  await chat.waitForState('live');
  const load = Date.now() - start;
  const median = kept.sort((one, other) => one - other)[4]!;
  const figures = `kept ${median.toFixed(0)} ms (${kept.map((time) => time.toFixed(0)).join(' ')}), new ${fresh.toFixed(0)} ms, page load until live ${load} ms`;
  info.annotations.push({ type: 'figures', description: figures });
  console.log(figures);
  expect(median).toBeLessThan(load);
});
