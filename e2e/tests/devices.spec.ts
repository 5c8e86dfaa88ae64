import type { Browser, Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, guestCookie, test } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';
import { sessionPersonId } from '../support/moderation_fixtures.ts';

// Links that sign another browser in as the same person.

/** Opens the dialog from the profile. Returns the link. */
async function makeLink(page: Page): Promise<string> {
  await page.locator('.me').click();
  await page.getByRole('button', { name: 'Use on another device' }).click();
  const field = page.getByRole('dialog', { name: 'Use on another device' }).getByLabel('Link', { exact: true });
  await expect(field).toHaveValue(/\/device#[\w-]{24}$/);
  return field.inputValue();
}

async function rename(page: Page, name: string): Promise<void> {
  await page.locator('.me').click();
  await page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.me-name')).toHaveText(name);
  // The dialog is closed by the answer.
  await expect(page.getByRole('textbox', { name: 'Your name' })).toBeHidden();
}

const newPage = async (browser: Browser, options = {}) => (await browser.newContext({ locale: 'en-GB', ...options })).newPage();

for (const [name, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test(`a link signs another browser in as the same person, after a question, on a ${name}`, async ({ page, browser, deployment, room }) => {
    await page.setViewportSize(viewport);
    const chat = await ChatPage.open(page, deployment, room);
    await rename(page, 'Ann');
    await chat.sendMessage('from the first device');
    await expect(chat.messageWithText('from the first device')).toHaveAttribute('data-state', 'sent');
    const link = await makeLink(page);
    const dialog = page.getByRole('dialog', { name: 'Use on another device' });
    await expect(dialog).toContainText('within 10 minutes');
    await expect(dialog.getByRole('img', { name: 'QR code of the link' })).toBeVisible();
    await expectAccessible(page);

    const other = await newPage(browser, { viewport });
    await other.goto(link);
    await expect(other.getByRole('heading')).toHaveText('Continue as Ann');
    await expect(other.getByText('In this browser you are')).toHaveCount(0);
    await expectAccessible(other);
    // The question signs nobody in.
    expect(await other.context().cookies()).toEqual([]);
    await other.getByRole('button', { name: 'Continue as Ann' }).click();
    const second = new ChatPage(other);
    await second.waitForState('live');
    expect(await sessionPersonId(other)).toBe(await sessionPersonId(page));
    await expect(other.locator('.me-name')).toHaveText('Ann');
    await other.goto(deployment.pageUrl(room));
    await second.waitForState('live');
    // Only its author can edit a message.
    const menu = await (await Message.withText(second, 'from the first device')).menu();
    await expect(menu.getByRole('button', { name: 'Edit' })).toBeVisible();

    const late = await newPage(browser, { viewport });
    await late.goto(link);
    await expect(late.getByRole('alert')).toContainText('This link was used already.');
    await expectAccessible(late);
    for (const opened of [other, late]) await opened.context().close();
  });
}

test('a browser that is somebody else is told what happens to them', async ({ page, browser, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  await rename(page, 'Ann');
  const link = await makeLink(page);
  const other = await newPage(browser);
  await ChatPage.open(other, deployment, room);
  await rename(other, 'Ben');
  const ben = await sessionPersonId(other);
  await other.goto(link);
  await expect(other.getByText('In this browser you are Ben at the moment.')).toBeVisible();
  await other.getByRole('link', { name: 'Cancel' }).click();
  await new ChatPage(other).waitForState('live');
  expect(await sessionPersonId(other)).toBe(ben);
  // Cancelling takes no use.
  await other.goto(link);
  await other.getByRole('button', { name: 'Continue as Ann' }).click();
  await new ChatPage(other).waitForState('live');
  expect(await sessionPersonId(other)).toBe(await sessionPersonId(page));
  await other.context().close();
});

test('a page of another site cannot sign a visitor in', async ({ page, browser, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  const link = await makeLink(page);
  const { origin, hash } = new URL(link);
  const victim = await newPage(browser);
  await victim.route('http://evil.example/', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method="post" action="${origin}/device"><input name="token" value="${hash.slice(1)}"><input name="visitor" value="x"></form><script>document.forms[0].submit()</script>`,
    }),
  );
  const answer = victim.waitForResponse(`${origin}/device`);
  await victim.goto('http://evil.example/');
  expect((await answer).status()).toBe(403);
  expect((await victim.context().cookies(origin)).filter(({ name }) => name === guestCookie(deployment))).toEqual([]);
  await victim.context().close();
});
