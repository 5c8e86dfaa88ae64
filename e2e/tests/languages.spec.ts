import type { Browser, Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test, type Deployment } from '../support/fixtures.ts';

/** A handful of what an English page says. */
const english = /Message|Send|Connect|online|Beginning|Nobody|hello|Today|name|Save|Cancel|Attach|Image|Close/;

/** The composer, whatever it is called. */
const composer = (page: Page) => page.locator('.composer-field');

/** The switch, by what it is called in both languages. */
const languages = (page: Page) => page.getByRole('combobox', { name: /Language/ });

/** Everything that the page says, to those who see it and to those who hear it, but for what people wrote. */
async function said(page: Page): Promise<string> {
  return page.locator('body').evaluate((body) => {
    const heard = ['aria-label', 'aria-description', 'title', 'placeholder', 'alt'];
    const copy = body.cloneNode(true) as HTMLElement;
    // Languages are called what they call themselves, and people as they like.
    copy.querySelectorAll('script, .language, .me-name, .room-name, .message-author').forEach((element) => element.remove());
    const attributes = [...copy.querySelectorAll('*')].flatMap((element) => heard.map((name) => element.getAttribute(name) ?? ''));
    return [copy.textContent, ...attributes].join('\n');
  });
}

/** The page as it is before any script runs. */
async function firstPaint(browser: Browser, deployment: Deployment, room: string, locale: string): Promise<Page> {
  const context = await browser.newContext({ locale, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(deployment.pageUrl(room));
  return page;
}

test.describe('a Japanese browser', () => {
  test.use({ locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });

  test('gets a Japanese page before any script runs', async ({ browser, deployment, room }) => {
    const page = await firstPaint(browser, deployment, room, 'ja-JP');
    await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
    await expect(page).toHaveTitle(`#${room} · チャット`);
    await expect(composer(page)).toHaveAttribute('placeholder', `メッセージを入力（#${room}）`);
    await expect(page.getByText('まだメッセージはありません。')).toBeVisible();
    expect(await said(page)).not.toMatch(english);
    await page.context().close();
  });

  test('gets a page that stays Japanese when it comes to life', async ({ page, deployment, room }) => {
    const chat = await ChatPage.open(page, deployment, room);
    await expect(page.locator('.online')).toHaveText('1人がオンライン');
    await composer(page).fill('こんにちは');
    await composer(page).press('Enter');
    await chat.expectMessages('こんにちは');
    await expect(page.locator('.day')).toHaveText('今日');
    await expect(chat.messages.locator('time')).toHaveText(/^\d{1,2}:\d\d$/);
    expect(await said(page)).not.toMatch(english);
  });

  test('reads the days of the past and the time of day as Japanese writes them', async ({ page, deployment, room, connect }) => {
    await (await connect(room)).sendMessage('昔');
    await page.clock.install({ time: Date.now() + 3 * 24 * 60 * 60 * 1000 });
    await ChatPage.open(page, deployment, room);
    await expect(page.locator('.day')).toHaveText(/^(\d{4}年)?\d{1,2}月\d{1,2}日[月火水木金土日]曜日$/);
  });

  test('reads in Japanese why a message was not sent', async ({ page, deployment, room }) => {
    const proxy = await SocketProxy.install(page);
    const chat = await ChatPage.open(page, deployment, room);
    proxy.rejectNextSend('badField');
    await composer(page).fill('届かない');
    await composer(page).press('Enter');
    const note = chat.messageWithText('届かない').locator('.message-note');
    await expect(note).toContainText('送信できませんでした。サーバーがこのメッセージを受け付けませんでした。');
    await expect(note.getByRole('button')).toHaveText(['再送信', '破棄']);
  });

  test('is told in Japanese that there is no such room', async ({ browser, deployment }) => {
    const page = await firstPaint(browser, deployment, 'NoSuchRoom', 'ja-JP');
    await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
    await expect(page.locator('h1')).toHaveText('ルームが見つかりません');
    await page.context().close();
  });

  test('does not send with the Enter that ends a composition', async ({ page, deployment, room }) => {
    const chat = await ChatPage.open(page, deployment, room);
    await composer(page).fill('にほんご');
    const composing = { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true };
    // Most browsers say that they compose; Safari says only that the key went to the input method.
    await composer(page).dispatchEvent('keydown', { ...composing, isComposing: true });
    await composer(page).dispatchEvent('keydown', { ...composing, keyCode: 229 });
    await expect(composer(page)).toHaveValue('にほんご');
    await expect(chat.messages).toHaveCount(0);
    await composer(page).press('Enter');
    await chat.expectMessages('にほんご');
  });
});

for (const [who, locale] of [['an English browser', 'en-GB'], ['a browser whose language the page is not in', 'de-DE']] as const) {
  test(`${who} gets an English page`, async ({ browser, deployment, room }) => {
    const page = await firstPaint(browser, deployment, room, locale);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await expect(page.getByText('Nobody has said anything here yet.')).toBeVisible();
    expect(await said(page)).not.toMatch(/[ぁ-ヿ一-鿿]/);
    await page.context().close();
  });
}

test('the language can be changed and stays, and so does what is being written', async ({ page, deployment, room }) => {
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
  expect(await said(page)).not.toMatch(english);

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

test('what was sent is not in the composer after a reload, and another room has its own', async ({ page, deployment, room }) => {
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
