import { ChatPage, Line } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';

const texts = (messages: Record<string, unknown>[]) => messages.map((message) => message['text']);

test('what was written without a connection survives a reload, and arrives once and in order', async ({ page, home, room, wire }) => {
  const line = await Line.lay(page);
  const chat = await ChatPage.open(page, home, room);
  const written = ['one from the tunnel', 'two from the tunnel', 'three from the tunnel'];

  await line.cut();
  await chat.is('offline');
  for (const text of written) await chat.say(text);
  for (const text of written) await expect(chat.saying(text)).toHaveAttribute('data-state', 'pending');

  await page.reload();
  await chat.shows(...written);
  for (const text of written) await expect(chat.saying(text)).toHaveAttribute('data-state', 'pending');

  line.mend();
  for (const text of written) await expect(chat.saying(text)).toHaveAttribute('data-state', 'sent');
  await chat.shows(...written);
  expect(texts(await (await wire(room)).newest())).toEqual(written);

  await page.reload();
  await chat.is('live');
  await chat.shows(...written);
  expect(texts(await (await wire(room)).newest())).toEqual(written);
});

test('messages written in one breath stand in the order in which they were written', async ({ page, home, room, wire }) => {
  const chat = await ChatPage.open(page, home, room);
  const written = Array.from({ length: 8 }, (_, index) => `word ${index + 1}`);
  for (const text of written) await chat.say(text);
  await chat.shows(...written);
  for (const text of written) await expect(chat.saying(text)).toHaveAttribute('data-state', 'sent');
  expect(texts(await (await wire(room)).newest())).toEqual(written);
});

test('a message that the server cannot take right now is sent again without being asked', async ({ page, home, room, wire }) => {
  const line = await Line.lay(page);
  const chat = await ChatPage.open(page, home, room);
  line.refuseNextSend('unavailable');
  await chat.say('patience');
  await expect(chat.saying('patience')).toHaveAttribute('data-state', 'sent');
  expect(texts(await (await wire(room)).newest())).toEqual(['patience']);
});
