import { expect, test } from '../support/fixtures.ts';
import type { Frame, WireClient } from '../support/wire_client.ts';

// Edits, deletions, reactions and replies without a page, on both deployments.

/** Sends a command about a message. Returns the changed message or the error. */
async function change(client: WireClient, frame: object): Promise<Frame> {
  client.send({ nonce: crypto.randomUUID(), ...frame });
  return client.next('message', 'error');
}

test('edits, reactions and deletions reach everyone, now and later', async ({ room, connect }) => {
  const [ann, ben] = [await connect(room), await connect(room)];
  const { seq } = await ann.sendMessage('helo');
  await ben.next('message');

  expect(await change(ann, { action: 'edit', seq, text: 'hello' })).toMatchObject({ seq, text: 'hello' });
  expect(await ben.next('message')).toMatchObject({ seq, text: 'hello', editedAt: expect.any(Number) });
  expect(await change(ben, { action: 'react', seq, emoji: '👩🏽‍🚀', on: true })).toMatchObject({ seq, reactions: [{ emoji: '👩🏽‍🚀' }] });
  await ann.next('message');
  const [stored] = await (await connect(room)).newestMessages();
  expect(stored).toMatchObject({ seq, rev: 3, text: 'hello', reactions: [{ emoji: '👩🏽‍🚀', people: [{}] }] });

  expect(await change(ann, { action: 'delete', seq })).toMatchObject({ seq, deleted: true });
  const [left] = await (await connect(room)).newestMessages();
  expect(left).toEqual({ seq, rev: 4, author: stored!['author'], nonce: stored!['nonce'], sentAt: stored!['sentAt'], deleted: true });
});

test('a reconnecting client gets each changed message once', async ({ room, connect }) => {
  const ann = await connect(room);
  const [one, two] = [await ann.sendMessage('one'), await ann.sendMessage('two')];
  for (const text of ['1', '1!']) await change(ann, { action: 'edit', seq: one.seq, text });
  await change(ann, { action: 'delete', seq: two.seq });
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

test('only the author edits or deletes a message', async ({ room, connect }) => {
  const [ann, ben] = [await connect(room), await connect(room)];
  const { seq } = await ann.sendMessage('mine');
  await ben.next('message');
  for (const [frame, code] of [
    [{ action: 'edit', seq, text: 'yours' }, 'notYours'],
    [{ action: 'delete', seq }, 'notYours'],
    [{ action: 'edit', seq: seq + 7, text: 'x' }, 'noMessage'],
    [{ action: 'delete', seq: 0 }, 'noMessage'],
    [{ action: 'react', seq: seq + 7, emoji: '👍', on: true }, 'noMessage'],
    [{ action: 'react', seq, emoji: '<b>', on: true }, 'badField'],
    [{ action: 'react', seq, emoji: 'x'.repeat(100), on: true }, 'badField'],
    [{ action: 'react', seq, emoji: '👍' }, 'badField'],
    [{ action: 'edit', seq: '1', text: 'x' }, 'badField'],
    [{ action: 'edit', seq: -1, text: 'x' }, 'badField'],
    [{ action: 'edit', seq, text: 'x'.repeat(4001) }, 'badField'],
    [{ action: 'delete' }, 'badField'],
  ] as const) {
    expect(await change(ben, frame), JSON.stringify(frame)).toMatchObject({ type: 'error', code, action: frame.action, nonce: expect.any(String) });
  }
  expect((await (await connect(room)).newestMessages()).map((message) => [message['text'], message['rev']])).toEqual([['mine', 1]]);
});

test('thirty concurrent reactions are all stored', async ({ room, connect }) => {
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
