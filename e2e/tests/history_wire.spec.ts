import { expect, test } from '../support/fixtures.ts';
import { messageLimit } from '../support/settings.ts';
import type { Frame, WireClient } from '../support/wire_client.ts';

// The pages about a place in the order, over the wire, on both homes.

const seqs = (page: Frame): number[] => page['messages'].map((message: Frame) => message['seq']);

/** Says so many messages, and gives back their places. */
async function fill(wire: WireClient, count: number): Promise<number[]> {
  const places: number[] = [];
  for (let number = 1; number <= count; number++) places.push((await wire.sendMessage(`message ${number}`))['seq']);
  return places;
}

test('a page can be had before, after and around a message, and says what lies on either side', async ({ room, connect }) => {
  const ann = await connect(room);
  const all = await fill(ann, messageLimit + 6);
  const half = messageLimit / 2;
  const ask = (place: object) => ann.request({ action: 'history', ...place }, 'page');

  const [early, middle, late] = [all[2]!, all[half + 3]!, all.at(-3)!];
  expect(await ask({ before: early })).toMatchObject({ before: early, more: false, newer: true });
  expect(seqs(await ask({ before: early }))).toEqual(all.slice(0, 2));

  const around = await ask({ around: middle });
  expect(around).toMatchObject({ around: middle, more: true, newer: true });
  expect(around['upTo'], 'it is no state to go on from').toBeUndefined();
  expect(seqs(around)).toEqual(all.slice(3, 3 + messageLimit));

  const after = await ask({ after: late });
  expect(after).toMatchObject({ after: late, more: true });
  expect(after['newer']).toBeUndefined();
  expect(seqs(after)).toEqual(all.slice(-2));
});

test('around a message that was deleted, or never was, is what was said there', async ({ room, connect }) => {
  const ann = await connect(room);
  const [one, two, three] = await fill(ann, 3);
  ann.send({ action: 'delete', seq: two });
  await ann.next('message');
  const ask = (around: number) => ann.request({ action: 'history', around }, 'page');
  expect((await ask(two!))['messages']).toMatchObject([{ seq: one }, { seq: two, deleted: true }, { seq: three }]);
  expect(seqs(await ask(1_000_000))).toEqual([one, two, three]);
  const empty = await (await connect(`${room}-x`)).request({ action: 'history', around: 7 }, 'page');
  expect(empty).toEqual({ type: 'page', around: 7, messages: [], more: false });
});

test('a place that is none is refused', async ({ room, connect }) => {
  const ann = await connect(room);
  for (const place of [{}, { around: 'now' }, { around: -1 }, { after: 1.5 }, { before: null }, { around: {} }]) {
    const answer = await ann.request({ action: 'history', ...place }, 'page');
    expect(answer, JSON.stringify(place)).toMatchObject({ type: 'error', code: 'badField', action: 'history' });
  }
});
