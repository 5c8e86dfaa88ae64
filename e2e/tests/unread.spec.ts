import type { Page } from '@playwright/test';
import { ChatPage, Line } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { messageLimit } from '../support/settings.ts';

// What is new since the visitor was here.

/** What the reader is told of when they look away, and again when they look back. */
async function look(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate((state) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: state === 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}

test('a line stands above what was said since the last visit, and is gone with the next', async ({ page, home, room, wire }) => {
  const ann = await wire(room);
  await ann.say('old');
  const chat = await ChatPage.open(page, home, room);
  const line = page.locator('.new-line');
  await expect(chat.saying('old')).toBeVisible();
  await expect(line).toHaveCount(0);
  await page.goto('about:blank');
  await ann.say('new');
  await ann.say('newer');
  await ChatPage.open(page, home, room);
  await expect(line).toHaveCount(1);
  await expect(chat.saying('new').locator('.new-line')).toHaveText('New');
  await expect(page.locator('.news'), 'the line is in view').toBeHidden();
  await page.reload();
  await chat.is('live');
  await expect(chat.saying('newer')).toBeVisible();
  await expect(line).toHaveCount(0);
});

test('whoever missed more than a screen is told how much, and led to where it begins', async ({ page, home, room, wire }) => {
  const ann = await wire(room);
  await ann.say('old');
  const chat = await ChatPage.open(page, home, room);
  await chat.shows('old');
  await page.goto('about:blank');
  for (let at = 1; at < messageLimit; at += 1) await ann.say(`line ${at}`);
  await ChatPage.open(page, home, room);
  const news = page.locator('.news');
  await expect(news).toHaveText(`${messageLimit - 1} new messages`);
  await expect(chat.saying('line 1')).not.toBeInViewport();
  await news.click();
  await expect(chat.saying('line 1')).toBeInViewport();
  await expect(chat.saying('line 1').locator('.new-line')).toBeVisible();
  await expect(news).toBeHidden();
});

test('whoever missed more than a page is led back to what they read last', async ({ page, home, room, wire }) => {
  const ann = await wire(room);
  await ann.say('old');
  const chat = await ChatPage.open(page, home, room);
  await chat.shows('old');
  await page.goto('about:blank');
  for (let at = 1; at < 3 * messageLimit; at += 1) await ann.say(`line ${at}`);
  await ChatPage.open(page, home, room);
  await expect(page.locator('.news')).toHaveText(`More than ${messageLimit} new messages`);
  await page.locator('.news').click();
  await expect(chat.saying('old')).toBeInViewport();
  await expect(chat.saying('line 1').locator('.new-line')).toBeVisible();
});

test('what arrives while nobody looks is counted in the title and stands under a line', async ({ page, home, room, wire }) => {
  const ann = await wire(room);
  const chat = await ChatPage.open(page, home, room);
  await ann.say('seen');
  await chat.shows('seen');
  await look(page, 'hidden');
  await ann.say('missed');
  await ann.say('missed too');
  await expect(page).toHaveTitle(`(2) #${room} · Chat`);
  await expect(chat.saying('missed').locator('.new-line')).toBeVisible();
  await look(page, 'visible');
  await expect(page).toHaveTitle(`#${room} · Chat`);
  await expect(chat.saying('missed').locator('.new-line'), 'they are about to read it').toBeVisible();
  await chat.say('thanks');
  await expect(page.locator('.new-line')).toHaveCount(0);
});

test('the line moves nothing', async ({ page, home, room, wire }) => {
  const ann = await wire(room);
  await ann.say('seen');
  const chat = await ChatPage.open(page, home, room);
  await chat.shows('seen');
  await look(page, 'hidden');
  await ann.say('missed');
  await expect(chat.saying('missed').locator('.new-line')).toBeVisible();
  const top = () => chat.saying('missed').evaluate((message) => message.getBoundingClientRect().top);
  const before = await top();
  await look(page, 'visible');
  await look(page, 'hidden');
  await expect(page.locator('.new-line')).toHaveCount(0);
  expect(await top()).toBe(before);
});

test('a room that was empty at the first visit leads to its first message, however much was said since', async ({ page, home, room, wire }) => {
  const chat = await ChatPage.open(page, home, room);
  await expect(page.getByText('Nobody has said anything here yet')).toBeVisible();
  await page.goto('about:blank');
  const ann = await wire(room);
  for (let at = 1; at < 3 * messageLimit; at += 1) await ann.say(`line ${at}`);
  await ChatPage.open(page, home, room);
  await page.locator('.news').click();
  await expect(chat.saying('line 1')).toBeInViewport();
  await expect(chat.saying('line 1').locator('.new-line')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('whoever came by a link and read on to the end has read it', async ({ page, home, room, wire }) => {
  const ann = await wire(room);
  const { seq } = await ann.say('old');
  const chat = await ChatPage.open(page, home, room);
  await chat.shows('old');
  await page.goto('about:blank');
  for (let at = 1; at < messageLimit; at += 1) await ann.say(`line ${at}`);
  await page.goto(`${home.page(room)}#m-${seq}`);
  await expect(chat.saying('old')).toBeFocused();
  await chat.log.evaluate((log) => log.scrollTo({ top: 0, behavior: 'instant' }));
  await expect(chat.saying(`line ${messageLimit - 1}`)).toBeInViewport();
  await expect.poll(() => page.evaluate((key) => Number(localStorage.getItem(key)), `read/${room}`)).toBeGreaterThan(seq);
  await page.goto('about:blank');
  await ChatPage.open(page, home, room);
  await expect(chat.saying(`line ${messageLimit - 1}`)).toBeVisible();
  await expect(page.locator('.new-line')).toHaveCount(0);
});

test('whoever turns back on the way to a message is not told that it could not be found', async ({ page, home, room, wire }) => {
  const ann = await wire(room);
  const { seq } = await ann.say('far back');
  for (let at = 1; at < 3 * messageLimit; at += 1) await ann.say(`line ${at}`);
  const line = await Line.lay(page);
  const chat = await ChatPage.open(page, home, room);
  await line.cut();
  await chat.is('offline');
  await page.evaluate((hash) => (location.hash = hash), `#m-${seq}`);
  await chat.say('never mind');
  await expect(chat.saying('never mind')).toBeInViewport();
  await expect(page.getByRole('alert')).toHaveCount(0);
});
