import type { Browser, Page } from '@playwright/test';
import { ChatPage, openSecondBrowser } from '../support/chat_page.ts';
import { expect, test, type Deployment } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';
import { openWithoutProgram, pageChanges } from '../support/page_changes.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import type { WireClient } from '../support/wire_client.ts';

// The page never dies: whatever happens to its HTML, and where the program fails.

const written = ['call 090-1234-5678', '**bold** and `code`\n\n- one\n- two', '> quoted\n\nlast'];

const texts = async (ann: WireClient) => (await ann.newestMessages()).map((message) => message['text']);

/** Writes on in the composer and sends it. It has to appear as sent, once, and the page has to answer to a click once. */
async function expectAlive(chat: ChatPage, ann: WireClient, draft: string): Promise<void> {
  await expect(chat.composer).toHaveValue(draft);
  await chat.composer.press('Control+End');
  await chat.composer.pressSequentially(' and more');
  await chat.composer.press('Enter');
  await expect(chat.messageWithText(`${draft} and more`)).toHaveAttribute('data-state', 'sent', { timeout: 5_000 });
  await expect(chat.composer).toHaveValue('');
  const message = await Message.withText(chat, `${draft} and more`);
  await message.clickAction('React with 👍');
  await expect(message.reaction(/^👍 1/)).toBeVisible();
  await expect(chat.messages).toHaveCount(written.length + 1);
  expect(await texts(ann)).toEqual([...written, `${draft} and more`]);
}

for (const [change, apply] of Object.entries(pageChanges)) {
  test(`before hydration: ${change}`, { tag: '@page' }, async ({ page, deployment, room, connect }) => {
    const ann = await connect(room, { name: 'Ann' });
    for (const text of written) await ann.sendMessage(text);
    const release = await openWithoutProgram(page, deployment.pageUrl(room));
    const chat = new ChatPage(page);
    await page.locator('.composer-field').fill('a draft');
    await page.evaluate(apply);
    release();
    await chat.waitForState('live');
    await expectAlive(chat, ann, change === 'everything in the page replaced' ? '' : 'a draft');
  });
}

for (const [change, apply] of Object.entries(pageChanges)) {
  test(`while the page runs: ${change}`, { tag: '@page' }, async ({ page, deployment, room, connect }) => {
    const ann = await connect(room, { name: 'Ann' });
    for (const text of written) await ann.sendMessage(text);
    const chat = await ChatPage.open(page, deployment, room);
    await chat.composer.fill('a draft');
    await page.evaluate(apply);
    await expectAlive(chat, ann, 'a draft');
  });
}

test('an unchanged page is hydrated, not drawn again', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  for (const text of written) await ann.sendMessage(text);
  const release = await openWithoutProgram(page, deployment.pageUrl(room));
  const count = await page.evaluate(() => {
    const elements = [...document.querySelectorAll('#app *')];
    Object.assign(window, { elements });
    return elements.length;
  });
  release();
  await new ChatPage(page).waitForState('live');
  expect(count).toBeGreaterThan(50);
  expect(await page.evaluate(() => (window as any).elements[0].isConnected && document.querySelector('article') === (window as any).elements.find((element: Element) => element.matches('article')))).toBe(true);
});

/** Opens the room in a browser whose errors do not fail the test. */
async function openUnchecked(browser: Browser, deployment: Deployment, room: string): Promise<{ chat: ChatPage; proxy: SocketProxy }> {
  const page = await (await browser.newContext({ locale: 'en-GB', viewport: { width: 800, height: 500 } })).newPage();
  const proxy = await SocketProxy.install(page);
  return { chat: await ChatPage.open(page, deployment, room), proxy };
}

/** Makes the program panic when it creates its next element, `count` times. */
const makePanic = (page: Page, count: number) =>
  page.evaluate((count) => {
    document.createElement = () => {
      if (--count <= 0) delete (document as { createElement?: unknown }).createElement;
      throw new TypeError('no element, says the test');
    };
  }, count);

test('after a panic the program starts again and keeps everything', async ({ browser, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  const many = Array.from({ length: 25 }, (_, index) => `line ${index + 1}\n\nof some height`);
  for (const text of many) await ann.sendMessage(text);
  const { chat, proxy } = await openUnchecked(browser, deployment, room);
  await chat.composer.fill('a draft');
  const top = Message.withSeq(chat, 12);
  await top.article.evaluate((article) => article.scrollIntoView({ block: 'start', behavior: 'instant' }));
  const position = async () => Math.round((await top.article.boundingBox())!.y);
  const before = await position();
  const sockets = proxy.count();

  await makePanic(chat.page, 1);
  await ann.sendMessage('while it fails');
  await expect(chat.messageWithText('while it fails')).toHaveAttribute('data-state', 'sent');
  await chat.waitForState('live');
  await expect(chat.composer).toHaveValue('a draft');
  expect(Math.abs((await position()) - before)).toBeLessThanOrEqual(1);
  await expect(chat.page.locator('#failure')).toBeHidden();
  await expect.poll(() => proxy.count()).toBe(sockets);
  await chat.composer.press('Enter');
  await expect(chat.messageWithText('a draft')).toHaveAttribute('data-state', 'sent');
  expect(await texts(ann)).toEqual([...many, 'while it fails', 'a draft']);
});

test('messages that are not sent yet survive a panic', async ({ browser, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  const { chat, proxy } = await openUnchecked(browser, deployment, room);
  await proxy.disconnect();
  await chat.waitForState('offline');
  await chat.sendMessage('from the tunnel');
  await makePanic(chat.page, 1);
  await chat.sendMessage('and the panic');
  for (const text of ['from the tunnel', 'and the panic']) await expect(chat.messageWithText(text)).toHaveAttribute('data-state', 'pending');
  proxy.restore();
  for (const text of ['from the tunnel', 'and the panic']) await expect(chat.messageWithText(text)).toHaveAttribute('data-state', 'sent');
  expect(await texts(ann)).toEqual(['from the tunnel', 'and the panic']);
});

test('without storage, a draft and messages that are not sent yet survive a panic', async ({ browser, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
  const proxy = await SocketProxy.install(page);
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full, says the test', 'QuotaExceededError');
    };
  });
  const chat = await ChatPage.open(page, deployment, room);
  proxy.holdSends();
  await chat.sendMessage('not sent yet');
  await chat.composer.fill('a draft');
  await makePanic(page, 1);
  await ann.sendMessage('while it fails');
  await expect(chat.messageWithText('while it fails')).toHaveAttribute('data-state', 'sent');
  await expect(chat.messageWithText('not sent yet')).toHaveAttribute('data-state', 'pending');
  await expect(chat.composer).toHaveValue('a draft');
  proxy.releaseSends();
  await expect(chat.messageWithText('not sent yet')).toHaveAttribute('data-state', 'sent');
  expect((await texts(ann)).filter((text) => text === 'not sent yet')).toHaveLength(1);
});

test('an edit and the draft behind it survive a panic', async ({ browser, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  const { chat } = await openUnchecked(browser, deployment, room);
  await chat.sendMessage('before');
  const message = await Message.withText(chat, 'before');
  await chat.composer.fill('a draft');
  await message.startEdit();
  await chat.composer.fill('after');
  await makePanic(chat.page, 1);
  await ann.sendMessage('while it fails');
  await expect(chat.messageWithText('while it fails')).toBeVisible();
  await chat.waitForState('live');
  await expect(chat.composer).toHaveValue('after');
  await chat.composer.press('Enter');
  await expect(chat.composer).toHaveValue('a draft');
  await message.expectEdited();
  await expect(message.article.locator('.message-text')).toHaveText('after');
});

for (const [language, sentence, reload] of [
  ['en-GB', 'This page has stopped working. Reload it to go on.', 'Reload'],
  ['ja-JP', 'このページは動作を停止しました。続けるには再読み込みしてください。', '再読み込み'],
] as const) {
  test(`a program that fails at once again leaves a notice (${language})`, async ({ browser, deployment, room, connect }) => {
    const ann = await connect(room, { name: 'Ann' });
    await ann.sendMessage('still readable');
    const page = await (await browser.newContext({ locale: language })).newPage();
    await page.goto(deployment.pageUrl(room));
    const chat = new ChatPage(page);
    await chat.waitForState('live');
    const field = page.locator('.composer-field');
    await field.fill('a draft');
    await makePanic(page, Infinity);
    await ann.sendMessage('the end');

    const notice = page.getByRole('alert').filter({ hasText: sentence });
    await expect(notice).toBeVisible();
    await expect(chat.messageWithText('still readable')).toBeVisible();
    await expect(field).toHaveValue('a draft');
    await expect(field).toHaveAttribute('readonly');
    await notice.getByRole('button', { name: reload }).click();
    await chat.waitForState('live');
    await expect(field).toHaveValue('a draft');
    await field.press('Enter');
    await expect(chat.messageWithText('a draft')).toHaveAttribute('data-state', 'sent');
    await expect(notice).toBeHidden();
  });
}

test('a page that is translated while it runs stays alive', async ({ page, browser, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  for (const text of written) await ann.sendMessage(text);
  const chat = await ChatPage.open(page, deployment, room);
  const bob = await openSecondBrowser(browser, deployment, room);
  await chat.sendMessage('mine');
  const mine = await Message.withText(chat, 'mine');
  await page.evaluate(pageChanges['a font element around every text']!);

  await bob.sendMessage('from Bob');
  await expect(chat.messageWithText('from Bob')).toHaveAttribute('data-state', 'sent');
  await mine.clickAction('React with 👍');
  await expect(mine.reaction(/^👍 1/)).toBeVisible();
  await mine.delete();
  await expect(mine.article.locator('.message-text')).toHaveCount(0);
  await chat.sendMessage('still here');
  await expect(chat.messageWithText('still here')).toHaveAttribute('data-state', 'sent');
  await expect(bob.messageWithText('still here')).toBeVisible();
});

test('a program that cannot be downloaded is asked for again, then leaves a notice', async ({ browser, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  await ann.sendMessage('readable');
  const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
  let failures = 0;
  await page.route('**/*_bg.wasm', (route) => (failures++ < 2 ? route.abort() : route.continue()));
  await page.goto(deployment.pageUrl(room));
  await page.getByRole('alert').getByRole('button', { name: 'Reload' }).click();
  await new ChatPage(page).waitForState('live');
  expect(failures).toBe(3);
});

test('a page without its state fetches it until the server answers', { tag: '@page' }, async ({ page, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  await ann.sendMessage('hello');
  let attempts = 0;
  await page.route(`**/state/${room}`, (route) => (attempts++ < 1 ? route.abort() : route.continue()));
  const release = await openWithoutProgram(page, deployment.pageUrl(room));
  await page.evaluate(() => {
    document.getElementById('page-state')!.remove();
    document.getElementById('app')!.replaceChildren();
  });
  release();
  await expect(page.getByText('The chat cannot be reached right now.')).toBeVisible();
  const chat = new ChatPage(page);
  await chat.waitForState('live');
  await expect(chat.messageWithText('hello')).toBeVisible();
  await expect(page.getByText('The chat cannot be reached right now.')).toHaveCount(0);
  expect(attempts).toBeGreaterThan(1);
});
