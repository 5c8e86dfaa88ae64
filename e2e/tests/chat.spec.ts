import { ChatPage, Line } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { messageLimit } from '../support/settings.ts';

test('two pages talk to each other both ways', async ({ browser, page, home, room }) => {
  const ann = await ChatPage.open(page, home, room);
  const ben = await ChatPage.open(await (await browser.newContext()).newPage(), home, room);

  await ann.say('Hello Ben');
  await ben.shows('Hello Ben');
  await ben.say('Hello Ann');
  await ann.shows('Hello Ben', 'Hello Ann');
  await ben.shows('Hello Ben', 'Hello Ann');
  await ben.page.context().close();
});

test('who joins late reads everything in order before any script runs', async ({ browser, home, room, wire }) => {
  const early = await wire(room);
  for (const text of ['one', 'two', 'three']) await early.say(text);

  const context = await browser.newContext({ javaScriptEnabled: false });
  const late = await context.newPage();
  const answer = await late.goto(home.page(room));
  expect(answer?.status()).toBe(200);
  await new ChatPage(late).shows('one', 'two', 'three');
  await expect(late.locator('h1')).toContainText(room);
  await context.close();
});

test('the least a client can say reaches everyone, without hello and without ticket', async ({ page, home, room, wire }) => {
  const chat = await ChatPage.open(page, home, room);
  const [speaker, listener] = [await wire(room), await wire(room)];

  speaker.send('{"action":"send","text":"hi"}');
  await chat.shows('hi');
  expect(await listener.next('message')).toMatchObject({ text: 'hi' });
  expect(await speaker.next('message')).toMatchObject({ text: 'hi', seq: expect.any(Number), nonce: expect.any(String) });
});

test('what is said in one room is not heard in another', async ({ room, wire }) => {
  const [here, there] = [await wire(room), await wire(`${room}-b`)];
  await here.say('only here');
  await there.say('only there');
  expect((await there.newest()).map((message) => message['text'])).toEqual(['only there']);
});

test('an own message is pending at once, and sent when the server has it', async ({ page, home, room }) => {
  const line = await Line.lay(page);
  const chat = await ChatPage.open(page, home, room);

  line.hold();
  await chat.say('wait for it');
  const message = chat.saying('wait for it');
  await expect(message).toHaveAttribute('data-state', 'pending');
  line.release();
  await expect(message).toHaveAttribute('data-state', 'sent');
  await expect(message).toHaveAttribute('data-seq', /^\d+$/);
  await expect(chat.messages).toHaveCount(1);
});

test('a message that the server refuses is kept as failed, and Retry sends it once', async ({ page, home, room, wire }) => {
  const line = await Line.lay(page);
  const chat = await ChatPage.open(page, home, room);

  line.refuseNextSend('badField');
  await chat.say('second try');
  const message = chat.saying('second try');
  await expect(message).toHaveAttribute('data-state', 'failed');
  await message.getByRole('button', { name: 'Retry' }).click();
  await expect(message).toHaveAttribute('data-state', 'sent');
  await expect(chat.messages).toHaveCount(1);
  expect(await (await wire(room)).newest()).toHaveLength(1);
});

test('a message written offline waits, and is delivered once when the line is mended', async ({ page, home, room, wire }) => {
  const line = await Line.lay(page);
  const chat = await ChatPage.open(page, home, room);

  await line.cut();
  await chat.is('offline');
  await expect(page.getByRole('status').filter({ hasText: 'Offline' })).toBeVisible();
  await chat.say('from the tunnel');
  await expect(chat.saying('from the tunnel')).toHaveAttribute('data-state', 'pending');

  const other = await wire(room);
  await other.say('meanwhile');
  line.mend();
  await chat.is('live');
  await expect(chat.saying('from the tunnel')).toHaveAttribute('data-state', 'sent');
  // What was missed is caught up on, and the order is the server's.
  await chat.shows('meanwhile', 'from the tunnel');
  expect((await other.newest()).map((message) => message['text'])).toEqual(['meanwhile', 'from the tunnel']);
});

test('a message whose acknowledgement is lost is still there only once', async ({ page, home, room, wire }) => {
  const line = await Line.lay(page);
  const chat = await ChatPage.open(page, home, room);
  const witness = await wire(room);

  line.deafen();
  await chat.say('did you get this?');
  // It did arrive: the page alone does not know.
  expect(await witness.next('message')).toMatchObject({ text: 'did you get this?' });
  await expect(chat.saying('did you get this?')).toHaveAttribute('data-state', 'pending');
  await line.cut();
  await chat.is('offline');
  line.mend();
  await expect(chat.saying('did you get this?')).toHaveAttribute('data-state', 'sent');

  await witness.say('the end');
  await chat.shows('did you get this?', 'the end');
  expect((await witness.newest()).map((message) => message['text'])).toEqual(['did you get this?', 'the end']);
});

test('who does not want to wait for the next try reconnects with a button', async ({ page, home, room }) => {
  const line = await Line.lay(page);
  await page.clock.install();
  const chat = await ChatPage.open(page, home, room);

  // Time stands still, so the page's own next try never comes.
  await page.clock.pauseAt(Date.now() + 1_000);
  await line.cut();
  await chat.is('offline');
  line.mend();
  await page.getByRole('button', { name: 'Reconnect now' }).click();
  await chat.is('live');
});

test('a chosen name is shown to its owner and stamped on what they say next', async ({ browser, page, home, room }) => {
  const ann = await ChatPage.open(page, home, room);
  const ben = await ChatPage.open(await (await browser.newContext()).newPage(), home, room);

  await page.locator('.me').click();
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ann Onymous');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.me')).toContainText('Ann Onymous');
  await ann.say('it is me');
  await expect(ben.saying('it is me').locator('.message-author')).toContainText('Ann Onymous');
  await ben.page.context().close();
});

test('messages of one person in a row show their author once', async ({ page, home, room, wire }) => {
  const [ann, ben] = [await wire(room), await wire(room)];
  for (const text of ['a1', 'a2']) await ann.say(text);
  await ben.say('b1');
  await ann.say('a3');

  const chat = await ChatPage.open(page, home, room);
  await chat.shows('a1', 'a2', 'b1', 'a3');
  const shown = chat.messages.evaluateAll((articles) => articles.map((article) => article.querySelector('.message-author') !== null));
  expect(await shown).toEqual([true, false, true, true]);
});

test('the number of people in the room follows who comes and goes', async ({ page, home, room, wire }) => {
  await ChatPage.open(page, home, room);
  const online = page.locator('.online');
  await expect(online).toContainText('1');
  const other = await wire(room);
  other.send({ action: 'hello' });
  await expect(online).toContainText('2');
  other.close();
  await expect(online).toContainText('1');
});

test('what people write is text, whatever it looks like', async ({ page, home, room, wire }) => {
  const attack = '<img src=x onerror="document.title=1"></script><script>document.title=2</script>&amp;';
  await (await wire(room)).say(attack);
  const chat = await ChatPage.open(page, home, room);
  await chat.shows(attack);
  await chat.say(`again ${attack}`);
  await chat.shows(attack, `again ${attack}`);
  await expect(page.locator('[role=log] img, [role=log] script')).toHaveCount(0);
});

test('Enter sends, Shift+Enter begins a new line', async ({ page, home, room }) => {
  const chat = await ChatPage.open(page, home, room);
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

test('Enter that ends an input method’s composition does not send', async ({ page, home, room }) => {
  const chat = await ChatPage.open(page, home, room);
  await chat.composer.fill('にほん');
  // What a browser says while a candidate is chosen: composing, and the key code that means "ask the input method".
  await chat.composer.dispatchEvent('keydown', { key: 'Enter', code: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true });
  await expect(chat.composer).toHaveValue('にほん');
  await expect(chat.messages).toHaveCount(0);
  // The same key sends when nothing is being composed, so it was the composition that held it back.
  await chat.composer.press('Enter');
  await chat.shows('にほん');
});

test('older messages load when the reader scrolls up, down to the beginning', async ({ page, home, room, wire }) => {
  const speaker = await wire(room);
  const all = Array.from({ length: 2 * messageLimit + 5 }, (_, at) => `line ${at + 1}`);
  for (const text of all) await speaker.say(text);

  const chat = await ChatPage.open(page, home, room);
  await expect(chat.messages).toHaveCount(messageLimit);
  await expect(chat.saying(all.at(-1)!)).toBeInViewport();
  await chat.scrollUp();
  // The page holds the reader's place when it puts older messages above: what was on top is still in view.
  await expect.poll(() => chat.messages.count()).toBeGreaterThan(messageLimit);
  await expect(chat.saying(all.at(-messageLimit)!)).toBeInViewport();
  await expect(async () => {
    await chat.scrollUp();
    await expect(page.getByText(`Beginning of #${room}`)).toBeInViewport({ timeout: 500 });
  }).toPass();
  await chat.shows(...all);
});

test('who reads further up is told of new messages, and stays where they are', async ({ page, home, room, wire }) => {
  const speaker = await wire(room);
  for (let at = 1; at <= messageLimit; at += 1) await speaker.say(`line ${at}`);
  const chat = await ChatPage.open(page, home, room);

  // At the bottom, a new message comes into view by itself.
  await speaker.say('you are at the bottom');
  await expect(chat.saying('you are at the bottom')).toBeInViewport();
  await expect(chat.newMessages).toBeHidden();

  await chat.scrollUp();
  await expect(chat.saying('line 1')).toBeInViewport();
  await speaker.say('you are at the top');
  await expect(chat.newMessages).toBeVisible();
  await expect(chat.saying('line 1')).toBeInViewport();
  await chat.newMessages.click();
  await expect(chat.saying('you are at the top')).toBeInViewport();
  await expect(chat.newMessages).toBeHidden();
});
