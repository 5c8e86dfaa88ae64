import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { expectNoShift, recordShifts } from '../support/layout_shifts.ts';
import { loadOnlyWhenNeeded, waitForPart } from '../support/on_demand.ts';
import type { WireClient } from '../support/wire_client.ts';

// The people in the room: a panel beside the log on wide screens, a dialog on others.

const panel = (page: Page) => page.getByRole('complementary', { name: 'People here' });
const button = (page: Page) => page.locator('.presence');
const person = (page: Page, name: string) => panel(page).getByRole('button', { name: new RegExp(`^${name}`) });
const card = (page: Page, name: string) => page.getByRole('dialog', { name });

async function renamed(client: WireClient, name: string): Promise<WireClient> {
  client.send({ action: 'hello' });
  await client.next('page');
  client.send({ action: 'rename', name });
  await client.next('welcome');
  return client;
}

/** Reports that the page of a socket is hidden or visible. */
async function reportHidden(client: WireClient, hidden: boolean): Promise<void> {
  client.send({ action: 'changes', after: 0, hidden });
  await client.next('changes');
}

test.describe('on a wide screen', () => {
  test.use({ viewport: { width: 1280, height: 800 } });

  test('the people are a panel, which stays open after a reload without a shift of the layout', async ({ page, deployment, room, connect }) => {
    const ann = await renamed(await connect(room), 'Ann of Cleves');
    await ann.sendMessage('a text that is long enough to fill more than one line of the log beside the panel '.repeat(4));
    await recordShifts(page);
    const chat = await ChatPage.open(page, deployment, room);
    await expect(page.getByText('2 online')).toBeVisible();
    await expect(panel(page)).toHaveCount(0);
    await button(page).click();
    await expect(panel(page).getByRole('button', { name: 'Ann of Cleves' })).toBeVisible();
    await expect(panel(page).getByRole('listitem')).toHaveCount(2);
    await expect(button(page)).toHaveAttribute('aria-expanded', 'true');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expectAccessible(page);

    await page.reload();
    await expect(person(page, 'Ann of Cleves')).toBeVisible();
    await chat.waitForState('live');
    await expectNoShift(page);
    // The log is as wide as before, and the panel beside it.
    const [log, side] = await Promise.all([chat.log.boundingBox(), panel(page).boundingBox()]);
    expect(log!.x + log!.width).toBeLessThanOrEqual(side!.x + 1);

    await panel(page).getByRole('button', { name: 'Close' }).click();
    await expect(panel(page)).toHaveCount(0);
    await expect(button(page)).toBeFocused();
    await expect(button(page)).toHaveAttribute('aria-expanded', 'false');
    await page.reload();
    await chat.waitForState('live');
    await expect(button(page)).toHaveAttribute('aria-expanded', 'false');
    await expect(panel(page)).toHaveCount(0);
  });

  test('a click closes the panel of an earlier page, also before it is drawn', async ({ page, deployment, room }) => {
    const chat = await ChatPage.open(page, deployment, room);
    await button(page).click();
    await expect(panel(page)).toBeVisible();
    await loadOnlyWhenNeeded(page);
    await page.reload();
    await chat.waitForState('live');
    await expect(page.locator('html')).toHaveAttribute('data-people');
    await expect(panel(page)).toHaveCount(0);
    await button(page).click();
    await waitForPart(page);
    await expect(button(page)).toHaveAttribute('aria-expanded', 'false');
    await expect(panel(page)).toHaveCount(0);
    await expect(page.locator('html')).not.toHaveAttribute('data-people');
  });

  test('who came, went or hid all pages is shown', async ({ page, deployment, room, connect }) => {
    const ann = await renamed(await connect(room), 'Ann');
    await ChatPage.open(page, deployment, room);
    await button(page).click();
    await expect(person(page, 'Ann')).not.toContainText('Away');
    await reportHidden(ann, true);
    const bea = await renamed(await connect(room), 'Bea');
    await expect(person(page, 'Bea')).toBeVisible();
    await expect(person(page, 'Ann')).toContainText('Away');
    await expect(person(page, 'Bea')).not.toContainText('Away');
    await expectAccessible(page);
    await reportHidden(ann, false);
    bea.close();
    await expect(person(page, 'Bea')).toHaveCount(0);
    await expect(person(page, 'Ann')).not.toContainText('Away');
    // An open panel asks again when it is opened.
    await reportHidden(ann, true);
    await button(page).click();
    await button(page).click();
    await expect(person(page, 'Ann')).toContainText('Away');
  });

  test('the card of a person has their id and mentions them, with the keyboard', async ({ page, deployment, room, connect }) => {
    const ann = await connect(room);
    const { author } = await (await renamed(ann, 'Ann')).sendMessage('hi');
    const chat = await ChatPage.open(page, deployment, room);
    await button(page).focus();
    await page.keyboard.press('Enter');
    await person(page, 'Ann').focus();
    await page.keyboard.press('Enter');
    await expect(card(page, 'Ann')).toBeVisible();
    await expect(card(page, 'Ann').locator('code')).toHaveText(author.id);
    await expect(card(page, 'Ann')).toContainText('Here');
    await expect(card(page, 'Ann').getByRole('button', { name: /Mute or ban/ })).toHaveCount(0);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(person(page, 'Ann')).toBeFocused();
    await chat.composer.fill('hello ');
    await person(page, 'Ann').click();
    await card(page, 'Ann').getByRole('button', { name: 'Mention' }).click();
    await expect(chat.composer).toHaveValue('hello @Ann ');
    await expect(chat.composer).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(chat.messageWithText('hello @Ann').locator('.mention')).toHaveText('@Ann');
    // One's own card mentions nobody.
    await panel(page).getByRole('button', { name: '(you)' }).click();
    await expect(page.getByRole('dialog').getByRole('button', { name: 'Mention' })).toHaveCount(0);
    await page.keyboard.press('Escape');
    await person(page, 'Ann').focus();
    await page.keyboard.press('Escape');
    await expect(panel(page)).toHaveCount(0);
    await expect(button(page)).toBeFocused();
  });

  test('on a narrower window the panel gives way to the dialog', async ({ page, deployment, room }) => {
    await ChatPage.open(page, deployment, room);
    await button(page).click();
    await expect(panel(page)).toBeVisible();
    await page.setViewportSize({ width: 1024, height: 800 });
    await expect(panel(page)).toBeHidden();
    await expect(button(page)).not.toHaveAttribute('aria-expanded');
    await button(page).click();
    await expect(page.getByRole('dialog', { name: 'People here' })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 1280, height: 800 });
    await expect(panel(page)).toBeVisible();
    await expect(button(page)).toHaveAttribute('aria-expanded', 'true');
  });

  test('the panel is in Japanese', async ({ browser, deployment, room, connect }) => {
    const page = await (await browser.newContext({ locale: 'ja-JP', viewport: { width: 1280, height: 800 } })).newPage();
    const ann = await renamed(await connect(room), 'Ann');
    await reportHidden(ann, true);
    await ChatPage.open(page, deployment, room);
    await button(page).click();
    const row = page.getByRole('complementary').getByRole('button', { name: 'Ann' });
    await expect(row).toContainText('離席中');
    await row.click();
    await expect(card(page, 'Ann')).toContainText('離席中');
    await expect(card(page, 'Ann').getByRole('button', { name: 'メンションする' })).toBeVisible();
    await expectAccessible(page);
  });
});

test('on a phone the people are a dialog, also if the panel is open elsewhere', async ({ browser, deployment, room, connect }) => {
  const phone = { locale: 'en-GB', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const context = await browser.newContext(phone);
  const url = new URL(deployment.pageUrl(room)).origin;
  await context.addCookies([{ name: 'people', value: 'open', url }]);
  const page = await context.newPage();
  const ann = await renamed(await connect(room), 'Ann');
  await reportHidden(ann, true);
  await ChatPage.open(page, deployment, room);
  await expect(panel(page)).toBeHidden();
  await button(page).tap();
  const dialog = page.getByRole('dialog', { name: 'People here' });
  await expect(dialog.getByRole('listitem').filter({ hasText: 'Ann' })).toContainText('Away');
  await expect(button(page)).not.toHaveAttribute('aria-expanded');
  await expectAccessible(page);
});
