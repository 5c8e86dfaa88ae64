import { ChatPage, openSecondBrowser } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { hold, waitForPart } from '../support/on_demand.ts';

// Several tabs of one browser.

test('a new name is taken by the other tabs of the browser', async ({ page, context, browser, deployment, room, connect }) => {
  const ann = await connect(room);
  ann.send({ action: 'hello' });
  const chat = await ChatPage.open(page, deployment, room);
  const other = await ChatPage.open(await context.newPage(), deployment, room);
  const stranger = await openSecondBrowser(browser, deployment, room);
  // The tabs follow as soon as the dialogs are loaded.
  for (const tab of [chat, other, stranger]) await expect(tab.page.locator('dialog.search')).toHaveCount(1);
  await page.locator('.me').click();
  await page.getByRole('textbox', { name: 'Your name' }).fill('Grace');
  await page.keyboard.press('Enter');
  await expect(other.page.locator('.me-name')).toHaveText('Grace');
  await other.sendMessage('from the other tab');
  const message = await ann.next('message');
  expect(message).toMatchObject({ author: { name: 'Grace' } });
  await expect(stranger.page.locator('.me-name')).not.toHaveText('Grace');
  expect(await page.evaluate(() => localStorage.getItem('renamed'))).toBeNull();
  await stranger.page.context().close();
});

test('a tab that has not loaded its dialogs takes a new name when it has', async ({ page, context, deployment, room, connect }) => {
  const ann = await connect(room);
  ann.send({ action: 'hello' });
  await ChatPage.open(page, deployment, room);
  await waitForPart(page);
  const tab = await context.newPage();
  const answer = await hold(tab);
  const other = await ChatPage.open(tab, deployment, room);
  await page.locator('.me').click();
  await page.getByRole('textbox', { name: 'Your name' }).fill('Grace');
  await page.keyboard.press('Enter');
  await expect(page.locator('.me-name')).toHaveText('Grace');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  answer();
  await expect(tab.locator('.me-name')).toHaveText('Grace');
  await other.sendMessage('from the late tab');
  expect(await ann.next('message')).toMatchObject({ author: { name: 'Grace' } });
});
