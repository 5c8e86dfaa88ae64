import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test } from '../support/fixtures.ts';
import { messageLimit } from '../support/settings.ts';

// The search dialog.

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Search' });
const hits = (page: Page) => dialog(page).getByRole('link');
const state = (page: Page) => dialog(page).getByRole('status');

async function searchFor(page: Page, query: string): Promise<void> {
  if (await dialog(page).isHidden()) await page.getByRole('button', { name: 'Search', exact: true }).click();
  await dialog(page).getByRole('searchbox').fill(query);
  await page.keyboard.press('Enter');
}

test('search finds and marks messages with all words, newest first', async ({ page, deployment, room, connect }) => {
  const sender = await connect(room);
  sender.send({ action: 'rename', name: 'Ann' });
  await sender.next('welcome');
  for (const text of ['The boat is red', 'a red house', 'Which BOAT was red?']) await sender.sendMessage(text);
  await ChatPage.open(page, deployment, room);
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(dialog(page).getByRole('searchbox')).toBeFocused();
  await expect(state(page)).toContainText('have all of the words');

  await searchFor(page, 'red boat');
  await expect(state(page)).toHaveText('2 messages found');
  await expect(hits(page)).toHaveText([/^Ann\s*Today, \d\d:\d\d\s*Which BOAT was red\?$/, /^Ann.*The boat is red$/]);
  await expect(hits(page).first().locator('mark')).toHaveText(['BOAT', 'red']);
  await expect(dialog(page).getByRole('button', { name: 'Search further back' })).toBeHidden();

  await searchFor(page, 'green');
  await expect(state(page)).toHaveText('Nothing found.');
  await expect(hits(page)).toHaveCount(0);
  await searchFor(page, ' ');
  await expect(state(page)).toContainText('have all of the words');
});

test('search marks what differs in case or accents only', async ({ page, deployment, room, connect }) => {
  await (await connect(room)).sendMessage('Straße nach ΝΊΚΑΙΑΣ, İstanbul, Йод, ﬁn, ＡＢＣ und ÉTÉ');
  await ChatPage.open(page, deployment, room);
  const marked = {
    STRASSE: 'Straße',
    νικαιας: 'ΝΊΚΑΙΑΣ',
    istanbul: 'İstanbul',
    йод: 'Йод',
    FIN: 'ﬁn',
    abc: 'ＡＢＣ',
    été: 'ÉTÉ',
  };
  for (const [query, match] of Object.entries(marked)) {
    await searchFor(page, query);
    await expect(hits(page).locator('mark')).toHaveText([match]);
  }
});

test('a result is an excerpt of the shown text around the match', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  await ann.sendMessage('**The** `boat` is\n```\nlet boat = 1;\n```');
  await ann.sendMessage(`${'before '.repeat(100)}the **boathouse** ${'after '.repeat(100)}`);
  const chat = await ChatPage.open(page, deployment, room);
  await chat.page.getByRole('button', { name: 'Search', exact: true }).click();
  await page.getByRole('searchbox').fill('boat');
  await page.keyboard.press('Enter');
  const hits = page.getByRole('dialog').locator('.hit-text');
  await expect(hits).toHaveText([/^…(ore )?(before )+the boathouse (after )+.*…$/, 'The boat is let boat = 1;']);
  expect((await hits.first().textContent())!.length).toBeLessThan(260);
  await expect(hits.last().locator('mark')).toHaveText(['boat', 'boat']);
});

test('search results show HTML as text', async ({ page, deployment, room, connect }) => {
  await (await connect(room)).sendMessage('<img src=x onerror="document.title=1"> **bold** attack');
  await ChatPage.open(page, deployment, room);
  await searchFor(page, 'img attack');
  await expect(hits(page).locator('.hit-text')).toHaveText('<img src=x onerror="document.title=1"> bold attack');
  await expect(hits(page).locator('mark')).toHaveText(['img', 'attack']);
  await expect(dialog(page).locator('img, b, strong')).toHaveCount(0);
});

test('a search result leads to its message, loaded or not', async ({ page, deployment, room, connect }) => {
  const sender = await connect(room);
  await sender.sendMessage('the needle');
  for (let at = 0; at < 2 * messageLimit; at += 1) await sender.sendMessage(`hay ${at}`);
  const chat = await ChatPage.open(page, deployment, room);
  await expect(chat.messageWithText('the needle')).toHaveCount(0);
  await searchFor(page, 'needle');
  await expect(hits(page)).toHaveAttribute('href', /^#m-\d+$/);
  await hits(page).click();
  await expect(dialog(page)).toBeHidden();
  await expect(chat.messageWithText('the needle')).toBeInViewport();
  await expect(chat.messageWithText('the needle')).toBeFocused();
  // Reopening the dialog shows the same results.
  await page.keyboard.press('/');
  await expect(dialog(page).getByRole('searchbox')).toHaveValue('needle');
  await expect(hits(page)).toHaveCount(1);
});

test('the slash key opens the search, but not in a text field', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.composer.pressSequentially('and/or');
  await expect(chat.composer).toHaveValue('and/or');
  await expect(dialog(page)).toBeHidden();
  await chat.log.focus();
  await page.keyboard.press('/');
  await expect(dialog(page).getByRole('searchbox')).toBeFocused();
  await expect(dialog(page).getByRole('searchbox')).toHaveValue('');
  await page.keyboard.press('Escape');
  await expect(chat.log).toBeFocused();
});

test('search continues further back until there is no more', async ({ page, deployment, room, connect }) => {
  const sender = await connect(room);
  for (let at = 1; at <= 25; at += 1) await sender.sendMessage(`needle ${at}`);
  await ChatPage.open(page, deployment, room);
  await searchFor(page, 'needle');
  await expect(hits(page)).toHaveCount(20);
  await expect(hits(page).first()).toContainText('needle 25');
  await dialog(page).getByRole('button', { name: 'Search further back' }).press('Enter');
  await expect(hits(page)).toHaveCount(25);
  await expect(hits(page).last()).toContainText('needle 1');
  await expect(state(page)).toHaveText('25 messages found');
  // The button is hidden, and the focus stays in the dialog.
  await expect(dialog(page).getByRole('button', { name: 'Search further back' })).toBeHidden();
  await expect(dialog(page).locator('.sheet-body')).toBeFocused();
});

test('an offline search runs after reconnecting', async ({ page, deployment, room, connect }) => {
  const proxy = await SocketProxy.install(page);
  await (await connect(room)).sendMessage('the needle');
  const chat = await ChatPage.open(page, deployment, room);
  await proxy.disconnect();
  await chat.waitForState('offline');
  await searchFor(page, 'needle');
  await expect(state(page)).toContainText('You are offline.');
  proxy.restore();
  await expect(hits(page)).toHaveCount(1);
});

test('a failed search can be repeated', async ({ page, deployment, room, connect }) => {
  const proxy = await SocketProxy.install(page);
  await (await connect(room)).sendMessage('the needle');
  await ChatPage.open(page, deployment, room);
  proxy.rejectNext('search', 'unavailable');
  await searchFor(page, 'needle');
  await expect(state(page)).toHaveText('The chat could not be searched right now.');
  await dialog(page).getByRole('button', { name: 'Search again' }).click();
  await expect(hits(page)).toHaveCount(1);
});
