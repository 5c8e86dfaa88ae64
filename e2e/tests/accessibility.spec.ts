import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test, type Deployment } from '../support/fixtures.ts';
import { requestUploadUrl, imageMetadata, personId, imageUrl, png, putBytes, sendImage } from '../support/images.ts';
import { Message } from '../support/message.ts';
import { sessionPersonId } from '../support/moderation_fixtures.ts';
import type { WireClient } from '../support/wire_client.ts';

// Every state of the page, held to every rule of axe. A state more is an entry more.

type Stage = { page: Page; deployment: Deployment; room: string; chat: ChatPage; proxy: SocketProxy; ann: WireClient; ben: WireClient; connect: (room: string) => Promise<WireClient> };

const picture = png(320, 200);

/** What happens in a room before and after its page is opened. */
type Play = { before?: (stage: Omit<Stage, 'chat'>) => Promise<void>; play?: (stage: Stage) => Promise<void>; locale?: string };

const states: { [name: string]: Play } = {
  'an empty room': {},
  'a conversation of two days, in groups, with all that can be written': {
    before: async ({ page, ann, ben }) => {
      await converse(ann, ben);
      await page.clock.install({ time: Date.now() + 24 * 60 * 60 * 1000 });
    },
    play: async ({ page, chat, proxy }) => {
      proxy.holdSends();
      await chat.sendMessage('A day later.');
      await expect(page.locator('.day')).toHaveText(['Yesterday', 'Today']);
    },
  },
  'more messages than are shown': {
    before: async ({ ann }) => {
      for (let index = 0; index < 40; index += 1) await ann.sendMessage(`line ${index}`);
    },
    play: async ({ page }) => expect(page.getByRole('button', { name: 'Load older messages' })).toBeAttached(),
  },
  'a new message below what is read': {
    before: async ({ ann }) => {
      for (let index = 0; index < 29; index += 1) await ann.sendMessage(`line ${index}`);
    },
    play: async ({ chat, ann }) => {
      await chat.scrollToOldest();
      await ann.sendMessage('below');
      await expect(chat.newMessages).toBeVisible();
    },
  },
  'what is new since the last visit, with the way to where it begins': {
    before: async ({ page, deployment, room, ann }) => {
      await ann.sendMessage('old');
      await (await ChatPage.open(page, deployment, room)).expectMessages('old');
      await page.goto('about:blank');
      for (let index = 0; index < 29; index += 1) await ann.sendMessage(`line ${index}`);
    },
    play: async ({ page }) => expect(page.locator('.news')).toBeVisible(),
  },
  'what begins to be new in view': {
    before: async ({ page, deployment, room, ann }) => {
      await ann.sendMessage('old');
      await (await ChatPage.open(page, deployment, room)).expectMessages('old');
      await page.goto('about:blank');
      await ann.sendMessage('new');
    },
    play: async ({ page }) => expect(page.locator('.new-line')).toBeVisible(),
  },
  'a message that calls the visitor, and code in colours': {
    play: async ({ page, chat, ann }) => {
      const you = await page.evaluate(() => JSON.parse(document.getElementById('page-state')!.textContent!).you);
      ann.send({ action: 'send', text: `@${you.name} look`, mentions: [you] });
      await expect(chat.messageWithText(`@${you.name} look`)).toHaveClass(/calling/);
      await ann.sendMessage('```rust\nfn main() { let knots = 3; // fast\n    println!("{knots}"); }\n```');
      await expect(page.locator('.hl-k').first()).toBeVisible();
    },
  },
  'the names that a text may call': {
    play: async ({ page, chat, ann }) => {
      await ann.sendMessage('hi');
      await chat.expectMessages('hi');
      await chat.composer.pressSequentially('@');
      await expect(page.getByRole('listbox')).toBeVisible();
    },
  },
  'the people who are here': {
    play: async ({ page, ann }) => {
      ann.send({ action: 'hello' });
      await page.getByRole('button', { name: /online/ }).click();
      await expect(page.getByRole('dialog', { name: 'People here' })).toBeVisible();
    },
  },
  'the rooms to go to, one of them with something new': {
    before: async ({ page, deployment, room, connect }) => {
      const other = `${room}-2`;
      await ChatPage.open(page, deployment, other);
      await page.goto('about:blank');
      await (await connect(other)).sendMessage('new there');
    },
    play: async ({ page }) => {
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('dialog', { name: 'Rooms' }).getByRole('listitem')).toHaveCount(2);
    },
  },
  'what a search found': {
    play: async ({ page, chat, ann }) => {
      await ann.sendMessage('where is the boat?');
      await chat.expectMessages('where is the boat?');
      await page.getByRole('button', { name: 'Search' }).click();
      await page.keyboard.type('boat');
      await page.keyboard.press('Enter');
      await expect(page.locator('mark')).toHaveText('boat');
    },
  },
  'the sheet of shortcuts': {
    play: async ({ page, chat }) => {
      await chat.log.focus();
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    },
  },
  'reactions, own and others’': {
    play: async ({ chat, ann, ben }) => {
      const { seq } = await ann.sendMessage('Cake?');
      for (const emoji of ['🎉', '👍']) ben.send({ action: 'react', seq, emoji, on: true });
      const message = await Message.withText(chat, 'Cake?');
      await message.reaction(/👍 1/).click();
      await expect(message.reaction(/👍 2/)).toHaveAttribute('aria-pressed', 'true');
    },
  },
  'an answer, and one being written': {
    play: async ({ page, chat, ann, ben }) => {
      const { seq } = await ann.sendMessage('Who comes?');
      ben.send({ action: 'send', text: 'I do.', replyTo: seq });
      await chat.expectMessages('Who comes?', 'I do.');
      await press(chat, 'I do.', 'r');
      await expect(page.getByText('Replying to')).toBeVisible();
      await chat.composer.fill('So do I');
    },
  },
  'an edited message, and one being edited': {
    play: async ({ page, chat }) => {
      await chat.sendMessage('Helo');
      await press(chat, 'Helo', 'e');
      await chat.composer.fill('Hello');
      await chat.composer.press('Enter');
      await (await Message.withText(chat, 'Hello')).expectEdited();
      await press(chat, 'Hello', 'e');
      await expect(page.getByText('Editing your message')).toBeVisible();
    },
  },
  'a deleted message': {
    play: async ({ page, chat }) => {
      await chat.sendMessage('Not for you');
      const message = await Message.withText(chat, 'Not for you');
      await press(chat, 'Not for you', 'Delete');
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await message.expectDeleted();
    },
  },
  'a message that waits, and one that failed': {
    play: async ({ chat, proxy }) => {
      proxy.rejectNextSend('badField');
      await chat.sendMessage('refused');
      await expect(chat.messageWithText('refused')).toHaveAttribute('data-state', 'failed');
      proxy.holdSends();
      await chat.sendMessage('held back');
      await expect(chat.messageWithText('held back')).toHaveAttribute('data-state', 'pending');
    },
  },
  'no connection': {
    play: async ({ page, chat, proxy, ann }) => {
      await ann.sendMessage('Can you still hear me?');
      await proxy.disconnect();
      await chat.waitForState('offline');
      await expect(page.getByRole('button', { name: 'Reconnect now' })).toBeVisible();
    },
  },
  'the toolbar of an own message': {
    play: async ({ page, chat }) => {
      await chat.sendMessage('Mine');
      await (await Message.withText(chat, 'Mine')).article.focus();
      await expect(page.getByRole('toolbar').getByRole('button', { name: 'Delete' })).toBeVisible();
    },
  },
  'the picker of emoji': {
    play: async ({ page, chat, ann }) => {
      await ann.sendMessage('Well?');
      await chat.expectMessages('Well?');
      await press(chat, 'Well?', '+');
      await expect(page.getByRole('dialog', { name: 'More reactions' })).toBeVisible();
    },
  },
  'the question whether a message is to go': {
    play: async ({ page, chat }) => {
      await chat.sendMessage('Going?');
      await press(chat, 'Going?', 'Delete');
      await expect(page.getByRole('dialog', { name: 'Delete this message?' })).toBeVisible();
    },
  },
  'the dialog of name and language, with a name that cannot be': {
    play: async ({ page }) => {
      await page.locator('.me').click();
      await page.getByRole('textbox', { name: 'Your name' }).fill('');
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByText('Please enter a name.')).toBeVisible();
    },
  },
  'an image in the log, and one that is gone': {
    before: async ({ page, deployment, room, ann, ben }) => {
      await show(ann, deployment, room, 'a boat');
      await show(ben, deployment, room);
      await page.route(imageUrl(deployment, room, await personId(ben), '*'), (route) => route.abort());
    },
    play: async ({ page }) => expect(page.getByText('This image is not available any more').filter({ visible: true })).toHaveCount(1),
  },
  'an image at its full size': {
    before: async ({ deployment, room, ann }) => show(ann, deployment, room, 'a boat'),
    play: async ({ page }) => {
      await page.getByRole('button', { name: 'Open image: a boat' }).click();
      await expect(page.getByRole('dialog', { name: 'Image' })).toBeVisible();
    },
  },
  'images that are chosen, and a file that is none': {
    play: async ({ page }) => {
      const files = [{ name: 'sea.png', mimeType: 'image/png', buffer: picture }, { name: 'a.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') }];
      await page.locator('input[type=file]').setInputFiles(files);
      await expect(page.getByRole('list', { name: 'Attached images' }).getByRole('img', { includeHidden: true })).toHaveCount(1);
      await expect(page.getByRole('alert')).toContainText('a.svg');
    },
  },
  'a text that is too long': {
    play: async ({ page, chat }) => {
      await chat.composer.fill('x'.repeat(4_001));
      await expect(page.getByText('1 character too long')).toBeVisible();
    },
  },
  'somebody who writes': {
    play: async ({ page, ann }) => {
      ann.send({ action: 'typing' });
      await expect(page.locator('.typing')).toHaveText(/ is typing…$/);
    },
  },
  'a slow room': {
    play: async ({ page, proxy }) => {
      proxy.injectFrame({ type: 'rules', rules: { slow: 30 } });
      await expect(page.locator('.leave')).toContainText('One message every 30 s.');
    },
  },
  'a room that can only be read': {
    play: async ({ page, proxy }) => {
      proxy.injectFrame({ type: 'rules', rules: { readOnly: true } });
      await expect(page.locator('.leave')).toContainText('This room can only be read');
    },
  },
  'somebody muted': {
    play: async ({ page, proxy }) => {
      proxy.injectFrame({ type: 'standing', person: await sessionPersonId(page), standing: { mutedUntil: Date.now() + 600_000 } });
      await expect(page.locator('.leave')).toContainText('A moderator muted you until');
    },
  },
  'somebody banned': {
    play: async ({ page, proxy, chat }) => {
      proxy.injectFrame({ type: 'standing', person: await sessionPersonId(page), standing: { bannedUntil: Date.now() + 86_400_000 } });
      await chat.waitForState('over');
    },
  },
  'somebody who is signed out': {
    play: async ({ page, proxy, chat }) => {
      await page.route('**/state/*', (route) => route.fulfill({ status: 401, json: { access: 'passphrase' } }));
      await proxy.disconnect();
      await chat.waitForState('over');
      await expect(page.getByRole('link', { name: 'Sign in again' })).toBeVisible();
    },
  },
  'a message that waits because it came too fast': {
    play: async ({ page, proxy, chat }) => {
      proxy.rejectNext('send', 'tooFast', 60);
      await chat.sendMessage('soon');
      await expect(page.locator('.countdown')).toContainText('It goes out in');
    },
  },
  'a moderator’s dialog about a person': {
    play: async ({ page, proxy, ann }) => {
      ann.send({ action: 'hello' });
      await moderates(page, proxy);
      await page.getByRole('button', { name: /online/ }).click();
      await page.getByRole('button', { name: /^Mute or ban / }).first().click();
      await expect(page.getByRole('dialog', { name: /^Mute or ban / })).toContainText(/can take part|could not be read/);
    },
  },
  'the people who are here, for a moderator': {
    play: async ({ page, proxy }) => {
      await moderates(page, proxy);
      await page.getByRole('button', { name: /online/ }).click();
      await expect(page.getByRole('dialog', { name: 'People here' })).toBeVisible();
    },
  },
  'the rules of a room': {
    play: async ({ page, proxy }) => {
      await moderates(page, proxy);
      await page.locator('.room-switch').click();
      await page.getByRole('button', { name: 'Rules of this room' }).click();
      await expect(page.getByRole('dialog', { name: 'Rules of this room' })).toBeVisible();
    },
  },
  'what moderators did': {
    play: async ({ page, proxy }) => {
      await moderates(page, proxy);
      await page.locator('.room-switch').click();
      await page.getByRole('button', { name: 'What moderators did' }).click();
      const by = { id: 'mona', name: 'Mona', moderator: true };
      proxy.injectFrame({ type: 'audit', more: true, entries: [{ at: 1_795_428_000_000, by, act: 'mute', person: 'ben', name: 'Ben', until: 1_795_429_000_000 }] });
      await expect(page.getByText('muted Ben (ben) until')).toBeVisible();
    },
  },
  'the visitor and their data': {
    play: async ({ page }) => {
      await page.locator('.me').click();
      await page.getByRole('button', { name: 'You and your data' }).click();
      await page.getByRole('button', { name: 'Delete everything I wrote…' }).click();
      await expect(page.getByRole('button', { name: 'Delete everything', exact: true })).toBeVisible();
    },
  },
  'a moderator, and two people of one name': {
    play: async ({ page, proxy, ann, ben }) => {
      for (const who of [ann, ben]) {
        who.send({ action: 'rename', name: 'Namesake' });
        await who.next('welcome');
        await who.sendMessage('It is me.');
      }
      const author = { id: 'mona', name: 'Mona', moderator: true };
      proxy.injectFrame({ type: 'message', seq: 9_000, rev: 9_000, author, nonce: 'n', text: 'Calm down.', sentAt: Date.now() });
      await expect(page.locator('.message .badge')).toBeVisible();
      await expect(page.locator('.message .tag')).toHaveCount(2);
    },
  },
  'a Japanese page': {
    locale: 'ja-JP',
    before: async ({ ann, ben }) => {
      await ann.sendMessage('おはようございます');
      await ben.sendMessage('**おはよう** `code`');
    },
    play: async ({ page }) => expect(page.locator('html')).toHaveAttribute('lang', 'ja'),
  },
};

for (const [size, screen] of [
  ['phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ['desktop', { viewport: { width: 1280, height: 800 } }],
] as const) {
  test.describe(size, () => {
    test.use(screen);
    for (const [name, { before, play, locale }] of Object.entries(states)) {
      test.describe(() => {
        test.use(locale ? { locale } : {});
        test(`${name}: nothing is in anybody’s way`, async ({ page, deployment, room, connect }) => {
          const [ann, ben] = [await connect(room), await connect(room)];
          const proxy = await SocketProxy.install(page);
          const stage = { page, deployment, room, proxy, ann, ben, connect };
          await before?.(stage);
          const chat = await ChatPage.open(page, deployment, room);
          await play?.({ ...stage, chat });
          await expectAccessible(page);
        });
      });
    }

    test('an address without a room: nothing is in anybody’s way', async ({ page, deployment }) => {
      await page.goto(deployment.pageUrl('NoSuchRoom'));
      await expect(page.getByRole('heading', { name: 'There is no such room' })).toBeVisible();
      await expectAccessible(page);
    });
  });
}

test('a conversation before any script runs: nothing is in anybody’s way', async ({ page, deployment, room, connect }) => {
  await converse(await connect(room), await connect(room));
  // Without scripts axe could not run either, so the page's own does not arrive.
  await page.route(/\.(js|wasm)$/, (route) => route.abort());
  await page.goto(deployment.pageUrl(room));
  await expect(page.getByText('Good morning!')).toBeVisible();
  await expectAccessible(page);
});

/** Makes the page believe that its visitor keeps order. */
async function moderates(page: Page, proxy: SocketProxy): Promise<void> {
  const you = { id: await sessionPersonId(page), name: 'Mona', moderator: true };
  proxy.injectFrame({ type: 'welcome', you, room: 'lobby', online: 2, people: [you, { id: 'ben', name: 'Ben' }] });
  await expect(page.locator('.me')).toContainText('Mona');
}

/** Says everything that can be said. */
async function converse(ann: WireClient, ben: WireClient): Promise<void> {
  for (const [who, name] of [[ann, 'Ann'], [ben, 'Benedikt']] as const) {
    who.send({ action: 'rename', name });
    await who.next('welcome');
  }
  await ann.sendMessage('Good morning!');
  await ann.sendMessage('See https://example.org/boats, and **bring** _some_ ~~rope~~ `twine`.');
  await ben.sendMessage('> bring rope\n\nHow much?\n\n- a lot\n- less\n\n1. now\n2. later\n\n```\nlet rope = 3;\n```');
  await ben.sendMessage('👍');
  await ann.sendMessage('Enough.');
}

/** Does something to a message with a key. */
async function press(chat: ChatPage, text: string, key: string): Promise<void> {
  const { article } = await Message.withText(chat, text);
  await article.focus();
  await article.press(key);
}

async function show(wire: WireClient, deployment: Deployment, room: string, alt?: string): Promise<void> {
  const image = { ...imageMetadata(picture, 'image/png', 320, 200), preview: '48c'.repeat(16), ...(alt && { alt }) };
  const nonce = crypto.randomUUID();
  await putBytes(await requestUploadUrl(wire, deployment, nonce, image), 'image/png', picture);
  const sent = await sendImage(wire, nonce, image, room);
  expect(sent.type, JSON.stringify(sent)).toBe('message');
}
