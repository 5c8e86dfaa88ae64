import { expect, test } from '../support/fixtures.ts';

// Title, topic and description of a room, without a page, on both deployments.

const details = { title: '猫 Cats', topic: 'Cats only', description: 'One\nTwo' };

test('details reach everybody in the room, and those who come later', async ({ room, connect }) => {
  const [ann, ben] = [await connect(room), await connect(room)];
  const told = ben.next('details');
  expect(await ann.request({ action: 'describe', details }, 'details')).toEqual({ type: 'details', room, details });
  expect(await told).toEqual({ type: 'details', room, details });
  const later = await connect(room);
  expect(await later.request({ action: 'hello' }, 'welcome')).toMatchObject({ details });
  const titles = [{ room, title: details.title }];
  expect(await later.request({ action: 'rooms', rooms: [`${room}-x`, room], titles: true }, 'rooms')).toEqual({ type: 'rooms', rooms: [], titles });
});

test('a guest describes a room once, and not after a message', async ({ room, connect }) => {
  const [ann, ben] = [await connect(room), await connect(`${room}-b`)];
  const refused = { type: 'error', code: 'notAllowed', action: 'describe' };
  expect(await ann.request({ action: 'describe', details: {} }, 'details')).toMatchObject(refused);
  expect(await ann.request({ action: 'describe', details }, 'details')).toMatchObject({ type: 'details' });
  expect(await ann.request({ action: 'describe', details }, 'details')).toMatchObject({ type: 'details' });
  expect(await ann.request({ action: 'describe', details: { title: 'Dogs' } }, 'details')).toMatchObject(refused);
  await ben.sendMessage('first');
  expect(await ben.request({ action: 'describe', details }, 'details')).toMatchObject(refused);
});

test('invalid details are rejected', async ({ room, connect }) => {
  const ann = await connect(room);
  for (const bad of [undefined, 'Cats', { title: '' }, { title: ' ' }, { title: 'x'.repeat(81) }, { title: 'a\u202eb' }, { topic: '\u200b' }, { topic: 'x'.repeat(251) }, { description: 'x'.repeat(1_001) }, { description: '\0' }]) {
    const answer = await ann.request({ action: 'describe', details: bad }, 'details');
    expect(answer, JSON.stringify(bad)).toMatchObject({ type: 'error', code: 'badField', action: 'describe' });
  }
});
