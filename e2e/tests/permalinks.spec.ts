import { ChatPage, Line } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';
import { messageLimit } from '../support/settings.ts';
import type { Frame, Wire } from '../support/wire.ts';

// Addresses of messages, and what is far back.

/** So many messages that the first is several pages away from the newest. */
const many = 4 * messageLimit;

async function talk(wire: Wire): Promise<Frame[]> {
  const said: Frame[] = [];
  for (let at = 1; at <= many; at += 1) said.push(await wire.say(`line ${at}`));
  return said;
}

test('the address of a message far back shows it with those around it, and the way on to the newest', async ({ page, home, room, wire }) => {
  const said = await talk(await wire(room));
  const { seq } = said[9]!;
  await page.goto(`${home.page(room)}#m-${seq}`);
  const chat = new ChatPage(page);
  const sought = Message.at(chat, seq).article;
  await expect(sought).toBeInViewport();
  await expect(sought).toBeFocused();
  await expect(chat.saying('line 1')).toHaveCount(1);
  await expect(chat.saying(`line ${many}`)).toHaveCount(0);

  // Reading on leads to the newest message, without a gap and without a jump.
  await expect(async () => {
    await chat.log.evaluate((log) => log.scrollTo({ top: 0, behavior: 'instant' }));
    await expect(chat.saying(`line ${many}`)).toBeInViewport({ timeout: 300 });
  }).toPass();
  await chat.shows(...said.map((message) => message['text']));
  await expect(chat.newMessages).toBeHidden();
});

test('from far back one click leads to the newest messages, and so does writing', async ({ page, home, room, wire }) => {
  const ann = await wire(room);
  const { seq } = (await talk(ann))[9]!;
  const chat = await ChatPage.open(page, home, room);
  const goBack = async () => {
    await page.evaluate((hash) => (location.hash = hash), `#m-${seq}`);
    await expect(Message.at(chat, seq).article).toBeFocused();
    await expect(chat.saying(`line ${many}`)).toHaveCount(0);
    await page.evaluate(() => (location.hash = ''));
  };
  await goBack();
  await expect(chat.newMessages).toHaveText('Go to the newest messages');
  await ann.say('are you there?');
  await expect(chat.newMessages).toHaveText('New messages');
  await expect(Message.at(chat, seq).article).toBeInViewport();
  await chat.newMessages.click();
  await expect(chat.saying('are you there?')).toBeInViewport();
  await expect(chat.log).toBeFocused();
  await goBack();
  await chat.say('yes');
  await expect(chat.saying('yes')).toBeInViewport();
  await expect(chat.saying('yes')).toHaveAttribute('data-state', 'sent');
});

test('a quote leads to what it answers, however far back', async ({ page, home, room, wire }) => {
  const ann = await wire(room);
  const { seq } = (await talk(ann))[0]!;
  ann.send({ action: 'send', text: 'as I said', replyTo: seq });
  const chat = await ChatPage.open(page, home, room);
  const asked: string[] = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => asked.push(String(payload))));
  await chat.saying('as I said').locator('.message-quote').click();
  await expect(Message.at(chat, seq).article).toBeFocused();
  await expect(Message.at(chat, seq).article).toBeInViewport();
});

test('what is far back is changed, reacted to and answered like everything else', async ({ page, home, room, wire }) => {
  const ann = await wire(room);
  const { seq } = (await talk(ann))[4]!;
  await page.goto(`${home.page(room)}#m-${seq}`);
  const chat = new ChatPage(page);
  const old = Message.at(chat, seq);
  await expect(old.article).toBeFocused();
  await old.act('React with 👍');
  await expect(old.reaction(/^👍 1/)).toBeVisible();
  ann.send({ action: 'edit', seq, text: 'better', nonce: crypto.randomUUID() });
  await old.isEdited();
  await expect(old.article.locator('.message-text')).toHaveText('better');
});

test('the address of a message can be copied', async ({ page, context, home, room, wire }) => {
  await context.grantPermissions(['clipboard-write'], { origin: new URL(home.page(room)).origin });
  const { seq } = await (await wire(room)).say('remember this');
  const chat = await ChatPage.open(page, home, room);
  const message = Message.at(chat, seq);
  await message.act('Copy link');
  await expect(message.article.getByRole('button', { name: 'Link copied' })).toBeVisible();
  // The page itself may not read what was copied; whoever pastes it may.
  await chat.composer.press('ControlOrMeta+V');
  await expect(chat.composer).toHaveValue(`${home.page(room)}#m-${seq}`);
  await expect(message.article.locator('.message-time')).toHaveAttribute('href', `#m-${seq}`);
});

test('the address of a message that is not there says so', async ({ page, home, room, wire }) => {
  const ann = await wire(room);
  await ann.say('hello');
  await page.goto(`${home.page(room)}#m-77`);
  const chat = new ChatPage(page);
  await expect(page.getByRole('alert')).toHaveText(/This message could not be found\./);
  await chat.shows('hello');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('the address of a message on the page leads there', async ({ page, home, room, wire }) => {
    const ann = await wire(room);
    const { seq } = await ann.say('first');
    for (let at = 2; at <= messageLimit; at += 1) await ann.say(`line ${at}\n\n\n.`);
    await page.goto(`${home.page(room)}#m-${seq}`);
    await expect(page.locator(`#m-${seq}`)).toBeInViewport();
  });
});

test('an address whose message the server wants to tell of later leads there all the same', async ({ page, home, room, wire }) => {
  const { seq } = (await talk(await wire(room)))[9]!;
  const line = await Line.lay(page);
  const chat = await ChatPage.open(page, home, room);
  line.refuseNext('history', 'tooFast', 2);
  await page.evaluate((hash) => (location.hash = hash), `#m-${seq}`);
  await expect(Message.at(chat, Number(seq)).article).toBeFocused();
  await expect(page.getByText('This message could not be found.')).toHaveCount(0);
});
