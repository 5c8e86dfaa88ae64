import { expect, test } from '../support/fixtures.ts';
import type { Frame } from '../support/wire_client.ts';

// Search without a page, on both deployments.

const texts = (found: Frame): string[] => found['messages'].map((message: Frame) => message['text']);

test('search ignores word order, case and width', async ({ room, connect }) => {
  const ann = await connect(room, { name: 'Ann Boleyn' });
  const sent = ['Red apples', 'green APPLES', '**red** pears', 'ＡＢＣ ｶﾞﾗｽ', 'Ärger'];
  for (const text of sent) await ann.sendMessage(text);
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
  expect(pears['html'], 'with rendered HTML').toContain('<strong>red</strong>');
  expect(texts(await (await connect(`${room}-x`)).request({ action: 'search', text: 'apples' }, 'found'))).toEqual([]);
});

test('search ignores deleted messages and finds edited text', async ({ room, connect }) => {
  const ann = await connect(room);
  const [one, two] = [await ann.sendMessage('apples'), await ann.sendMessage('more apples')];
  await ann.request({ action: 'delete', seq: one['seq'] }, 'message');
  await ann.request({ action: 'edit', seq: two['seq'], text: 'plums' }, 'message');
  expect(texts(await ann.request({ action: 'search', text: 'apples' }, 'found'))).toEqual([]);
  expect(texts(await ann.request({ action: 'search', text: 'plums' }, 'found'))).toEqual(['plums']);
});

test('search answers have twenty messages and a cursor', async ({ room, connect }) => {
  const ann = await connect(room);
  const sent: string[] = [];
  for (let number = 1; number <= 23; number++) sent.unshift((await ann.sendMessage(`apple ${number}`))['text']);
  const first = await ann.request({ action: 'search', text: 'apple' }, 'found');
  expect([texts(first), first['before']]).toEqual([sent.slice(0, 20), first['messages'].at(-1).seq]);
  const second = await ann.request({ action: 'search', text: 'apple', before: first['before'] }, 'found');
  expect([texts(second), second['before']]).toEqual([sent.slice(20), undefined]);
});

test('invalid searches are rejected', async ({ room, connect }) => {
  const ann = await connect(room);
  for (const frame of [{}, { text: '' }, { text: ' \u3000 ' }, { text: 7 }, { text: 'x'.repeat(101) }, { text: 'x', before: 'now' }, { text: 'x', before: -1 }]) {
    const answer = await ann.request({ action: 'search', ...frame }, 'found');
    expect(answer, JSON.stringify(frame)).toMatchObject({ type: 'error', code: 'badField', action: 'search' });
  }
});
