import { expect, test } from '../support/fixtures.ts';

// News of watched rooms, without a page, on both deployments.

test('a watched room is news until another request replaces it', async ({ room, connect }) => {
  const [here, there] = [await connect(room), await connect(`${room}-there`)];
  expect(await here.request({ action: 'rooms', rooms: [`${room}-there`], watch: true }, 'rooms')).toEqual({ type: 'rooms', rooms: [] });
  const { seq, author, sentAt } = await there.sendMessage('one');
  expect(await here.next('news')).toEqual({ type: 'news', room: `${room}-there`, seq, author, sentAt });
  there.send({ action: 'delete', seq });
  expect(await here.next('news')).toMatchObject({ room: `${room}-there`, seq, deleted: true });
  await here.request({ action: 'rooms', rooms: [`${room}-elsewhere`], watch: true }, 'rooms');
  await there.sendMessage('two');
  await there.drain('message');
  expect(await here.drain('news')).toEqual([]);
  const presence = await there.request({ action: 'people' }, 'presence');
  expect(presence['online'], 'a watcher is not present').toBe(1);
});

test('unread messages are counted for a read position', async ({ room, connect }) => {
  const [here, there] = [await connect(room), await connect(`${room}-there`)];
  const { seq } = await there.sendMessage('one');
  await there.sendMessage('two');
  const counts = async (read: number[]) => {
    const { rooms } = await here.request({ action: 'rooms', rooms: [`${room}-there`], read }, 'rooms');
    return rooms[0].unread;
  };
  expect([await counts([0]), await counts([seq]), await counts([seq + 1]), await counts([])]).toEqual([2, 1, 0, undefined]);
});
