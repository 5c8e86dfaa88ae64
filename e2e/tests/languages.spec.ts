import type { Browser, Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test, type Deployment } from '../support/fixtures.ts';

/** Some words of the English page. */
const english = /Message|Send|Connect|online|Beginning|Nobody|hello|Today|name|Save|Cancel|Attach|Image|Close/;

/** The composer, in any language. */
const composer = (page: Page) => page.locator('.composer-field');

/** The language selector, in both languages. */
const languages = (page: Page) => page.getByRole('combobox', { name: /Language/ });

/** Returns all visible and accessible text of the page, except what people wrote. */
async function pageText(page: Page): Promise<string> {
  return page.locator('body').evaluate((body) => {
    const attributeNames = ['aria-label', 'aria-description', 'title', 'placeholder', 'alt'];
    const copy = body.cloneNode(true) as HTMLElement;
    // The names of languages, people and rooms are not translated.
    copy.querySelectorAll('script, .language, .me-name, .room-name, .message-author').forEach((element) => element.remove());
    const attributes = [...copy.querySelectorAll('*')].flatMap((element) => attributeNames.map((name) => element.getAttribute(name) ?? ''));
    return [copy.textContent, ...attributes].join('\n');
  });
}

/** Opens the page without scripts, as the server renders it. */
async function openWithoutScripts(browser: Browser, deployment: Deployment, room: string, locale: string): Promise<Page> {
  const context = await browser.newContext({ locale, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(deployment.pageUrl(room));
  return page;
}

test.describe('in a Japanese browser', () => {
  test.use({ locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });

  test('the server renders the page in Japanese', async ({ browser, deployment, room }) => {
    const page = await openWithoutScripts(browser, deployment, room, 'ja-JP');
    await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
    await expect(page).toHaveTitle(`#${room} · チャット`);
    await expect(composer(page)).toHaveAttribute('placeholder', `メッセージを入力（#${room}）`);
    await expect(page.getByText('まだメッセージはありません。')).toBeVisible();
    expect(await pageText(page)).not.toMatch(english);
    await page.context().close();
  });

  test('the page stays Japanese after hydration', async ({ page, deployment, room }) => {
    const chat = await ChatPage.open(page, deployment, room);
    await expect(page.locator('.online')).toHaveText('1人がオンライン');
    await composer(page).fill('こんにちは');
    await composer(page).press('Enter');
    await chat.expectMessages('こんにちは');
    await expect(page.locator('.day')).toHaveText('今日');
    await expect(chat.messages.locator('.message-time')).toHaveText(/^\d{1,2}:\d\d$/);
    expect(await pageText(page)).not.toMatch(english);
  });

  test('dates and times have the Japanese format', async ({ page, deployment, room, connect }) => {
    await (await connect(room)).sendMessage('昔');
    await page.clock.install({ time: Date.now() + 3 * 24 * 60 * 60 * 1000 });
    await ChatPage.open(page, deployment, room);
    await expect(page.locator('.day')).toHaveText(/^(\d{4}年)?\d{1,2}月\d{1,2}日[月火水木金土日]曜日$/);
  });

  test('send errors are in Japanese', async ({ page, deployment, room }) => {
    const proxy = await SocketProxy.install(page);
    const chat = await ChatPage.open(page, deployment, room);
    proxy.rejectNextSend('badField');
    await composer(page).fill('届かない');
    await composer(page).press('Enter');
    const note = chat.messageWithText('届かない').locator('.message-note');
    await expect(note).toContainText('送信できませんでした。サーバーがこのメッセージを受け付けませんでした。');
    await expect(note.getByRole('button')).toHaveText(['再送信', '破棄']);
  });

  test('the page for an invalid room is in Japanese', async ({ browser, deployment }) => {
    const page = await openWithoutScripts(browser, deployment, 'no such room', 'ja-JP');
    await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
    await expect(page.locator('h1')).toHaveText('ルームが見つかりません');
    await page.context().close();
  });

  test('Enter that ends an IME composition does not send', async ({ page, deployment, room }) => {
    const chat = await ChatPage.open(page, deployment, room);
    await composer(page).fill('にほんご');
    const composing = { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true };
    // Most browsers set isComposing; Safari sets only the key code of the input method.
    await composer(page).dispatchEvent('keydown', { ...composing, isComposing: true });
    await composer(page).dispatchEvent('keydown', { ...composing, keyCode: 229 });
    await expect(composer(page)).toHaveValue('にほんご');
    await expect(chat.messages).toHaveCount(0);
    await composer(page).press('Enter');
    await chat.expectMessages('にほんご');
  });
});

for (const [who, locale] of [['an English browser', 'en-GB'], ['a browser with an unsupported language', 'de-DE']] as const) {
  test(`${who} gets an English page`, async ({ browser, deployment, room }) => {
    const page = await openWithoutScripts(browser, deployment, room, locale);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await expect(page.getByText('Nobody has said anything here yet.')).toBeVisible();
    expect(await pageText(page)).not.toMatch(/[ぁ-ヿ一-鿿]/);
    await page.context().close();
  });
}

test('changing the language keeps the choice and the draft', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const long = `half a thought ${'x'.repeat(3_900)}`;
  await chat.composer.fill(long);
  await page.locator('.me').click();
  await expect(languages(page).getByRole('option')).toHaveText(['English', '日本語']);
  await expect(languages(page)).toHaveValue('en');
  await languages(page).selectOption('日本語');

  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await chat.waitForState('live');
  await expect(composer(page)).toHaveAttribute('placeholder', `メッセージを入力（#${room}）`);
  await expect(composer(page)).toHaveValue(long);
  await expect(page.locator('.counter')).toHaveText('残り85文字');
  expect(await pageText(page)).not.toMatch(english);

  await page.reload();
  await chat.waitForState('live');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await expect(composer(page)).toHaveValue(long);

  await page.locator('.me').click();
  await languages(page).selectOption('English');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await chat.waitForState('live');
  await expect(chat.composer).toHaveValue(long);
});

test('drafts are kept per room and cleared when sent', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('sent');
  await chat.expectMessages('sent');
  await page.reload();
  await chat.waitForState('live');
  await expect(chat.composer).toHaveValue('');
  await chat.composer.fill('only here');
  await page.goto(deployment.pageUrl(`${room}-b`));
  await chat.waitForState('live');
  await expect(chat.composer).toHaveValue('');
  await page.goto(deployment.pageUrl(room));
  await chat.waitForState('live');
  await expect(chat.composer).toHaveValue('only here');
});
