import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { holdPart, PART } from '../support/on_demand.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test } from '../support/fixtures.ts';

// The dialogs are loaded a second after the page is live, or when the first of them is opened.

const search = (page: Page) => page.getByRole('dialog', { name: 'Search', exact: true });
const placeholder = (page: Page) => page.getByRole('dialog', { name: 'Loading…' });

test('the dialogs are loaded after the page is live, with an immutable name', async ({ page, deployment, room }) => {
  const answer = page.waitForResponse(PART);
  await ChatPage.open(page, deployment, room);
  const headers = await (await answer).allHeaders();
  expect(headers['content-type']).toBe('application/wasm');
  expect(headers['cache-control']).toContain('immutable');
  await page.locator('.me').click();
  await expect(page.getByRole('dialog', { name: 'You' })).toBeVisible();
});

test('the texts of the dialogs are in the file on demand only', async ({ page, deployment, room }) => {
  const program = page.waitForResponse(/_bg\.wasm$/);
  const part = page.waitForResponse(PART);
  await ChatPage.open(page, deployment, room);
  const [first, onDemand] = await Promise.all([program, part].map(async (answer) => (await (await answer).body()).toString()));
  for (const text of ['Nothing found.', '名前はサインインしたアカウントのものです。', 'Your name comes from where you signed in.']) {
    expect(onDemand.includes(text), text).toBe(true);
    expect(first.includes(text), text).toBe(false);
  }
});

test('a dialog that is opened before it is loaded opens when it is', async ({ page, deployment, room }) => {
  const answerPart = await holdPart(page);
  const chat = await ChatPage.open(page, deployment, room);
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(placeholder(page)).toBeVisible();
  await expect(placeholder(page).locator('.skeleton').first()).toBeVisible();
  answerPart();
  await expect(search(page)).toBeVisible();
  await expect(placeholder(page)).toBeHidden();
  await expect(search(page).getByRole('searchbox')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Search' })).toBeFocused();
  await chat.sendMessage('after the dialog');
  await chat.expectMessages('after the dialog');
});

test('a dialog about a message opens for that message when it is loaded', async ({ page, deployment, room }) => {
  const answerPart = await holdPart(page);
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('to be deleted');
  await expect(chat.messageWithText('to be deleted')).toHaveAttribute('data-state', 'sent');
  await chat.messageWithText('to be deleted').hover();
  await page.getByRole('toolbar').getByRole('button', { name: 'Delete' }).click();
  await expect(placeholder(page)).toBeVisible();
  answerPart();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(chat.messageWithText('to be deleted')).toHaveCount(0);
});

test('a visitor who closes the placeholder does not get the dialog', async ({ page, deployment, room }) => {
  const answerPart = await holdPart(page);
  await ChatPage.open(page, deployment, room);
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(placeholder(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(placeholder(page)).toBeHidden();
  const loaded = page.waitForResponse(PART);
  answerPart();
  await loaded;
  await expect(page.locator('dialog.search')).toBeAttached();
  await expect(page.locator('dialog[open]')).toHaveCount(0);
});

for (const [language, sentence, again] of [
  ['en', 'This could not be loaded. Check your connection.', 'Try again'],
  ['ja', '読み込めませんでした。接続を確認してください。', 'もう一度試す'],
] as const) {
  test(`a dialog that could not be loaded says so, and is loaded again on request (${language})`, async ({ page, context, deployment, room }) => {
    await context.addCookies([{ name: 'language', value: language, url: deployment.pageUrl(room) }]);
    let attempts = 0;
    await page.route(PART, async (route) => {
      attempts += 1;
      await (attempts < 3 ? route.abort() : route.continue());
    });
    await ChatPage.open(page, deployment, room);
    await page.locator('.bar-button').click();
    const failed = page.locator('dialog.loading');
    await expect(failed).toContainText(sentence);
    // The first attempt is the page's own, unless the click came before it.
    await expect(async () => {
      await failed.getByRole('button', { name: again }).click({ timeout: 1000 });
      await expect(page.locator('dialog.search')).toBeVisible({ timeout: 1000 });
    }).toPass();
    await expect(failed).toBeHidden();
  });
}

test.describe('with a service worker', () => {
  test.use({ serviceWorkers: 'allow' });

  test('a dialog opens offline that was never opened before', async ({ page, context, deployment, room }) => {
    const proxy = await SocketProxy.install(page);
    const chat = await ChatPage.open(page, deployment, room);
    const cached = () =>
      page.evaluate(async () => (await (await caches.open('assets-1')).keys()).map(({ url }) => new URL(url).pathname));
    await expect.poll(cached).toContainEqual(expect.stringMatching(PART));
    await context.setOffline(true);
    await proxy.disconnect();
    await page.reload();
    await chat.waitForState('offline');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(search(page)).toBeVisible();
  });
});
