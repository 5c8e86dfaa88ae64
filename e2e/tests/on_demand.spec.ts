import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { hold, loadOnlyWhenNeeded, PART, STYLE_SHEET } from '../support/on_demand.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test } from '../support/fixtures.ts';

// What reading and writing do not need is loaded when the page is live, a second after its start at the latest, or when it is first needed.

const PROGRAM = /_bg\.wasm$/;

const search = (page: Page) => page.getByRole('dialog', { name: 'Search', exact: true });
const placeholder = (page: Page) => page.getByRole('dialog', { name: 'Loading…' });

for (const [file, type] of [[PART, 'application/wasm'], [STYLE_SHEET, 'text/css']] as const) {
  test(`the dialogs are loaded after the program, with an immutable name (${type})`, async ({ page, deployment, room }) => {
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    const answer = page.waitForResponse(file);
    await ChatPage.open(page, deployment, room);
    const headers = await (await answer).allHeaders();
    expect(headers['content-type']).toContain(type);
    expect(headers['cache-control']).toContain('immutable');
    const position = (file: RegExp) => requested.findIndex((url) => file.test(url));
    expect(position(PROGRAM)).toBeGreaterThan(-1);
    expect(position(file)).toBeGreaterThan(position(PROGRAM));
    await page.locator('.me').click();
    await expect(page.getByRole('dialog', { name: 'You' })).toBeVisible();
  });
}

test('the part is loaded as soon as the page is live, and never later than a second after its start', async ({ page, deployment, room }) => {
  // The timer of the page that is not live never ends.
  await page.addInitScript(() => {
    const { setTimeout } = window;
    const after = (act: TimerHandler, time?: number, ...rest: unknown[]) => (time === 1000 ? 0 : setTimeout(act, time, ...rest));
    window.setTimeout = after as typeof window.setTimeout;
  });
  const proxy = await SocketProxy.install(page);
  proxy.dropReplies();
  let isRequested = false;
  page.on('request', (request) => (isRequested ||= PART.test(request.url())));
  await page.goto(deployment.pageUrl(room));
  await expect(page.locator('.chat')).toHaveAttribute('data-connection', 'connecting');
  await page.waitForLoadState('networkidle');
  expect(isRequested).toBe(false);
  const part = page.waitForRequest(PART);
  await proxy.disconnect();
  proxy.restore();
  await new ChatPage(page).waitForState('live');
  await part;
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('nothing is loaded on demand', async ({ page, deployment, room }) => {
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    // All style sheets of a page are requested before it is loaded.
    await page.goto(deployment.pageUrl(room), { waitUntil: 'load' });
    expect(requested.filter((url) => url.endsWith('.css'))).toHaveLength(1);
    expect(requested.filter((url) => url.includes('on_demand'))).toEqual([]);
  });
});

for (const [locale, own, ofDialogs, other] of [
  ['en-GB', 'Trying again…', 'Nothing found.', '再接続'],
  ['ja-JP', '再接続中…', '検索する言葉', 'Nothing found.'],
] as const) {
  test.describe(`in the language ${locale}`, () => {
    test.use({ locale });

    test('the program has the texts of this language only, and those of the dialogs on demand', async ({ page, deployment, room }) => {
      const [program, part] = [page.waitForResponse(PROGRAM), page.waitForResponse(PART)];
      await ChatPage.open(page, deployment, room);
      const [first, onDemand] = [(await (await program).body()).toString(), (await (await part).body()).toString()];
      expect([first.includes(own), onDemand.includes(own)]).toEqual([true, false]);
      expect([first.includes(ofDialogs), onDemand.includes(ofDialogs)]).toEqual([false, true]);
      expect([first.includes(other), onDemand.includes(other)]).toEqual([false, false]);
    });
  });
}

test('a dialog that is opened before it is loaded opens when it is', async ({ page, deployment, room }) => {
  const answerPart = await hold(page);
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

test('a dialog is styled when it first appears', async ({ page, deployment, room }) => {
  const answerStyleSheet = await hold(page, STYLE_SHEET);
  const part = page.waitForResponse(PART);
  await ChatPage.open(page, deployment, room);
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(placeholder(page)).toBeVisible();
  await (await part).finished();
  const display = page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const check = () => {
          const form = document.querySelector('dialog.search[open] .sheet-form');
          if (form) resolve(getComputedStyle(form).display);
        };
        new MutationObserver(check).observe(document, { subtree: true, childList: true, attributes: true });
        check();
      }),
  );
  await expect(page.locator('dialog.search')).toHaveCount(0);
  answerStyleSheet();
  expect(await display).toBe('flex');
  await expect(placeholder(page)).toBeHidden();
});

test('a dialog about a message opens for that message when it is loaded', async ({ page, deployment, room }) => {
  const answerPart = await hold(page);
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('to be deleted');
  await expect(chat.messageWithText('to be deleted')).toHaveAttribute('data-state', 'sent');
  // An edit without a text is a deletion.
  await chat.composer.press('ArrowUp');
  await expect(chat.composer).toHaveValue('to be deleted');
  await chat.composer.fill('');
  await chat.composer.press('Enter');
  await expect(placeholder(page)).toBeVisible();
  answerPart();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(chat.messageWithText('to be deleted')).toHaveCount(0);
});

test('a visitor who closes the placeholder does not get the dialog', async ({ page, deployment, room }) => {
  const answerPart = await hold(page);
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

for (const [language, file, title, sentence, again] of [
  ['en', PART, 'Not loaded', 'This could not be loaded. Check your connection, or reload the page.', 'Try again'],
  ['ja', STYLE_SHEET, '読み込みエラー', '読み込めませんでした。接続を確認するか、ページを再読み込みしてください。', 'もう一度試す'],
] as const) {
  test(`a dialog that could not be loaded says so, and is loaded again on request (${language})`, async ({ page, context, deployment, room }) => {
    await context.addCookies([{ name: 'language', value: language, url: deployment.pageUrl(room) }]);
    let attempts = 0;
    await page.route(file, async (route) => {
      attempts += 1;
      await (attempts < 3 ? route.abort() : route.continue());
    });
    await ChatPage.open(page, deployment, room);
    await page.locator('.bar-button').last().click();
    const failed = page.locator('dialog.loading');
    await expect(failed).toHaveAccessibleName(title);
    await expect(failed).toContainText(sentence);
    // The first attempt is the page's own, unless the click came before it.
    await expect(async () => {
      await failed.getByRole('button', { name: again }).click({ timeout: 1000 });
      await expect(page.locator('dialog.search')).toBeVisible({ timeout: 1000 });
    }).toPass();
    await expect(failed).toBeHidden();
    await expect(page.locator('dialog.search .sheet-form')).toHaveCSS('display', 'flex');
    await expect(page.locator('link[rel=stylesheet]')).toHaveCount(2);
  });
}

test('a name that is typed before the suggestions are loaded has them when they are', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  ann.send({ action: 'hello' });
  await ann.next('page');
  ann.send({ action: 'rename', name: 'Ann' });
  await ann.next('welcome');
  const answerPart = await hold(page);
  const chat = await ChatPage.open(page, deployment, room);
  await expect(page.getByText('2 online')).toBeVisible();
  await chat.composer.pressSequentially('hi @a');
  const list = page.getByRole('listbox', { name: 'People to mention' });
  await expect(list).toHaveCount(0);
  answerPart();
  await expect(list.getByRole('option', { selected: true })).toHaveText(/Ann$/);
  await expect(chat.composer).toHaveAttribute('aria-activedescendant', 'mention-0');
  await chat.composer.press('Tab');
  await expect(chat.composer).toHaveValue('hi @Ann ');
  await expect(chat.composer).toBeFocused();
});

test('typing the first name of a mention loads the suggestions', async ({ page, deployment, room }) => {
  await loadOnlyWhenNeeded(page);
  const chat = await ChatPage.open(page, deployment, room);
  const loaded = page.waitForResponse(PART);
  await chat.composer.pressSequentially('hi @');
  await loaded;
});

test.describe('with a service worker', () => {
  test.use({ serviceWorkers: 'allow' });

  test('a dialog opens offline that was never opened before', async ({ page, context, deployment, room }) => {
    const proxy = await SocketProxy.install(page);
    const chat = await ChatPage.open(page, deployment, room);
    const cached = () =>
      page.evaluate(async () => (await (await caches.open('assets-1')).keys()).map(({ url }) => new URL(url).pathname));
    for (const file of [PART, STYLE_SHEET]) await expect.poll(cached).toContainEqual(expect.stringMatching(file));
    await context.setOffline(true);
    await proxy.disconnect();
    await page.reload();
    await chat.waitForState('offline');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(search(page)).toBeVisible();
    await expect(search(page).locator('.sheet-form')).toHaveCSS('display', 'flex');
  });
});
