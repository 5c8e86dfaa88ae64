import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test } from '../support/fixtures.ts';

const texts = (messages: Record<string, unknown>[]) => messages.map((message) => message['text']);

test('messages written offline survive a reload and are sent once', async ({ page, deployment, room, connect }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  const written = ['one from the tunnel', 'two from the tunnel', 'three from the tunnel'];

  await proxy.disconnect();
  await chat.waitForState('offline');
  for (const text of written) await chat.sendMessage(text);
  for (const text of written) await expect(chat.messageWithText(text)).toHaveAttribute('data-state', 'pending');

  await page.reload();
  await chat.expectMessages(...written);
  for (const text of written) await expect(chat.messageWithText(text)).toHaveAttribute('data-state', 'pending');

  proxy.restore();
  for (const text of written) await expect(chat.messageWithText(text)).toHaveAttribute('data-state', 'sent');
  await chat.expectMessages(...written);
  expect(texts(await (await connect(room)).newestMessages())).toEqual(written);

  await page.reload();
  await chat.waitForState('live');
  await chat.expectMessages(...written);
  expect(texts(await (await connect(room)).newestMessages())).toEqual(written);
});

test('messages sent in quick succession keep their order', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const written = Array.from({ length: 8 }, (_, index) => `word ${index + 1}`);
  for (const text of written) await chat.sendMessage(text);
  await chat.expectMessages(...written);
  for (const text of written) await expect(chat.messageWithText(text)).toHaveAttribute('data-state', 'sent');
  expect(texts(await (await connect(room)).newestMessages())).toEqual(written);
});

test('a message is retried when the server is unavailable', async ({ page, deployment, room, connect }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  proxy.rejectNextSend('unavailable');
  await chat.sendMessage('patience');
  await expect(chat.messageWithText('patience')).toHaveAttribute('data-state', 'sent');
  expect(texts(await (await connect(room)).newestMessages())).toEqual(['patience']);
});
