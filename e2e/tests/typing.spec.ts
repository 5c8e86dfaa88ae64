import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';

test('others see that somebody is typing, until they have spoken', async ({ page, browser, home, room, wire }) => {
  const chat = await ChatPage.open(page, home, room);
  const other = await browser.newPage();
  const ben = await ChatPage.open(other, home, room);
  const typing = page.locator('.typing');
  await expect(typing).toBeEmpty();
  await ben.composer.pressSequentially('hel');
  await expect(typing).toHaveText(/ is typing…$/);
  await expect(other.locator('.typing')).toBeEmpty();
  const ann = await wire(room);
  ann.send({ action: 'typing' });
  await expect(typing).toHaveText(/ and .* are typing…$/);
  await ann.say('hello');
  await expect(typing).toHaveText(/ is typing…$/);
  await ben.composer.press('Enter');
  await chat.shows('hello', 'hel');
  await expect(typing).toBeEmpty();
  await other.close();
});

test('emoji alone are large', async ({ page, home, room }) => {
  const chat = await ChatPage.open(page, home, room);
  await chat.say('🎉 👍🏽');
  await chat.say('well done 🎉');
  const size = (text: string) => chat.saying(text).locator('.message-text').evaluate((text) => parseFloat(getComputedStyle(text).fontSize));
  expect(await size('🎉 👍🏽')).toBeGreaterThan(1.5 * (await size('well done 🎉')));
});
