import { expect, test } from '../support/fixtures.ts';
import type { Frame, WireClient } from '../support/wire_client.ts';

// Edits, deletions, reactions and answers over the wire, on both homes.

/** Says something about a message, and gives back what comes of it. */
async function ask(wire: WireClient, frame: object): Promise<Frame> {
  wire.send({ nonce: crypto.randomUUID(), ...frame });
  return wire.next('message', 'error');
}

test('an edit, a reaction and a deletion reach everyone, and whoever comes later', async ({ room, connect }) => {
  const [ann, ben] = [await connect(room), await connect(room)];
  const { seq } = await ann.sendMessage('helo');
  await ben.next('message');

  expect(await ask(ann, { action: 'edit', seq, text: 'hello' })).toMatchObject({ seq, text: 'hello' });
  expect(await ben.next('message')).toMatchObject({ seq, text: 'hello', editedAt: expect.any(Number) });
  expect(await ask(ben, { action: 'react', seq, emoji: '👩🏽‍🚀', on: true })).toMatchObject({ seq, reactions: [{ emoji: '👩🏽‍🚀' }] });
  await ann.next('message');
  const [stored] = await (await connect(room)).newestMessages();
  expect(stored).toMatchObject({ seq, rev: 3, text: 'hello', reactions: [{ emoji: '👩🏽‍🚀', people: [{}] }] });

  expect(await ask(ann, { action: 'delete', seq })).toMatchObject({ seq, deleted: true });
  const [left] = await (await connect(room)).newestMessages();
  expect(left).toEqual({ seq, rev: 4, author: stored!['author'], nonce: stored!['nonce'], sentAt: stored!['sentAt'], deleted: true });
});

test('whoever was away is told what changed, each message once and as it is now', async ({ room, connect }) => {
  const ann = await connect(room);
  const [one, two] = [await ann.sendMessage('one'), await ann.sendMessage('two')];
  for (const text of ['1', '1!']) await ask(ann, { action: 'edit', seq: one.seq, text });
  await ask(ann, { action: 'delete', seq: two.seq });
  const three = await ann.sendMessage('three');
  const late = await connect(room);
  late.send({ action: 'hello', since: two.rev });
  await late.next('welcome');
  const changes = await late.next('changes');
  expect(changes).toMatchObject({ upTo: three.rev, truncated: false });
  expect(changes['messages'].map((message: Frame) => [message['seq'], message['text'], message['deleted']])).toEqual([
    [one.seq, '1!', undefined],
    [two.seq, undefined, true],
    [three.seq, 'three', undefined],
  ]);
});

test('a message is its author’s: nobody else edits or deletes it, and nobody changes what is not there', async ({ room, connect }) => {
  const [ann, ben] = [await connect(room), await connect(room)];
  const { seq } = await ann.sendMessage('mine');
  await ben.next('message');
  for (const [frame, code] of [
    [{ action: 'edit', seq, text: 'yours' }, 'notYours'],
    [{ action: 'delete', seq }, 'notYours'],
    [{ action: 'edit', seq: seq + 7, text: 'x' }, 'noMessage'],
    [{ action: 'delete', seq: 0 }, 'noMessage'],
    [{ action: 'react', seq: seq + 7, emoji: '👍', on: true }, 'noMessage'],
    [{ action: 'send', text: 'x', replyTo: seq + 7 }, 'noMessage'],
    [{ action: 'react', seq, emoji: '<b>', on: true }, 'badField'],
    [{ action: 'react', seq, emoji: 'x'.repeat(100), on: true }, 'badField'],
    [{ action: 'react', seq, emoji: '👍' }, 'badField'],
    [{ action: 'edit', seq: '1', text: 'x' }, 'badField'],
    [{ action: 'edit', seq: -1, text: 'x' }, 'badField'],
    [{ action: 'edit', seq, text: 'x'.repeat(4001) }, 'badField'],
    [{ action: 'delete' }, 'badField'],
  ] as const) {
    expect(await ask(ben, frame), JSON.stringify(frame)).toMatchObject({ type: 'error', code, action: frame.action, nonce: expect.any(String) });
  }
  expect((await (await connect(room)).newestMessages()).map((message) => [message['text'], message['rev']])).toEqual([['mine', 1]]);
});

test('thirty reactions at once are all there', async ({ room, connect }) => {
  const ann = await connect(room);
  const { seq } = await ann.sendMessage('who is in?');
  const people = await Promise.all(Array.from({ length: 12 }, () => connect(room)));
  for (const [number, person] of people.entries()) {
    for (const emoji of ['👍', '🎉', '❤️', '😂'].slice(0, 1 + (number % 4))) {
      person.send({ action: 'react', seq, emoji, on: true, nonce: `${number}-${emoji.codePointAt(0)}` });
    }
  }
  const count = async () => {
    const [message] = await (await connect(room)).newestMessages();
    return (message!['reactions'] ?? []).reduce((sum: number, reaction: any) => sum + reaction.people.length, 0);
  };
  await expect.poll(count, { timeout: 15_000 }).toBe(30);
});
