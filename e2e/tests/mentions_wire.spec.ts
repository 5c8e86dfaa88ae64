import { expect, test } from '../support/fixtures.ts';

// Whom a message calls, over the wire, on both homes.

const ann = { id: 'ann', name: 'Ann' };
const bob = { id: 'bob', name: '<b>Bob' };

test('a message and its edit carry whom they call, and nobody else', async ({ room, connect }) => {
  const [cat, dan] = [await connect(room), await connect(room)];
  const said = await cat.request({ action: 'send', text: 'hi @Ann, not Bob', mentions: [bob, ann] }, 'message');
  const html = '<p>hi <span class="mention">@Ann</span>, not Bob</p>';
  expect(said).toMatchObject({ mentions: [ann], html });
  expect(await dan.next('message')).toEqual(said);

  const edit = { action: 'edit', seq: said['seq'], text: 'hi @&lt;b>Bob @<b>Bob', mentions: [bob, ann] };
  const edited = await cat.request(edit, 'message');
  expect(edited).toMatchObject({ text: edit.text, mentions: [bob] });
  expect(edited['html'], 'a name is text like any other').not.toContain('<b>');
  expect((await (await connect(room)).newestMessages())[0]).toMatchObject({ mentions: [bob] });

  const gone = await cat.request({ action: 'delete', seq: said['seq'] }, 'message');
  expect(gone['mentions']).toBeUndefined();
});

test('mentions that are none are refused, and nothing is stored', async ({ room, connect }) => {
  const cat = await connect(room);
  for (const mentions of ['Ann', [7], [{ id: 'ann' }], [{ id: 'a b', name: 'Ann' }], [{ id: 'ann', name: '' }], Array(11).fill(ann)]) {
    const answer = await cat.request({ action: 'send', text: '@Ann', nonce: 'n', mentions }, 'message');
    expect(answer, JSON.stringify(mentions)).toMatchObject({ type: 'error', code: 'badField', action: 'send', nonce: 'n' });
  }
  expect(await cat.newestMessages()).toEqual([]);
});
