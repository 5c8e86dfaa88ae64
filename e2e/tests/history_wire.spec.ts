import { expect, test } from '../support/fixtures.ts';
import { messageLimit } from '../support/settings.ts';
import type { Frame, WireClient } from '../support/wire_client.ts';

// Pages of history before, after and around a message, without a page, on both deployments.

const seqs = (page: Frame): number[] => page['messages'].map((message: Frame) => message['seq']);

/** Sends this many messages and returns their sequence numbers. */
async function sendMessages(client: WireClient, count: number): Promise<number[]> {
  const sent: number[] = [];
  for (let number = 1; number <= count; number++) sent.push((await client.sendMessage(`message ${number}`))['seq']);
  return sent;
}

test('history pages before, after and around a message', async ({ room, connect }) => {
  const ann = await connect(room);
  const all = await sendMessages(ann, messageLimit + 6);
  const half = messageLimit / 2;
  const ask = (range: object) => ann.request({ action: 'history', ...range }, 'page');

  const [early, middle, late] = [all[2]!, all[half + 3]!, all.at(-3)!];
  expect(await ask({ before: early })).toMatchObject({ before: early, more: false, newer: true });
  expect(seqs(await ask({ before: early }))).toEqual(all.slice(0, 2));

  const around = await ask({ around: middle });
  expect(around).toMatchObject({ around: middle, more: true, newer: true });
  expect(around['upTo'], 'a page around a message is not a state to catch up from').toBeUndefined();
  expect(seqs(around)).toEqual(all.slice(3, 3 + messageLimit));

  const after = await ask({ after: late });
  expect(after).toMatchObject({ after: late, more: true });
  expect(after['newer']).toBeUndefined();
  expect(seqs(after)).toEqual(all.slice(-2));
});

test('history around a deleted or missing message has its neighbours', async ({ room, connect }) => {
  const ann = await connect(room);
  const [one, two, three] = await sendMessages(ann, 3);
  ann.send({ action: 'delete', seq: two });
  await ann.next('message');
  const ask = (around: number) => ann.request({ action: 'history', around }, 'page');
  expect((await ask(two!))['messages']).toMatchObject([{ seq: one }, { seq: two, deleted: true }, { seq: three }]);
  expect(seqs(await ask(1_000_000))).toEqual([one, two, three]);
  const empty = await (await connect(`${room}-x`)).request({ action: 'history', around: 7 }, 'page');
  expect(empty).toEqual({ room: `${room}-x`, type: 'page', around: 7, messages: [], more: false });
});

test('invalid history ranges are rejected', async ({ room, connect }) => {
  const ann = await connect(room);
  for (const range of [{}, { around: 'now' }, { around: -1 }, { after: 1.5 }, { before: null }, { around: {} }]) {
    const answer = await ann.request({ action: 'history', ...range }, 'page');
    expect(answer, JSON.stringify(range)).toMatchObject({ type: 'error', code: 'badField', action: 'history' });
  }
});
