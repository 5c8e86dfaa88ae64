import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage, openSecondBrowser } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { png } from '../support/images.ts';
import { Message } from '../support/message.ts';
import { waitForPart } from '../support/on_demand.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import type { WireClient } from '../support/wire_client.ts';

// Threads: replies beside the log on wide screens, over it on phones.

const panel = (page: Page): Locator => page.getByRole('complementary', { name: 'Thread' });
const field = (page: Page): Locator => panel(page).getByLabel('Reply in this thread');
const replies = (page: Page): Locator => panel(page).locator('article .message-text');
/** The line under the message that began a thread. */
const line = (message: Message): Locator => message.article.locator('.message-thread');

async function openThread(message: Message): Promise<void> {
  await message.clickAction('Reply in a thread');
  await expect(panel(message.article.page())).toBeVisible();
}

async function reply(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await panel(page).getByRole('button', { name: 'Send' }).click();
  await expect(panel(page).locator('article[data-state="sent"]').filter({ hasText: text })).toBeVisible();
}

const picture = { name: 'sea.png', mimeType: 'image/png', buffer: png(320, 200) };
/** The images that are attached to the reply. */
const attached = (page: Page): Locator => panel(page).getByRole('list', { name: 'Attached images' }).getByRole('listitem');

/** Pastes or drops images onto an element. */
async function transfer(onto: Locator, event: 'paste' | 'drop', count = 1): Promise<void> {
  const files = Array.from({ length: count }, (_, index) => [...png(30 + index, 20)]);
  await onto.evaluate((element, [event, files]) => {
    const data = new DataTransfer();
    for (const bytes of files) data.items.add(new File([new Uint8Array(bytes)], 'x.png', { type: 'image/png' }));
    const options = { bubbles: true, cancelable: true };
    element.dispatchEvent(event === 'paste' ? new ClipboardEvent('paste', { ...options, clipboardData: data }) : new DragEvent('drop', { ...options, dataTransfer: data }));
  }, [event, files] as const);
}

/** Sends a reply in a thread through a socket. */
async function replyByWire(client: WireClient, thread: number, text: string, more: object = {}): Promise<number> {
  const nonce = crypto.randomUUID();
  client.send({ action: 'send', text, nonce, thread, replyTo: thread, ...more });
  for (;;) {
    const message = await client.next('message', 'messages', 'error');
    if (message.type === 'error') throw new Error(JSON.stringify(message));
    if (message.nonce === nonce) return message.seq;
  }
}

for (const [size, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test.describe(size, () => {
    test.use({ viewport });

    test('a reply is in the thread and not in the log, and everybody sees the line under the first message', async ({ page, browser, deployment, room }) => {
      const ann = await ChatPage.open(page, deployment, room);
      await ann.sendMessage('which boat?');
      const root = await Message.withText(ann, 'which boat?');
      const ben = await openSecondBrowser(browser, deployment, room);
      const seenByBen = await Message.withText(ben, 'which boat?');
      await openThread(root);
      await expect(panel(page)).toContainText('No replies yet.');
      if (size === 'desktop') await expect(field(page)).toBeFocused();
      await expectAccessible(page);
      await reply(page, 'the red one');
      await expect(line(seenByBen)).toContainText('1 reply');
      await expect(ben.messages).toHaveCount(1);
      await openThread(seenByBen);
      await expect(replies(ben.page)).toHaveText(['which boat?', 'the red one']);
      await reply(ben.page, 'no, the blue one');
      await expect(replies(page), 'an open thread follows').toHaveText(['which boat?', 'the red one', 'no, the blue one']);
      await expect(line(seenByBen)).toContainText('2 replies');
      await expectAccessible(ben.page);
      await page.keyboard.press('Escape');
      await expect(panel(page)).toHaveCount(0);
      await expect(root.article, 'the focus returns to the message').toBeFocused();
      await expect(line(root)).toContainText('2 replies');
      await page.reload();
      await expect(line(root), 'a new page knows it, too').toContainText('2 replies');
      await expect(ann.messages).toHaveCount(1);
    });

    test('a reply can be sent to the room, too, edited and deleted', async ({ page, deployment, room }) => {
      const chat = await ChatPage.open(page, deployment, room);
      await chat.sendMessage('first');
      const root = await Message.withText(chat, 'first');
      await openThread(root);
      await panel(page).getByLabel('Also send to the room').check();
      await reply(page, 'for all');
      await expect(chat.messageWithText('for all')).toHaveCount(1);
      await expect(panel(page).getByLabel('Also send to the room')).not.toBeChecked();
      await reply(page, 'a tpyo');
      const own = panel(page).locator('article').filter({ hasText: 'a tpyo' });
      await new Message(chat, own).clickAction('Edit');
      await expect(field(page)).toHaveValue('a tpyo');
      await field(page).fill('a typo');
      await panel(page).getByRole('button', { name: 'Save', exact: true }).click();
      await expect(panel(page).locator('article').filter({ hasText: 'a typo' })).toContainText('(edited)');
      const edited = panel(page).locator('article').filter({ hasText: 'a typo' });
      await (await new Message(chat, edited).toolbar()).getByRole('button', { name: '👍' }).click();
      await expect(edited.locator('.reactions')).toContainText('👍');
      await new Message(chat, edited).clickAction('Delete');
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await expect(panel(page)).toContainText('This message was deleted.');
      await page.keyboard.press('Escape');
      await expect(line(root)).toContainText('1 reply');
    });

    test('the address of a reply opens its thread, and highlights it for a while', async ({ page, connect, deployment, room }) => {
      const client = await connect(room);
      const root = (await client.sendMessage('first')).seq;
      const seq = await replyByWire(client, root, 'the reply');
      for (let number = 1; number <= 5; number++) await replyByWire(client, root, `later ${number}`);
      await page.goto(`${deployment.pageUrl(room)}#m-${seq}`);
      const found = panel(page).locator(`article[data-seq="${seq}"]`);
      await expect(found).toBeFocused();
      await expect(replies(page)).toHaveCount(7);
      await expect(found).not.toHaveAttribute('data-found');
    });

    test('what is written in a thread is kept, and an unsent reply survives a reload', async ({ page, deployment, room }) => {
      const chat = await ChatPage.open(page, deployment, room);
      for (const text of ['one', 'two']) await chat.sendMessage(text);
      const [one, two] = [await Message.withText(chat, 'one'), await Message.withText(chat, 'two')];
      await openThread(one);
      await field(page).fill('about one');
      await page.keyboard.press('Escape');
      await openThread(two);
      await expect(field(page)).toHaveValue('');
      await page.keyboard.press('Escape');
      await openThread(one);
      await expect(field(page)).toHaveValue('about one');
      await page.context().setOffline(true);
      await panel(page).getByRole('button', { name: 'Send' }).click();
      await expect(panel(page).locator('article[data-state="pending"]')).toContainText('about one');
      await expect(chat.messages).toHaveCount(2);
      await page.context().setOffline(false);
      await page.reload();
      await expect(line(await Message.withText(chat, 'one'))).toContainText('1 reply');
      await openThread(await Message.withText(chat, 'one'));
      await expect(panel(page).locator('article[data-state="sent"]')).toHaveText([/one/, /about one/]);
    });

    test('a reply can have images, which are chosen, pasted or dropped', async ({ page, browser, deployment, room }) => {
      const ann = await ChatPage.open(page, deployment, room);
      await ann.sendMessage('which boat?');
      const ben = await openSecondBrowser(browser, deployment, room);
      await openThread(await Message.withText(ann, 'which boat?'));
      await openThread(await Message.withText(ben, 'which boat?'));
      await panel(page).locator('input[type=file]').setInputFiles(picture);
      await transfer(field(page), 'paste');
      await transfer(panel(page).locator('.thread-log'), 'drop');
      await expect(attached(page)).toHaveCount(3);
      await expect(field(page)).toBeFocused();
      await expectAccessible(page);
      await panel(page).getByRole('button', { name: 'Remove image 2' }).click();
      await panel(page).getByLabel('Describe this image').first().fill('the sea');
      await field(page).fill('these two');
      await field(page).press('Enter');
      const own = panel(page).locator('article').filter({ hasText: 'these two' });
      await expect(own).toHaveAttribute('data-state', 'sent');
      await expect(attached(page)).toHaveCount(0);
      const images = panel(ben.page).locator('.message-image img');
      await expect(images).toHaveCount(2);
      await expect(images.first()).toHaveAttribute('alt', 'the sea');
      await expect.poll(() => images.first().evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(320);
      await expect(ann.messages, 'the log shows none of it').toHaveCount(1);
      await expect(ann.log.locator('.message-image')).toHaveCount(0);
      await panel(ben.page).locator('.message-image').getByRole('button').first().click();
      const lightbox = ben.page.getByRole('dialog', { name: 'Image' });
      await expect(lightbox.getByText('Image 1 of 2').or(lightbox.getByText('1 of 2'))).toBeVisible();
    });

    test('a reply with an image is sent when the image is ready, also to the room', async ({ page, deployment, room }) => {
      const chat = await ChatPage.open(page, deployment, room);
      await chat.sendMessage('first');
      await openThread(await Message.withText(chat, 'first'));
      await panel(page).getByLabel('Also send to the room').check();
      await panel(page).locator('input[type=file]').setInputFiles(picture);
      await field(page).fill('for all');
      await panel(page).getByRole('button', { name: 'Send' }).click();
      await expect(panel(page).locator('article').filter({ hasText: 'for all' })).toHaveAttribute('data-state', 'sent');
      await expect(panel(page).locator('.message-image')).toHaveCount(1);
      await expect(chat.messageWithText('for all').locator('.message-image')).toHaveCount(1);
    });

    test('images stay attached to the reply in their thread', async ({ page, deployment, room }) => {
      const chat = await ChatPage.open(page, deployment, room);
      for (const text of ['one', 'two']) await chat.sendMessage(text);
      const [one, two] = [await Message.withText(chat, 'one'), await Message.withText(chat, 'two')];
      await openThread(one);
      await panel(page).locator('input[type=file]').setInputFiles(picture);
      await expect(attached(page)).toHaveCount(1);
      await page.keyboard.press('Escape');
      await openThread(two);
      await expect(attached(page)).toHaveCount(0);
      await page.keyboard.press('Escape');
      await expect(page.locator('.composer').getByRole('list', { name: 'Attached images' })).toHaveCount(0);
      await openThread(one);
      await expect(attached(page)).toHaveCount(1);
      await panel(page).getByRole('button', { name: 'Send' }).click();
      await expect(panel(page).locator('article[data-state="sent"] .message-image')).toHaveCount(1);
    });

    test('a reply whose image is uploaded survives a reload', async ({ page, deployment, room }) => {
      const proxy = await SocketProxy.install(page);
      const chat = await ChatPage.open(page, deployment, room);
      await chat.sendMessage('first');
      const root = await Message.withText(chat, 'first');
      await expect(root.article).toHaveAttribute('data-state', 'sent');
      await openThread(root);
      proxy.holdSends();
      await panel(page).locator('input[type=file]').setInputFiles(picture);
      await field(page).fill('not sent yet');
      await panel(page).getByRole('button', { name: 'Send' }).click();
      const unsent = panel(page).locator('article').filter({ hasText: 'not sent yet' });
      await expect(unsent).toHaveAttribute('data-state', 'pending');
      await expect(unsent.getByRole('progressbar')).toHaveCount(0);
      await page.reload();
      proxy.releaseSends();
      await openThread(await Message.withText(chat, 'first'));
      await expect(panel(page).locator('article[data-state="sent"] .message-image')).toHaveCount(1);
      await expect(replies(page)).toHaveText(['first', 'not sent yet']);
    });

    test('names and emoji are completed in a thread', async ({ page, connect, deployment, room }) => {
      const ann = await connect(room, { name: 'Annabel' });
      const root = (await ann.sendMessage('first')).seq;
      const chat = await ChatPage.open(page, deployment, room);
      await openThread(Message.withSeq(chat, root));
      await field(page).click();
      await field(page).pressSequentially('hi @anna');
      const people = page.getByRole('listbox', { name: 'People to mention' });
      await expect(people.getByRole('option')).toHaveText([/Annabel$/]);
      await expect(field(page)).toHaveAttribute('aria-activedescendant', 'mention-0');
      await expectAccessible(page);
      await field(page).press('Enter');
      await expect(field(page)).toHaveValue('hi @Annabel ');
      await field(page).pressSequentially(':tada: :hea');
      await expect(field(page)).toHaveValue('hi @Annabel 🎉 :hea');
      await expect(page.getByRole('listbox', { name: 'Emoji' })).toBeVisible();
      await field(page).press('Escape');
      await expect(page.getByRole('listbox')).toHaveCount(0);
      await expect(panel(page), 'Escape closed the list only').toBeVisible();
      await field(page).fill('hi @Annabel');
      await field(page).press('Enter');
      await expect(panel(page).locator('article[data-state="sent"] .mention')).toHaveText('@Annabel');
      await expect(chat.composer).toHaveValue('');
      await field(page).fill('/');
      await expect(page.getByRole('listbox'), 'a thread has no commands').toHaveCount(0);
    });

    test('a list has the threads in which one takes part, that with the newest reply first', async ({ page, connect, deployment, room }) => {
      const client = await connect(room, { name: 'Ann' });
      const roots: number[] = [];
      for (const text of ['one', 'two', 'three', 'not mine']) roots.push((await client.sendMessage(text)).seq);
      const chat = await ChatPage.open(page, deployment, room);
      for (const root of roots.slice(0, 3)) {
        await openThread(Message.withSeq(chat, root));
        await reply(page, `me in ${root}`);
        await page.keyboard.press('Escape');
      }
      await replyByWire(client, roots[3]!, 'to nobody');
      await replyByWire(client, roots[1]!, 'to you');
      await expect(line(Message.withSeq(chat, roots[1]!))).toHaveClass(/unread/);

      await page.getByRole('button', { name: 'Search' }).first().click();
      await page.getByRole('dialog', { name: 'Search' }).getByRole('button', { name: 'Threads' }).click();
      const list = page.getByRole('dialog', { name: 'Threads' });
      const entries = list.getByRole('listitem');
      await expect(entries).toHaveText([/Ann.*two.*2 replies.*New replies/, /three.*1 reply,/, /one.*1 reply,/]);
      await expect(entries.filter({ hasText: 'New replies' })).toHaveCount(1);
      await expectAccessible(page);
      await entries.first().getByRole('link').click();
      await expect(list).toBeHidden();
      await expect(replies(page)).toHaveText(['two', `me in ${roots[1]}`, 'to you']);
      await panel(page).getByRole('button', { name: 'All threads' }).click();
      await expect(entries.first()).toHaveText(/two/);
      await expect(entries.filter({ hasText: 'New replies' }), 'the thread was read').toHaveCount(0);
      await page.keyboard.press('Escape');
      await expect(list).toBeHidden();
      await expect(panel(page), 'Escape closed the list only').toBeVisible();
    });

    test('what is unread in threads is shown beside the rooms', async ({ page, connect, deployment, room }) => {
      const client = await connect(room, { name: 'Ann' });
      const chat = await ChatPage.open(page, deployment, room);
      await chat.sendMessage('mine');
      const mine = await Message.withText(chat, 'mine');
      await expect(mine.article).toHaveAttribute('data-state', 'sent');
      await replyByWire(client, await mine.seq(), 'a reply to you');
      await expect(line(mine), 'one takes part in a thread that one began').toHaveClass(/unread/);
      if (size === 'phone') await page.locator('.room-switch').click();
      await page.getByRole('button', { name: '1 thread with new replies', exact: true }).filter({ visible: true }).click();
      const list = page.getByRole('dialog', { name: 'Threads' });
      await list.getByRole('listitem').getByRole('link').click();
      await expect(replies(page)).toHaveText(['mine', 'a reply to you']);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('button', { name: '1 thread with new replies' })).toHaveCount(0);
    });

    test('a reply to one\'s own message that came while the page was closed is unread', async ({ page, connect, deployment, room }) => {
      const client = await connect(room, { name: 'Ann' });
      const chat = await ChatPage.open(page, deployment, room);
      await chat.sendMessage('mine');
      const mine = await Message.withText(chat, 'mine');
      await expect(mine.article).toHaveAttribute('data-state', 'sent');
      const seq = await mine.seq();
      await page.goto('about:blank');
      await replyByWire(client, seq, 'while you were away');
      await page.goto(deployment.pageUrl(room));
      await expect(line(Message.withSeq(chat, seq))).toHaveClass(/unread/);
    });

    test('a thread that was read on one device is read on another one', async ({ page, browser, connect, deployment, room }) => {
      const client = await connect(room, { name: 'Ann' });
      const chat = await ChatPage.open(page, deployment, room);
      await chat.sendMessage('mine');
      const mine = await Message.withText(chat, 'mine');
      await expect(mine.article).toHaveAttribute('data-state', 'sent');
      const seq = await mine.seq();
      // A copy of the cookies is the same person, and has nothing else of the first device.
      const { cookies } = await page.context().storageState();
      const context = await browser.newContext({ locale: 'en-GB', viewport, serviceWorkers: 'block', storageState: { cookies, origins: [] } });
      const other = await ChatPage.open(await context.newPage(), deployment, room);
      await replyByWire(client, seq, 'a reply to you');
      const [here, there] = [Message.withSeq(chat, seq), Message.withSeq(other, seq)];
      await expect(line(here)).toHaveClass(/unread/);
      await expect(line(there)).toHaveClass(/unread/);
      await other.page.goto('about:blank');
      await line(here).click();
      await expect(replies(page)).toHaveText(['mine', 'a reply to you']);
      await page.keyboard.press('Escape');
      await expect(async () => {
        await ChatPage.open(other.page, deployment, room);
        await waitForPart(other.page);
        await expect(line(there)).not.toHaveClass(/unread/, { timeout: 3000 });
      }).toPass();
      await context.close();
    });

    test('a reply in one\'s own thread in another room marks that room until it is opened', async ({ page, connect, deployment, room }) => {
      const client = await connect(room, { name: 'Ann' });
      const theirs = (await client.sendMessage('theirs')).seq;
      const chat = await ChatPage.open(page, deployment, room);
      await chat.sendMessage('mine');
      const mine = await Message.withText(chat, 'mine');
      await expect(mine.article).toHaveAttribute('data-state', 'sent');
      const seq = await mine.seq();
      await ChatPage.open(page, deployment, `${room}-b`);
      await waitForPart(page);
      const row = page.getByRole('dialog', { name: 'Rooms' }).locator('.room-row').filter({ has: page.locator(`a[href="/r/${room}"]`) });
      await replyByWire(client, theirs, 'to nobody');
      await replyByWire(client, seq, 'a reply to you');
      await expect(page.locator('.room-switch')).toHaveAttribute('data-unread');
      await page.locator('.room-switch').click();
      await expect(row).toHaveClass(/unread/);
      await expect(row.locator('.room-badge')).toHaveText('1');
      await expectAccessible(page);
      await row.getByRole('link').click();
      await expect(page).toHaveURL(deployment.pageUrl(room));
      await expect(line(Message.withSeq(chat, seq))).toHaveClass(/unread/);
      await expect(line(Message.withSeq(chat, theirs))).not.toHaveClass(/unread/);
      await line(Message.withSeq(chat, seq)).click();
      await expect(replies(page)).toHaveText(['mine', 'a reply to you']);
      await page.keyboard.press('Escape');
      await page.locator('.room-switch').click();
      await page.getByRole('dialog', { name: 'Rooms' }).locator(`a[href="/r/${room}-b"]`).click();
      await expect(page).toHaveURL(deployment.pageUrl(`${room}-b`));
      await chat.waitForState('live');
      await page.locator('.room-switch').click();
      await expect(row).toBeVisible();
      await expect(row).not.toHaveClass(/unread/);
      await expect(page.locator('.room-switch')).not.toHaveAttribute('data-unread');
    });

    test('the thread of a deleted message can be read, and takes no replies', async ({ page, connect, deployment, room }) => {
      const chat = await ChatPage.open(page, deployment, room);
      await chat.sendMessage('first');
      const root = await Message.withText(chat, 'first');
      const client = await connect(room);
      await replyByWire(client, await root.seq(), 'a reply');
      await root.delete();
      await root.expectDeleted();
      await line(root).click();
      await expect(panel(page)).toContainText('a reply');
      await expect(panel(page)).toContainText('nobody can reply here any more');
      await expect(field(page)).toBeHidden();
      await expectAccessible(page);
    });

    test('replies in threads in which one wrote are unread until the thread is opened', async ({ page, connect, deployment, room }) => {
      const client = await connect(room);
      const [mine, other] = [(await client.sendMessage('one')).seq, (await client.sendMessage('two')).seq];
      const chat = await ChatPage.open(page, deployment, room);
      const [one, two] = [Message.withSeq(chat, mine), Message.withSeq(chat, other)];
      await openThread(one);
      await reply(page, 'I am here');
      await page.keyboard.press('Escape');
      await replyByWire(client, mine, 'to you');
      await replyByWire(client, other, 'to nobody');
      await expect(line(two)).toContainText('1 reply');
      await expect(line(one)).toHaveClass(/unread/);
      await expect(line(two)).not.toHaveClass(/unread/);
      await expect(page.locator('.room-switch')).toHaveAttribute('data-unread');
      await expect(page.locator('.room-switch')).toContainText('1 thread with new replies');
      await page.reload();
      await expect(line(one)).toHaveClass(/unread/);
      await line(one).click();
      await expect(replies(page)).toHaveText(['one', 'I am here', 'to you']);
      await page.keyboard.press('Escape');
      await expect(line(one)).not.toHaveClass(/unread/);
      await expect(page.locator('.room-switch')).not.toHaveAttribute('data-unread');
    });

    test('what is being written stays when the first message is deleted', async ({ page, connect, deployment, room }) => {
      const client = await connect(room);
      const { seq } = await client.sendMessage('first');
      const chat = await ChatPage.open(page, deployment, room);
      await openThread(Message.withSeq(chat, seq));
      await field(page).fill('a long answer');
      client.send({ action: 'delete', seq, nonce: crypto.randomUUID() });
      await expect(panel(page)).toContainText('nobody can reply here any more');
      await expect(field(page)).toBeVisible();
      await expect(field(page)).toHaveValue('a long answer');
      await expect(field(page)).toHaveAttribute('readonly');
      await expect(panel(page).getByRole('button', { name: 'Send' })).toBeDisabled();
      await expectAccessible(page);
    });
  });
}

test('a thread takes the place of the people beside the log', async ({ page, deployment, room }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('first');
  await page.locator('.presence').click();
  const people = page.getByRole('complementary', { name: 'People here' });
  await expect(people).toBeVisible();
  await openThread(await Message.withText(chat, 'first'));
  await expect(people).toBeHidden();
  expect((await panel(page).boundingBox())!.x, 'the panel is beside the log').toBeGreaterThanOrEqual((await chat.log.boundingBox())!.x + (await chat.log.boundingBox())!.width - 1);
  await panel(page).getByRole('button', { name: 'Close' }).click();
  await expect(people).toBeVisible();
});

test('another thread takes the place of an open one, and each keeps its own draft', async ({ page, deployment, room }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const chat = await ChatPage.open(page, deployment, room);
  for (const text of ['one', 'two']) await chat.sendMessage(text);
  const [one, two] = [await Message.withText(chat, 'one'), await Message.withText(chat, 'two')];
  await openThread(one);
  await reply(page, 'about one');
  await field(page).fill('half a thought');
  await panel(page).getByLabel('Also send to the room').check();
  await two.clickAction('Reply in a thread');
  await expect(replies(page)).toHaveText(['two']);
  await expect(field(page)).toHaveValue('');
  await expect(panel(page).getByLabel('Also send to the room')).not.toBeChecked();
  await reply(page, 'about two');
  // The log of the panel has its listeners still.
  const own = new Message(chat, panel(page).locator('article').filter({ hasText: 'about two' }));
  await own.clickAction('Edit');
  await expect(field(page)).toHaveValue('about two');
  await page.keyboard.press('Escape');
  await one.clickAction('Reply in a thread');
  await expect(field(page)).toHaveValue('half a thought');
  const first = new Message(chat, panel(page).locator('article').filter({ hasText: 'about one' }));
  await first.clickAction('Edit');
  await expect(field(page)).toHaveValue('about one');
  await page.keyboard.press('Escape');
  await expect(field(page), 'what was written before the edit').toHaveValue('half a thought');
  expect(errors).toEqual([]);
});

test('the command /threads opens the list, which is empty at first', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.composer.fill('/threads');
  await chat.composer.press('Enter');
  const list = page.getByRole('dialog', { name: 'Threads' });
  await expect(list).toContainText('You take part in no thread of this room.');
  await expectAccessible(page);
});

test('a list of many threads goes on', async ({ page, connect, deployment, room }) => {
  const client = await connect(room, { name: 'Ann' });
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('hi');
  await expect(chat.messageWithText('hi')).toHaveAttribute('data-state', 'sent');
  const me = await page.evaluate(() => JSON.parse(document.querySelector('#page-state')!.textContent!).you);
  for (let number = 1; number <= 22; number++) {
    const root = (await client.sendMessage(`root ${number}`)).seq;
    await replyByWire(client, root, `@${me.name}`, { mentions: [{ id: me.id, name: me.name }] });
  }
  await chat.composer.fill('/threads');
  await chat.composer.press('Enter');
  const list = page.getByRole('dialog', { name: 'Threads' });
  await expect(list.getByRole('listitem')).toHaveCount(20);
  await expect(list.getByRole('listitem').first()).toContainText('root 22');
  await list.getByRole('button', { name: 'Show earlier' }).click();
  await expect(list.getByRole('listitem')).toHaveCount(22);
  await expect(list.getByRole('listitem').last()).toContainText('root 1');
  await expect(list.getByRole('button', { name: 'Show earlier' })).toHaveCount(0);
});

test('emoji of the picker are put into the field of the thread', async ({ page, deployment, room }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('first');
  await chat.composer.fill('for the room');
  await openThread(await Message.withText(chat, 'first'));
  await field(page).fill('well done');
  await panel(page).getByRole('button', { name: 'Emoji' }).click();
  await page.getByRole('dialog', { name: 'Emoji' }).getByRole('button', { name: '🎉' }).click();
  await expect(field(page)).toHaveValue('well done🎉');
  await expect(field(page)).toBeFocused();
  await expect(chat.composer).toHaveValue('for the room');
});

test('back closes a thread that covers the page', async ({ page, deployment, room }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('first');
  await openThread(await Message.withText(chat, 'first'));
  await page.goBack();
  await expect(panel(page)).toHaveCount(0);
  await expect(page).toHaveURL(deployment.pageUrl(room));
  await chat.sendMessage('second');
  await expect(chat.messageWithText('second')).toHaveAttribute('data-state', 'sent');
});

test.describe('a thread that covers the page', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('leaves the room unread, and what is behind it unreachable', async ({ page, connect, deployment, room }) => {
    const chat = await ChatPage.open(page, deployment, room);
    await chat.sendMessage('first');
    await openThread(await Message.withText(chat, 'first'));
    await expect(page.getByRole('button', { name: 'Search' })).toHaveCount(0);
    await expect(page.getByRole('article')).toHaveCount(1);
    await (await connect(room, { name: 'Ann' })).sendMessage('behind it');
    await expect(chat.log.locator('article')).toHaveCount(2);
    await expect(page.locator('.new-line'), 'it is not read').toHaveCount(1);
    await panel(page).getByRole('button', { name: 'Close' }).click();
    await expect(chat.messageWithText('behind it')).toBeVisible();
    await expect(page.locator('.new-line')).toBeVisible();
  });

  test('shows that the page is offline, and why nobody can write', async ({ page, deployment, room }) => {
    const proxy = await SocketProxy.install(page);
    const chat = await ChatPage.open(page, deployment, room);
    await chat.sendMessage('first');
    const root = await Message.withText(chat, 'first');
    await openThread(root);
    await expect(panel(page).getByRole('alert')).toHaveCount(0);
    proxy.rejectNext('react', 'notAllowed');
    await new Message(chat, panel(page).locator('article')).clickAction('React with 👍');
    const alert = panel(page).getByRole('alert');
    await expect(alert).toContainText('You are not allowed to do this here.');
    await panel(page).getByRole('button', { name: 'Dismiss' }).click();
    await expect(alert).toHaveCount(0);
    await expect(field(page)).toBeFocused();
    await page.context().setOffline(true);
    await proxy.disconnect();
    await expect(panel(page).getByText('Offline', { exact: true })).toBeVisible();
    await expectAccessible(page);
  });

  test('does not cover what the page reports', async ({ page, context, deployment, room }) => {
    await context.grantPermissions(['clipboard-write']).catch(() => {});
    const chat = await ChatPage.open(page, deployment, room);
    await chat.sendMessage('first');
    await openThread(await Message.withText(chat, 'first'));
    await new Message(chat, panel(page).locator('article')).clickAction('Copy link');
    const toast = page.locator('.note');
    await expect(toast).toBeVisible();
    const isOnTop = (element: Element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return document.elementFromPoint(x + width / 2, y + height / 2) === element;
    };
    expect(await toast.evaluate(isOnTop)).toBe(true);
  });
});

test('the focus returns to the copy of a message whose action was used', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('first');
  await openThread(await Message.withText(chat, 'first'));
  const copy = new Message(chat, panel(page).locator('article'));
  await copy.clickAction('Delete');
  await page.keyboard.press('Escape');
  await expect(copy.article).toBeFocused();
  await page.keyboard.press('a');
  await expect(page.getByRole('dialog', { name: 'More reactions' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(copy.article).toBeFocused();
});

test('a page on which almost everything is in threads loads older messages', async ({ page, connect, deployment, room }) => {
  const client = await connect(room);
  for (let number = 1; number <= 25; number++) await client.sendMessage(`before ${number}`);
  const root = (await client.sendMessage('first')).seq;
  for (let number = 1; number <= 40; number++) await replyByWire(client, root, `reply ${number}`);
  const chat = await ChatPage.open(page, deployment, room);
  await expect(chat.messageWithText('first')).toBeVisible();
  await expect(chat.messageWithText('before 20')).toBeAttached();
  await expect(line(Message.withSeq(chat, root))).toContainText('40 replies');
});
