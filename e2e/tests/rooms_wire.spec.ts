import { expect, test } from '../support/fixtures.ts';

// The newest message of other rooms, without a page, on both deployments.

test('room activity lists the newest message, and no empty rooms', async ({ room, connect }) => {
  const [here, there] = [await connect(room), await connect(`${room}-there`)];
  await there.sendMessage('one');
  const newest = await there.sendMessage('two');
  const own = await here.sendMessage('here');
  const answer = await here.request({ action: 'rooms', rooms: [`${room}-there`, `${room}-silent`, room] }, 'rooms');
  expect(answer).toEqual({
    type: 'rooms',
    rooms: [
      { room: `${room}-there`, newest: newest['seq'], author: newest['author'].id, sentAt: newest['sentAt'] },
      { room, newest: own['seq'], author: own['author'].id, sentAt: own['sentAt'] },
    ],
  });
  expect(await here.request({ action: 'rooms', rooms: [] }, 'rooms')).toEqual({ type: 'rooms', rooms: [] });
});

test('invalid rooms and too many rooms are rejected', async ({ room, connect }) => {
  const ann = await connect(room);
  const many = (count: number) => Array.from({ length: count }, (_, number) => `${room}-${number}`);
  for (const rooms of [undefined, 'lobby', ['No Room'], ['../x'], [''], [7], many(51)]) {
    const answer = await ann.request({ action: 'rooms', rooms }, 'rooms');
    expect(answer, JSON.stringify(rooms)).toMatchObject({ type: 'error', code: 'badField', action: 'rooms' });
  }
  expect(await ann.request({ action: 'rooms', rooms: many(50) }, 'rooms')).toEqual({ type: 'rooms', rooms: [] });
});
