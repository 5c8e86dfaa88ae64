import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';
import { messageLimit } from '../support/settings.ts';
import type { Frame, WireClient } from '../support/wire_client.ts';

// Permalinks, and reading far back in the history.

/** A number of messages with several pages between the first and the newest. */
const many = 4 * messageLimit;

async function sendMany(client: WireClient): Promise<Frame[]> {
  const sent: Frame[] = [];
  for (let at = 1; at <= many; at += 1) sent.push(await client.sendMessage(`line ${at}`));
  return sent;
}

test('a permalink far back shows the message and its surroundings', async ({ page, deployment, room, connect }) => {
  const sent = await sendMany(await connect(room));
  const { seq } = sent[9]!;
  await page.goto(`${deployment.pageUrl(room)}#m-${seq}`);
  const chat = new ChatPage(page);
  const target = Message.withSeq(chat, seq).article;
  await expect(target).toBeInViewport();
  await expect(target).toBeFocused();
  await expect(chat.messageWithText('line 1')).toHaveCount(1);
  await expect(chat.messageWithText(`line ${many}`)).toHaveCount(0);

  // Scrolling on leads to the newest message, without a gap.
  await expect(async () => {
    await chat.log.evaluate((log) => log.scrollTo({ top: 0, behavior: 'instant' }));
    await expect(chat.messageWithText(`line ${many}`)).toBeInViewport({ timeout: 300 });
  }).toPass();
  await chat.expectMessages(...sent.map((message) => message['text']));
  await expect(chat.newMessages).toBeHidden();
});

test('a click or a new message leads back to the newest messages', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  const { seq } = (await sendMany(ann))[9]!;
  const chat = await ChatPage.open(page, deployment, room);
  const goFarBack = async () => {
    await page.evaluate((hash) => (location.hash = hash), `#m-${seq}`);
    await expect(Message.withSeq(chat, seq).article).toBeFocused();
    await expect(chat.messageWithText(`line ${many}`)).toHaveCount(0);
    await page.evaluate(() => (location.hash = ''));
  };
  await goFarBack();
  await expect(chat.newMessages).toHaveText('Go to the newest messages');
  await ann.sendMessage('are you there?');
  await expect(chat.newMessages).toHaveText('New messages');
  await expect(Message.withSeq(chat, seq).article).toBeInViewport();
  await chat.newMessages.click();
  await expect(chat.messageWithText('are you there?')).toBeInViewport();
  await expect(chat.log).toBeFocused();
  await goFarBack();
  await chat.sendMessage('yes');
  await expect(chat.messageWithText('yes')).toBeInViewport();
  await expect(chat.messageWithText('yes')).toHaveAttribute('data-state', 'sent');
});

test('a reply’s quote leads to a message far back', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  const { seq } = (await sendMany(ann))[0]!;
  ann.send({ action: 'send', text: 'as I said', replyTo: seq });
  const chat = await ChatPage.open(page, deployment, room);
  const asked: string[] = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => asked.push(String(payload))));
  await chat.messageWithText('as I said').locator('.message-quote').click();
  await expect(Message.withSeq(chat, seq).article).toBeFocused();
  await expect(Message.withSeq(chat, seq).article).toBeInViewport();
});

test('messages far back can be edited and reacted to', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  const { seq } = (await sendMany(ann))[4]!;
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

test('the permalink of a message can be copied', async ({ page, context, deployment, room, connect }) => {
  await context.grantPermissions(['clipboard-write'], { origin: new URL(deployment.pageUrl(room)).origin });
  const { seq } = await (await connect(room)).sendMessage('remember this');
  const chat = await ChatPage.open(page, deployment, room);
  const message = Message.withSeq(chat, seq);
  await message.clickAction('Copy link');
  await expect(page.getByText('Link copied')).toBeVisible();
  // The page has no permission to read the clipboard, but the user can paste.
  await chat.composer.press('ControlOrMeta+V');
  await expect(chat.composer).toHaveValue(`${deployment.pageUrl(room)}#m-${seq}`);
  await expect(message.article.locator('.message-time')).toHaveAttribute('href', `#m-${seq}`);
});

test('a permalink to a missing message shows an error', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  await ann.sendMessage('hello');
  await page.goto(`${deployment.pageUrl(room)}#m-77`);
  const chat = new ChatPage(page);
  await expect(page.getByRole('alert')).toHaveText(/This message could not be found\./);
  await chat.expectMessages('hello');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('a permalink works without scripts', async ({ page, deployment, room, connect }) => {
    const ann = await connect(room);
    const { seq } = await ann.sendMessage('first');
    for (let at = 2; at <= messageLimit; at += 1) await ann.sendMessage(`line ${at}\n\n\n.`);
    await page.goto(`${deployment.pageUrl(room)}#m-${seq}`);
    await expect(page.locator(`#m-${seq}`)).toBeInViewport();
  });
});

test('a permalink works after a rate-limited history request', async ({ page, deployment, room, connect }) => {
  const { seq } = (await sendMany(await connect(room)))[9]!;
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  proxy.rejectNext('history', 'tooFast', 2);
  await page.evaluate((hash) => (location.hash = hash), `#m-${seq}`);
  await expect(Message.withSeq(chat, Number(seq)).article).toBeFocused();
  await expect(page.getByText('This message could not be found.')).toHaveCount(0);
});
