import { expect, test } from '../support/fixtures.ts';
import type { Frame } from '../support/wire_client.ts';

// Searching a room, over the wire, on both homes.

const texts = (found: Frame): string[] => found['messages'].map((message: Frame) => message['text']);

test('messages are found by their words, in any order, case and width, newest first', async ({ room, connect }) => {
  const ann = await connect(room, { name: 'Ann Boleyn' });
  const said = ['Red apples', 'green APPLES', '**red** pears', 'ＡＢＣ ｶﾞﾗｽ', 'Ärger'];
  for (const text of said) await ann.sendMessage(text);
  for (const [text, expected] of [
    ['apples', ['green APPLES', 'Red apples']],
    ['apples red', ['Red apples']],
    ['RED', ['**red** pears', 'Red apples']],
    ['abc', ['ＡＢＣ ｶﾞﾗｽ']],
    ['ガラス', ['ＡＢＣ ｶﾞﾗｽ']],
    ['a\u0308rger', ['Ärger']],
    ['boleyn pears', ['**red** pears']],
    ['blue', []],
  ] as const) {
    const found = await ann.request({ action: 'search', text }, 'found');
    expect([found['text'], texts(found), found['before']], text).toEqual([text, expected, undefined]);
  }
  const [pears] = (await ann.request({ action: 'search', text: 'pears' }, 'found'))['messages'];
  expect(pears['html'], 'as it is shown').toContain('<strong>red</strong>');
  expect(texts(await (await connect(`${room}-x`)).request({ action: 'search', text: 'apples' }, 'found'))).toEqual([]);
});

test('what was deleted is not found, and what was edited is found as it is', async ({ room, connect }) => {
  const ann = await connect(room);
  const [one, two] = [await ann.sendMessage('apples'), await ann.sendMessage('more apples')];
  await ann.request({ action: 'delete', seq: one['seq'] }, 'message');
  await ann.request({ action: 'edit', seq: two['seq'], text: 'plums' }, 'message');
  expect(texts(await ann.request({ action: 'search', text: 'apples' }, 'found'))).toEqual([]);
  expect(texts(await ann.request({ action: 'search', text: 'plums' }, 'found'))).toEqual(['plums']);
});

test('an answer has twenty messages at most, and says where to go on', async ({ room, connect }) => {
  const ann = await connect(room);
  const said: string[] = [];
  for (let number = 1; number <= 23; number++) said.unshift((await ann.sendMessage(`apple ${number}`))['text']);
  const first = await ann.request({ action: 'search', text: 'apple' }, 'found');
  expect([texts(first), first['before']]).toEqual([said.slice(0, 20), first['messages'].at(-1).seq]);
  const second = await ann.request({ action: 'search', text: 'apple', before: first['before'] }, 'found');
  expect([texts(second), second['before']]).toEqual([said.slice(20), undefined]);
});

test('what cannot be looked for is refused', async ({ room, connect }) => {
  const ann = await connect(room);
  for (const frame of [{}, { text: '' }, { text: ' \u3000 ' }, { text: 7 }, { text: 'x'.repeat(101) }, { text: 'x', before: 'now' }, { text: 'x', before: -1 }]) {
    const answer = await ann.request({ action: 'search', ...frame }, 'found');
    expect(answer, JSON.stringify(frame)).toMatchObject({ type: 'error', code: 'badField', action: 'search' });
  }
});
