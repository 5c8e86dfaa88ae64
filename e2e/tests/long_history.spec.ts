import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { messageLimit } from '../support/settings.ts';

// A long history: the page draws the messages around what the reader sees, and no more.

/** The page draws at most 300 messages, and keeps 200 of them when there are more. */
const maximum = 300;
const count = maximum + 2 * messageLimit;

test('a reader of a long history finds every message, and the page draws a part of them', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  const seqs: unknown[] = [];
  for (let at = 1; at <= count; at += 1) seqs.push((await ann.sendMessage(`line ${at}`))['seq']);
  const chat = await ChatPage.open(page, deployment, room);
  const drawn = () => chat.messages.evaluateAll((all) => all.map((message) => Number((message as HTMLElement).dataset['seq'])));
  const seen = new Set<number>();

  /** Scrolls in small steps until `isThere`. */
  const scroll = async (distance: number, isThere: () => Promise<boolean>) => {
    await expect(async () => {
      for (let step = 0; step < 10; step += 1) {
        await chat.log.evaluate((log, distance) => log.scrollBy({ top: distance, behavior: 'instant' }), distance);
        const now = await drawn();
        now.forEach((seq) => seen.add(seq));
        expect(now.length).toBeLessThanOrEqual(maximum + messageLimit);
        expect(now, 'a range without a gap').toEqual(seqs.slice(seqs.indexOf(now[0]), seqs.indexOf(now[0]) + now.length));
      }
      expect(await isThere()).toBe(true);
    }).toPass({ timeout: 60_000 });
  };
  const atStart = () => chat.log.evaluate((log) => log.scrollHeight - log.clientHeight + log.scrollTop < 2);
  await scroll(-300, async () => (await chat.messageWithText('line 1').count()) === 1 && (await atStart()));
  await expect(chat.messageWithText('line 1')).toBeInViewport();
  expect(seen.size).toBe(count);
  expect((await drawn()).length).toBeLessThan(count);
  await expect(chat.messageWithText(`line ${count}`)).toHaveCount(0);

  // A message that arrives meanwhile is announced, and the way back leads to it.
  await ann.sendMessage('the newest');
  await expect(chat.newMessages).toBeVisible();
  seen.clear();
  seqs.push((await ann.newestMessages()).at(-1)!['seq']);
  const atEnd = () => chat.log.evaluate((log) => log.scrollTop > -2);
  await scroll(300, async () => (await chat.messageWithText('the newest').count()) === 1 && (await atEnd()));
  expect(seen.size).toBe(count + 1);
  await expect(chat.newMessages).toBeHidden();
});

test('nothing jumps when older messages arrive and the page drops newer ones', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  for (let at = 1; at <= count; at += 1) await ann.sendMessage(`line ${at}`);
  const chat = await ChatPage.open(page, deployment, room);
  const drawn = () => chat.messages.evaluateAll((all) => all.map((message) => (message as HTMLElement).dataset['seq']));
  const bottom = (seq: string) => chat.log.evaluate((log, seq) => log.querySelector(`[data-seq="${seq}"]`)!.getBoundingClientRect().bottom, seq);
  let wasCut = false;
  while ((await chat.messageWithText('line 1').count()) === 0) {
    const before = (await drawn()).length;
    // In one step, so that nothing arrives in between.
    const first = await chat.log.evaluate((log) => {
      log.scrollTo({ top: -log.scrollHeight, behavior: 'instant' });
      const message = log.querySelector<HTMLElement>('article')!;
      return { seq: message.dataset['seq']!, bottom: message.getBoundingClientRect().bottom };
    });
    await expect.poll(async () => (await drawn())[0]).not.toBe(first.seq);
    await expect.poll(async () => Math.abs((await bottom(first.seq)) - first.bottom)).toBeLessThan(3);
    wasCut ||= (await drawn()).length < before;
  }
  expect(wasCut).toBe(true);
});

test('the way to the newest messages leads to the last one', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  for (let at = 1; at <= count; at += 1) await ann.sendMessage(`line ${at}`);
  const chat = await ChatPage.open(page, deployment, room);
  const first = () => chat.messages.first().getAttribute('data-seq');
  const last = chat.messageWithText(`line ${count}`);
  // The page then draws older messages, which the newest ones overlap.
  while ((await last.count()) > 0) {
    const before = await first();
    await chat.scrollToOldest();
    await expect.poll(first).not.toBe(before);
  }
  await expect(chat.newMessages).toHaveText('Go to the newest messages');
  await chat.newMessages.click();
  await expect(last).toBeInViewport();
  await expect(chat.newMessages).toBeHidden();
  expect(await chat.log.evaluate((log) => log.scrollTop)).toBeGreaterThan(-2);
  await ann.sendMessage('next');
  await expect(chat.messageWithText('next'), 'the log follows').toBeInViewport();
});

test('an edit is saved after its message has left the log', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('mine');
  await expect(chat.messageWithText('mine')).toHaveAttribute('data-state', 'sent');
  await chat.composer.press('ArrowUp');
  await expect(chat.composer).toHaveValue('mine');
  await chat.composer.fill('mine, edited');
  for (let at = 1; at <= maximum; at += 1) await ann.sendMessage(`line ${at}`);
  await expect(chat.messageWithText('mine')).toHaveCount(0);
  await chat.send();
  await expect(chat.composer).toHaveValue('');
  await expect.poll(async () => (await ann.allMessages())[0]!['text']).toBe('mine, edited');
});
