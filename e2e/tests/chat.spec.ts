import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test } from '../support/fixtures.ts';
import { messageLimit } from '../support/settings.ts';

test('two pages exchange messages', async ({ browser, page, deployment, room }) => {
  const ann = await ChatPage.open(page, deployment, room);
  const ben = await ChatPage.open(await (await browser.newContext()).newPage(), deployment, room);

  await ann.sendMessage('Hello Ben');
  await ben.expectMessages('Hello Ben');
  await ben.sendMessage('Hello Ann');
  await ann.expectMessages('Hello Ben', 'Hello Ann');
  await ben.expectMessages('Hello Ben', 'Hello Ann');
  await ben.page.context().close();
});

test('a late visitor gets all messages in order without scripts', async ({ browser, deployment, room, connect }) => {
  const early = await connect(room);
  for (const text of ['one', 'two', 'three']) await early.sendMessage(text);

  const context = await browser.newContext({ javaScriptEnabled: false });
  const late = await context.newPage();
  const answer = await late.goto(deployment.pageUrl(room));
  expect(answer?.status()).toBe(200);
  await new ChatPage(late).expectMessages('one', 'two', 'three');
  await expect(late.locator('h1')).toContainText(room);
  await context.close();
});

test('a minimal send without hello and ticket reaches everyone', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const [sender, listener] = [await connect(room), await connect(room)];

  sender.send('{"action":"send","text":"hi"}');
  await chat.expectMessages('hi');
  expect(await listener.next('message')).toMatchObject({ text: 'hi' });
  expect(await sender.next('message')).toMatchObject({ text: 'hi', seq: expect.any(Number), nonce: expect.any(String) });
});

test('messages stay in their room', async ({ room, connect }) => {
  const [here, there] = [await connect(room), await connect(`${room}-b`)];
  await here.sendMessage('only here');
  await there.sendMessage('only there');
  expect((await there.newestMessages()).map((message) => message['text'])).toEqual(['only there']);
});

test('an own message is pending until the server confirms it', async ({ page, deployment, room }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);

  proxy.holdSends();
  await chat.sendMessage('wait for it');
  const message = chat.messageWithText('wait for it');
  await expect(message).toHaveAttribute('data-state', 'pending');
  proxy.releaseSends();
  await expect(message).toHaveAttribute('data-state', 'sent');
  await expect(message).toHaveAttribute('data-seq', /^\d+$/);
  await expect(chat.messages).toHaveCount(1);
});

test('a rejected message is kept as failed and can be retried', async ({ page, deployment, room, connect }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);

  proxy.rejectNextSend('badField');
  await chat.sendMessage('second try');
  const message = chat.messageWithText('second try');
  await expect(message).toHaveAttribute('data-state', 'failed');
  await message.getByRole('button', { name: 'Retry' }).click();
  await expect(message).toHaveAttribute('data-state', 'sent');
  await expect(chat.messages).toHaveCount(1);
  expect(await (await connect(room)).newestMessages()).toHaveLength(1);
});

test('a message written offline is sent once after reconnecting', async ({ page, deployment, room, connect }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);

  await proxy.disconnect();
  await chat.waitForState('offline');
  await expect(page.getByRole('status').filter({ hasText: 'Offline' })).toBeVisible();
  await chat.sendMessage('from the tunnel');
  await expect(chat.messageWithText('from the tunnel')).toHaveAttribute('data-state', 'pending');

  const other = await connect(room);
  await other.sendMessage('meanwhile');
  proxy.restore();
  await chat.waitForState('live');
  await expect(chat.messageWithText('from the tunnel')).toHaveAttribute('data-state', 'sent');
  // The page catches up on missed messages, and the order is the server's.
  await chat.expectMessages('meanwhile', 'from the tunnel');
  expect((await other.newestMessages()).map((message) => message['text'])).toEqual(['meanwhile', 'from the tunnel']);
});

test('a message with a lost acknowledgement is stored once', async ({ page, deployment, room, connect }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  const observer = await connect(room);

  proxy.dropReplies();
  await chat.sendMessage('did you get this?');
  // The message did arrive; only the page does not know it.
  expect(await observer.next('message')).toMatchObject({ text: 'did you get this?' });
  await expect(chat.messageWithText('did you get this?')).toHaveAttribute('data-state', 'pending');
  await proxy.disconnect();
  await chat.waitForState('offline');
  proxy.restore();
  await expect(chat.messageWithText('did you get this?')).toHaveAttribute('data-state', 'sent');

  await observer.sendMessage('the end');
  await chat.expectMessages('did you get this?', 'the end');
  expect((await observer.newestMessages()).map((message) => message['text'])).toEqual(['did you get this?', 'the end']);
});

test('the Reconnect button reconnects without waiting', async ({ page, deployment, room }) => {
  const proxy = await SocketProxy.install(page);
  await page.clock.install();
  const chat = await ChatPage.open(page, deployment, room);

  // The clock is paused, so the page does not retry by itself.
  await page.clock.pauseAt(Date.now() + 1_000);
  await proxy.disconnect();
  await chat.waitForState('offline');
  proxy.restore();
  await page.getByRole('button', { name: 'Reconnect now' }).click();
  await chat.waitForState('live');
});

test('a new name appears in the header and on new messages', async ({ browser, page, deployment, room }) => {
  const ann = await ChatPage.open(page, deployment, room);
  const ben = await ChatPage.open(await (await browser.newContext()).newPage(), deployment, room);

  await page.locator('.me').click();
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ann Onymous');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.me')).toContainText('Ann Onymous');
  await expect(page.getByRole('textbox', { name: 'Your name' })).toBeHidden();
  await ann.sendMessage('it is me');
  await expect(ben.messageWithText('it is me').locator('.message-author')).toContainText('Ann Onymous');
  await ben.page.context().close();
});

test('consecutive messages of one person show the author once', async ({ page, deployment, room, connect }) => {
  const [ann, ben] = [await connect(room), await connect(room)];
  for (const text of ['a1', 'a2']) await ann.sendMessage(text);
  await ben.sendMessage('b1');
  await ann.sendMessage('a3');

  const chat = await ChatPage.open(page, deployment, room);
  await chat.expectMessages('a1', 'a2', 'b1', 'a3');
  const shown = chat.messages.evaluateAll((articles) => articles.map((article) => article.querySelector('.message-author') !== null));
  expect(await shown).toEqual([true, false, true, true]);
});

test('the online count follows people joining and leaving', async ({ page, deployment, room, connect }) => {
  await ChatPage.open(page, deployment, room);
  const online = page.locator('.online');
  await expect(online).toContainText('1');
  const other = await connect(room);
  other.send({ action: 'hello' });
  await expect(online).toContainText('2');
  other.close();
  await expect(online).toContainText('1');
});

test('HTML in messages is shown as text', async ({ page, deployment, room, connect }) => {
  const attack = '<img src=x onerror="document.title=1"></script><script>document.title=2</script>&amp;';
  await (await connect(room)).sendMessage(attack);
  const chat = await ChatPage.open(page, deployment, room);
  await chat.expectMessages(attack);
  await chat.sendMessage(`again ${attack}`);
  await chat.expectMessages(attack, `again ${attack}`);
  await expect(page.locator('[role=log] img, [role=log] script')).toHaveCount(0);
});

test('Enter sends and Shift+Enter starts a new line', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.composer.focus();
  await page.keyboard.type('first');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('second');
  await expect(chat.messages).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(chat.messages).toHaveCount(1);
  expect(await chat.messages.locator('.message-text').innerText()).toBe('first\nsecond');
  await expect(chat.composer).toHaveValue('');
});

test('Enter that ends an IME composition does not send', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.composer.fill('にほん');
  // The event while a candidate is chosen: composing, with the key code that means "handled by the input method".
  await chat.composer.dispatchEvent('keydown', { key: 'Enter', code: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true });
  await expect(chat.composer).toHaveValue('にほん');
  await expect(chat.messages).toHaveCount(0);
  // The same key sends when nothing is being composed, so the composition prevented it.
  await chat.composer.press('Enter');
  await chat.expectMessages('にほん');
});

test('scrolling up loads older messages back to the first', async ({ page, deployment, room, connect }) => {
  const sender = await connect(room);
  const all = Array.from({ length: 2 * messageLimit + 5 }, (_, at) => `line ${at + 1}`);
  for (const text of all) await sender.sendMessage(text);

  const chat = await ChatPage.open(page, deployment, room);
  await expect(chat.messages).toHaveCount(messageLimit);
  await expect(chat.messageWithText(all.at(-1)!)).toBeInViewport();
  await chat.scrollToOldest();
  // The page keeps the scroll position when it inserts older messages: the former top message is still in view.
  await expect.poll(() => chat.messages.count()).toBeGreaterThan(messageLimit);
  await expect(chat.messageWithText(all.at(-messageLimit)!)).toBeInViewport();
  await expect(async () => {
    await chat.scrollToOldest();
    await expect(page.getByText(`Beginning of #${room}`)).toBeInViewport({ timeout: 500 });
  }).toPass();
  await chat.expectMessages(...all);
});

test('new messages do not scroll a reader who is further up', async ({ page, deployment, room, connect }) => {
  const sender = await connect(room);
  for (let at = 1; at <= messageLimit; at += 1) await sender.sendMessage(`line ${at}`);
  const chat = await ChatPage.open(page, deployment, room);

  // At the bottom, a new message scrolls into view.
  await sender.sendMessage('you are at the bottom');
  await expect(chat.messageWithText('you are at the bottom')).toBeInViewport();
  await expect(chat.newMessages).toBeHidden();

  await chat.scrollToOldest();
  await expect(chat.messageWithText('line 1')).toBeInViewport();
  await sender.sendMessage('you are at the top');
  await expect(chat.newMessages).toBeVisible();
  await expect(chat.messageWithText('line 1')).toBeInViewport();
  await chat.newMessages.click();
  await expect(chat.messageWithText('you are at the top')).toBeInViewport();
  await expect(chat.newMessages).toBeHidden();
});
