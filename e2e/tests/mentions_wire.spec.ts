import { expect, test } from '../support/fixtures.ts';

// Mentions without a page, on both deployments.

const ann = { id: 'ann', name: 'Ann' };
const bob = { id: 'bob', name: '<b>Bob' };

test('messages and edits carry exactly the mentioned people', async ({ room, connect }) => {
  const [cat, dan] = [await connect(room), await connect(room)];
  const sent = await cat.request({ action: 'send', text: 'hi @Ann, not Bob', mentions: [bob, ann] }, 'message');
  const html = '<p>hi <span class="mention">@Ann</span>, not Bob</p>';
  expect(sent).toMatchObject({ mentions: [ann], html });
  expect(await dan.next('message')).toEqual(sent);

  const edit = { action: 'edit', seq: sent['seq'], text: 'hi @&lt;b>Bob @<b>Bob', mentions: [bob, ann] };
  const edited = await cat.request(edit, 'message');
  expect(edited).toMatchObject({ text: edit.text, mentions: [bob] });
  expect(edited['html'], 'a mentioned name is escaped').not.toContain('<b>');
  expect((await (await connect(room)).newestMessages())[0]).toMatchObject({ mentions: [bob] });

  const deleted = await cat.request({ action: 'delete', seq: sent['seq'] }, 'message');
  expect(deleted['mentions']).toBeUndefined();
});

test('invalid mentions are rejected and nothing is stored', async ({ room, connect }) => {
  const cat = await connect(room);
  for (const mentions of ['Ann', [7], [{ id: 'ann' }], [{ id: 'a b', name: 'Ann' }], [{ id: 'ann', name: '' }], Array(11).fill(ann)]) {
    const answer = await cat.request({ action: 'send', text: '@Ann', nonce: 'n', mentions }, 'message');
    expect(answer, JSON.stringify(mentions)).toMatchObject({ type: 'error', code: 'badField', action: 'send', nonce: 'n' });
  }
  expect(await cat.newestMessages()).toEqual([]);
});
