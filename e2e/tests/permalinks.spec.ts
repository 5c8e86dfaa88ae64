import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';
import { messageLimit } from '../support/settings.ts';
import type { Frame, WireClient } from '../support/wire_client.ts';

// Addresses of messages, and what is far back.

/** So many messages that the first is several pages away from the newest. */
const many = 4 * messageLimit;

async function talk(wire: WireClient): Promise<Frame[]> {
  const said: Frame[] = [];
  for (let at = 1; at <= many; at += 1) said.push(await wire.sendMessage(`line ${at}`));
  return said;
}

test('the address of a message far back shows it with those around it, and the way on to the newest', async ({ page, deployment, room, connect }) => {
  const said = await talk(await connect(room));
  const { seq } = said[9]!;
  await page.goto(`${deployment.pageUrl(room)}#m-${seq}`);
  const chat = new ChatPage(page);
  const sought = Message.withSeq(chat, seq).article;
  await expect(sought).toBeInViewport();
  await expect(sought).toBeFocused();
  await expect(chat.messageWithText('line 1')).toHaveCount(1);
  await expect(chat.messageWithText(`line ${many}`)).toHaveCount(0);

  // Reading on leads to the newest message, without a gap and without a jump.
  await expect(async () => {
    await chat.log.evaluate((log) => log.scrollTo({ top: 0, behavior: 'instant' }));
    await expect(chat.messageWithText(`line ${many}`)).toBeInViewport({ timeout: 300 });
  }).toPass();
  await chat.expectMessages(...said.map((message) => message['text']));
  await expect(chat.newMessages).toBeHidden();
});

test('from far back one click leads to the newest messages, and so does writing', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  const { seq } = (await talk(ann))[9]!;
  const chat = await ChatPage.open(page, deployment, room);
  const goBack = async () => {
    await page.evaluate((hash) => (location.hash = hash), `#m-${seq}`);
    await expect(Message.withSeq(chat, seq).article).toBeFocused();
    await expect(chat.messageWithText(`line ${many}`)).toHaveCount(0);
    await page.evaluate(() => (location.hash = ''));
  };
  await goBack();
  await expect(chat.newMessages).toHaveText('Go to the newest messages');
  await ann.sendMessage('are you there?');
  await expect(chat.newMessages).toHaveText('New messages');
  await expect(Message.withSeq(chat, seq).article).toBeInViewport();
  await chat.newMessages.click();
  await expect(chat.messageWithText('are you there?')).toBeInViewport();
  await expect(chat.log).toBeFocused();
  await goBack();
  await chat.sendMessage('yes');
  await expect(chat.messageWithText('yes')).toBeInViewport();
  await expect(chat.messageWithText('yes')).toHaveAttribute('data-state', 'sent');
});

test('a quote leads to what it answers, however far back', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  const { seq } = (await talk(ann))[0]!;
  ann.send({ action: 'send', text: 'as I said', replyTo: seq });
  const chat = await ChatPage.open(page, deployment, room);
  const asked: string[] = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => asked.push(String(payload))));
  await chat.messageWithText('as I said').locator('.message-quote').click();
  await expect(Message.withSeq(chat, seq).article).toBeFocused();
  await expect(Message.withSeq(chat, seq).article).toBeInViewport();
});

test('what is far back is changed, reacted to and answered like everything else', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  const { seq } = (await talk(ann))[4]!;
  await page.goto(`${deployment.pageUrl(room)}#m-${seq}`);
  const chat = new ChatPage(page);
  const old = Message.withSeq(chat, seq);
  await expect(old.article).toBeFocused();
  await old.clickAction('React with 👍');
  await expect(old.reaction(/^👍 1/)).toBeVisible();
  ann.send({ action: 'edit', seq, text: 'better', nonce: crypto.randomUUID() });
  await old.expectEdited();
  await expect(old.article.locator('.message-text')).toHaveText('better');
});

test('the address of a message can be copied', async ({ page, context, deployment, room, connect }) => {
  await context.grantPermissions(['clipboard-write'], { origin: new URL(deployment.pageUrl(room)).origin });
  const { seq } = await (await connect(room)).sendMessage('remember this');
  const chat = await ChatPage.open(page, deployment, room);
  const message = Message.withSeq(chat, seq);
  await message.clickAction('Copy link');
  await expect(message.article.getByRole('button', { name: 'Link copied' })).toBeVisible();
  // The page itself may not read what was copied; whoever pastes it may.
  await chat.composer.press('ControlOrMeta+V');
  await expect(chat.composer).toHaveValue(`${deployment.pageUrl(room)}#m-${seq}`);
  await expect(message.article.locator('.message-time')).toHaveAttribute('href', `#m-${seq}`);
});

test('the address of a message that is not there says so', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  await ann.sendMessage('hello');
  await page.goto(`${deployment.pageUrl(room)}#m-77`);
  const chat = new ChatPage(page);
  await expect(page.getByRole('alert')).toHaveText(/This message could not be found\./);
  await chat.expectMessages('hello');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('the address of a message on the page leads there', async ({ page, deployment, room, connect }) => {
    const ann = await connect(room);
    const { seq } = await ann.sendMessage('first');
    for (let at = 2; at <= messageLimit; at += 1) await ann.sendMessage(`line ${at}\n\n\n.`);
    await page.goto(`${deployment.pageUrl(room)}#m-${seq}`);
    await expect(page.locator(`#m-${seq}`)).toBeInViewport();
  });
});

test('an address whose message the server wants to tell of later leads there all the same', async ({ page, deployment, room, connect }) => {
  const { seq } = (await talk(await connect(room)))[9]!;
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  proxy.rejectNext('history', 'tooFast', 2);
  await page.evaluate((hash) => (location.hash = hash), `#m-${seq}`);
  await expect(Message.withSeq(chat, Number(seq)).article).toBeFocused();
  await expect(page.getByText('This message could not be found.')).toHaveCount(0);
});
