import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';

test('the typing indicator ends with the message', async ({ page, browser, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const other = await browser.newPage();
  const ben = await ChatPage.open(other, deployment, room);
  const typing = page.locator('.typing');
  await expect(typing).toBeEmpty();
  await ben.composer.pressSequentially('hel');
  await expect(typing).toHaveText(/ is typing…$/);
  await expect(other.locator('.typing')).toBeEmpty();
  const ann = await connect(room);
  ann.send({ action: 'typing' });
  await expect(typing).toHaveText(/ and .* are typing…$/);
  await ann.sendMessage('hello');
  await expect(typing).toHaveText(/ is typing…$/);
  await ben.composer.press('Enter');
  await chat.expectMessages('hello', 'hel');
  await expect(typing).toBeEmpty();
  await other.close();
});

test('typing again right after sending is shown at once', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const ann = await connect(room);
  ann.send({ action: 'hello' });
  await chat.composer.pressSequentially('hel');
  await ann.next('typing');
  await chat.composer.press('Enter');
  await ann.next('message');
  await chat.composer.pressSequentially('and');
  // The page tells of typing once in eight seconds, unless a message came between.
  const typed = Date.now();
  await ann.next('typing');
  expect(Date.now() - typed).toBeLessThan(2_000);
});

test('messages of emoji alone are large', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('🎉 👍🏽');
  await chat.sendMessage('well done 🎉');
  const size = (text: string) => chat.messageWithText(text).locator('.message-text').evaluate((text) => parseFloat(getComputedStyle(text).fontSize));
  expect(await size('🎉 👍🏽')).toBeGreaterThan(1.5 * (await size('well done 🎉')));
});
