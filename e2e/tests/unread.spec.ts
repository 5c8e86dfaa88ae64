import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test } from '../support/fixtures.ts';
import { messageLimit } from '../support/settings.ts';

// The unread line, the title count, and the way to the first unread message.

/** Simulates that the page is hidden or visible. */
async function setVisibility(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate((state) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: state === 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}

test('a line marks messages since the last visit, once', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  await ann.sendMessage('old');
  const chat = await ChatPage.open(page, deployment, room);
  const line = page.locator('.new-line');
  await expect(chat.messageWithText('old')).toBeVisible();
  await expect(line).toHaveCount(0);
  await page.goto('about:blank');
  await ann.sendMessage('new');
  await ann.sendMessage('newer');
  await ChatPage.open(page, deployment, room);
  await expect(line).toHaveCount(1);
  await expect(chat.messageWithText('new').locator('.new-line')).toHaveText('New');
  await expect(page.locator('.news'), 'the line is in view').toBeHidden();
  await page.reload();
  await chat.waitForState('live');
  await expect(chat.messageWithText('newer')).toBeVisible();
  await expect(line).toHaveCount(0);
});

test('more than a screen of unread messages shows a count and a link', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  await ann.sendMessage('old');
  const chat = await ChatPage.open(page, deployment, room);
  await chat.expectMessages('old');
  await page.goto('about:blank');
  for (let at = 1; at < messageLimit; at += 1) await ann.sendMessage(`line ${at}`);
  await ChatPage.open(page, deployment, room);
  const news = page.locator('.news');
  await expect(news).toHaveText(`${messageLimit - 1} new messages`);
  await expect(chat.messageWithText('line 1')).not.toBeInViewport();
  await news.click();
  await expect(chat.messageWithText('line 1')).toBeInViewport();
  await expect(chat.messageWithText('line 1').locator('.new-line')).toBeVisible();
  await expect(news).toBeHidden();
});

test('more than a page of unread messages leads to the last read', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  await ann.sendMessage('old');
  const chat = await ChatPage.open(page, deployment, room);
  await chat.expectMessages('old');
  await page.goto('about:blank');
  for (let at = 1; at < 3 * messageLimit; at += 1) await ann.sendMessage(`line ${at}`);
  await ChatPage.open(page, deployment, room);
  await expect(page.locator('.news')).toHaveText(`More than ${messageLimit} new messages`);
  await page.locator('.news').click();
  await expect(chat.messageWithText('old')).toBeInViewport();
  await expect(chat.messageWithText('line 1').locator('.new-line')).toBeVisible();
});

test('messages while hidden are counted in the title and marked', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  const chat = await ChatPage.open(page, deployment, room);
  await ann.sendMessage('seen');
  await chat.expectMessages('seen');
  await setVisibility(page, 'hidden');
  await ann.sendMessage('missed');
  await ann.sendMessage('missed too');
  await expect(page).toHaveTitle(`(2) #${room} · Chat`);
  await expect(chat.messageWithText('missed').locator('.new-line')).toBeVisible();
  await setVisibility(page, 'visible');
  await expect(page).toHaveTitle(`#${room} · Chat`);
  await expect(chat.messageWithText('missed').locator('.new-line'), 'the line stays until they have read it').toBeVisible();
  await chat.sendMessage('thanks');
  await expect(page.locator('.new-line')).toHaveCount(0);
});

test('the unread line does not shift the layout', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  await ann.sendMessage('seen');
  const chat = await ChatPage.open(page, deployment, room);
  await chat.expectMessages('seen');
  await setVisibility(page, 'hidden');
  await ann.sendMessage('missed');
  await expect(chat.messageWithText('missed').locator('.new-line')).toBeVisible();
  const top = () => chat.messageWithText('missed').evaluate((message) => message.getBoundingClientRect().top);
  const before = await top();
  await setVisibility(page, 'visible');
  await setVisibility(page, 'hidden');
  await expect(page.locator('.new-line')).toHaveCount(0);
  expect(await top()).toBe(before);
});

test('a room that was empty before leads to its first message', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await expect(page.getByText('Nobody has said anything here yet')).toBeVisible();
  await page.goto('about:blank');
  const ann = await connect(room);
  for (let at = 1; at < 3 * messageLimit; at += 1) await ann.sendMessage(`line ${at}`);
  await ChatPage.open(page, deployment, room);
  await page.locator('.news').click();
  await expect(chat.messageWithText('line 1')).toBeInViewport();
  await expect(chat.messageWithText('line 1').locator('.new-line')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('reading to the end after a permalink marks all as read', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  const { seq } = await ann.sendMessage('old');
  const chat = await ChatPage.open(page, deployment, room);
  await chat.expectMessages('old');
  await page.goto('about:blank');
  for (let at = 1; at < messageLimit; at += 1) await ann.sendMessage(`line ${at}`);
  await page.goto(`${deployment.pageUrl(room)}#m-${seq}`);
  await expect(chat.messageWithText('old')).toBeFocused();
  await chat.log.evaluate((log) => log.scrollTo({ top: 0, behavior: 'instant' }));
  await expect(chat.messageWithText(`line ${messageLimit - 1}`)).toBeInViewport();
  await expect.poll(() => page.evaluate((key) => Number(localStorage.getItem(key)), `read/${room}`)).toBeGreaterThan(seq);
  await page.goto('about:blank');
  await ChatPage.open(page, deployment, room);
  await expect(chat.messageWithText(`line ${messageLimit - 1}`)).toBeVisible();
  await expect(page.locator('.new-line')).toHaveCount(0);
});

test('a cancelled permalink jump shows no error', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  const { seq } = await ann.sendMessage('far back');
  for (let at = 1; at < 3 * messageLimit; at += 1) await ann.sendMessage(`line ${at}`);
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  await proxy.disconnect();
  await chat.waitForState('offline');
  await page.evaluate((hash) => (location.hash = hash), `#m-${seq}`);
  await chat.sendMessage('never mind');
  await expect(chat.messageWithText('never mind')).toBeInViewport();
  await expect(page.getByRole('alert')).toHaveCount(0);
});
