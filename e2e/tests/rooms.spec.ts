import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { expectNoShift, recordShifts } from '../support/layout_shifts.ts';
import { waitForPart } from '../support/on_demand.ts';

// The list of visited rooms, their unread marks, and opening other rooms.

/** The column of rooms beside the chat. */
const column = (page: Page) => page.getByRole('navigation', { name: 'Rooms' });
/** The room dialog, with the same list. */
const roomDialog = (page: Page) => page.getByRole('dialog', { name: 'Rooms' });
/** The name of the room in the header, which opens the room dialog. */
const roomName = (page: Page) => page.getByRole('heading', { level: 1 }).getByRole('button');
const storedRooms = (page: Page) => page.evaluate(() => JSON.parse(localStorage.getItem('rooms') ?? 'null'));

/** Simulates coming back to the page from another tab. */
const returnToTab = (page: Page) => page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange')));

/** Records the `rooms` commands that a page sends from now on. */
function recordRoomsCommands(page: Page): string[][] {
  const commands: string[][] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const frame = JSON.parse(String(payload));
      if (frame.action === 'rooms') commands.push(frame.rooms);
    }),
  );
  return commands;
}

test.describe('on a wide screen', () => {
  test.use({ viewport: { width: 1280, height: 800 } });

  test('visited rooms are listed beside the chat by name, after the lobby', async ({ page, deployment, room }) => {
    await ChatPage.open(page, deployment, `${room}-a`);
    await ChatPage.open(page, deployment, `${room}-b`);
    const chat = await ChatPage.open(page, deployment, room);
    const links = column(page).getByRole('link');
    await expect(links).toHaveText(['#lobby', `#${room}`, `#${room}-a`, `#${room}-b`]);
    await expect(links.and(page.locator('[aria-current=page]'))).toHaveText(`#${room}`);
    expect(await storedRooms(page)).toEqual([room, `${room}-b`, `${room}-a`]);

    await links.nth(2).click();
    await expect(page).toHaveURL(deployment.pageUrl(`${room}-a`));
    await chat.waitForState('live');
    await expect(links).toHaveText(['#lobby', `#${room}`, `#${room}-a`, `#${room}-b`]);
    expect(await storedRooms(page)).toEqual([`${room}-a`, room, `${room}-b`]);
  });

  test('a room is unread until its new messages are read', async ({ page, deployment, room, connect }) => {
    const [away, here] = [`${room}-away`, room];
    await ChatPage.open(page, deployment, away);
    await ChatPage.open(page, deployment, here);
    const link = column(page).getByRole('link', { name: away });
    await expect(link).toHaveText(`#${away}`);
    const { seq } = await (await connect(away)).sendMessage('are you there?');
    await roomName(page).click();
    await expect(roomDialog(page).getByRole('link', { name: away })).toHaveText(`#${away}, 1 new message1`);
    await expect(link).toHaveText(`#${away}, 1 new message1`);
    await expect(roomName(page)).toContainText('New messages in other rooms');

    // Another tab stores that the message was read.
    await page.evaluate(([key, value]) => localStorage.setItem(key!, value!), [`read/${away}`, String(seq)]);
    await page.keyboard.press('Escape');
    await roomName(page).click();
    await expect(link).toHaveText(`#${away}`);
    await expect(roomName(page)).not.toContainText('New messages');
  });

  test('own messages are not unread', async ({ page, deployment, room }) => {
    const away = await ChatPage.open(page, deployment, `${room}-away`);
    await away.sendMessage('it is me');
    await expect(away.messages).toHaveAttribute('data-state', 'sent');
    await page.evaluate((room) => localStorage.removeItem(`read/${room}`), `${room}-away`);
    const commands = recordRoomsCommands(page);
    await ChatPage.open(page, deployment, room);
    await expect.poll(() => commands).toEqual([[`${room}-away`]]);
    await roomName(page).click();
    await expect.poll(() => commands.length).toBe(2);
    await expect(roomDialog(page).getByRole('link', { name: `${room}-away` })).toHaveText(`#${room}-away`);
  });

  test('filling the room column does not shift the layout', async ({ page, deployment, room }) => {
    // One sorts before the room of the page, and one after it.
    for (const name of [`a-${room}`, `${room}-z`]) await ChatPage.open(page, deployment, name);
    await recordShifts(page);
    await ChatPage.open(page, deployment, room);
    await expect(column(page).getByRole('link')).toHaveCount(4);
    await expectNoShift(page);
  });

  test('the buttons of an unread room leave its badge and its name as they are', async ({ page, deployment, room, connect }) => {
    for (const end of ['-b', '']) await ChatPage.open(page, deployment, room + end);
    await (await connect(`${room}-b`)).sendMessage('news');
    const row = column(page).getByRole('listitem').filter({ hasText: `${room}-b` });
    const badge = row.locator('.room-badge');
    await expect(badge).toBeVisible();
    const [name, before] = [row.locator('.room-name'), await badge.boundingBox()];
    const width = (await name.boundingBox())!.width;
    await badge.hover();
    await expect(row.getByRole('button', { name: `Mark #${room}-b as read` })).toBeVisible();
    expect(await badge.boundingBox()).toEqual(before);
    expect((await name.boundingBox())!.width).toBe(width);
    await expect(row.getByRole('button', { name: `Take #${room}-b off the list` })).toHaveCount(0);
    await page.mouse.down();
    await page.mouse.up();
    await expect(page).toHaveURL(deployment.pageUrl(`${room}-b`));
  });

  test('a removed room returns when it is visited', async ({ page, deployment, room }) => {
    for (const end of ['-a', '-b', '']) await ChatPage.open(page, deployment, room + end);
    const links = column(page).getByRole('link');
    await column(page).getByRole('listitem').filter({ hasText: `${room}-b` }).hover();
    await column(page).getByRole('button', { name: `Take #${room}-b off the list` }).click();
    await expect(links).toHaveText(['#lobby', `#${room}`, `#${room}-a`]);
    await page.reload();
    await expect(links).toHaveText(['#lobby', `#${room}`, `#${room}-a`]);
    await ChatPage.open(page, deployment, `${room}-b`);
    await expect(links).toHaveText(['#lobby', `#${room}`, `#${room}-a`, `#${room}-b`]);
  });

  test('without scripts the column has no buttons that need scripts', async ({ browser, deployment, room }) => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.goto(deployment.pageUrl(room));
    await expect(column(page).getByRole('link')).toHaveText(['#lobby', `#${room}`]);
    await expect(page.getByRole('button', { name: 'Open a room' })).toBeHidden();
    await expect(page.getByRole('button', { name: 'Search' })).toBeHidden();
    await context.close();
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('the room dialog lists rooms and opens one by name', async ({ page, deployment, room }) => {
    await ChatPage.open(page, deployment, `${room}-a`);
    const chat = await ChatPage.open(page, deployment, room);
    await expect(column(page)).toBeHidden();
    await roomName(page).click();
    await expect(roomDialog(page).getByRole('link')).toHaveText(['#lobby', `#${room}`, `#${room}-a`]);
    const field = roomDialog(page).getByRole('combobox', { name: 'Name of a room' });
    await expect(field).toBeFocused();
    await expectAccessible(page);

    for (const [typed, sentence] of [
      ['', 'Please enter the name of a room.'],
      ['!', 'needs a letter or a digit'],
      ['x'.repeat(81), 'at most 80 characters'],
    ] as const) {
      await field.fill(typed);
      await field.press('Enter');
      await expect(roomDialog(page)).toContainText(sentence);
      await expect(field).toHaveAttribute('aria-invalid', 'true');
      await expect(field).toBeFocused();
    }
    await field.fill(` ${room.toUpperCase()}  Big Cats`);
    await expect(field).not.toHaveAttribute('aria-invalid');
    await field.press('Enter');
    await expect(page).toHaveURL(deployment.pageUrl(`${room}-big-cats`));
    await chat.waitForState('live');
    await roomName(page).click();
    await roomDialog(page).getByRole('link', { name: `${room}-a` }).click();
    await expect(page).toHaveURL(deployment.pageUrl(`${room}-a`));
  });

  test('removing the last room keeps the focus in the list, and offers to undo it', async ({ page, deployment, room }) => {
    await ChatPage.open(page, deployment, `${room}-a`);
    await ChatPage.open(page, deployment, room);
    await roomName(page).click();
    await roomDialog(page).getByRole('button', { name: `Take #${room}-a off the list` }).press('Enter');
    await expect(roomDialog(page).getByRole('link')).toHaveText(['#lobby', `#${room}`]);
    await expect(roomDialog(page).getByRole('button', { name: 'Undo' })).toBeFocused();
  });
});

for (const [name, options] of [
  ['phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ['desktop', { viewport: { width: 1280, height: 800 } }],
] as const) {
  test.describe(name, () => {
    test.use(options);

    test('a room that was taken off the list can be put back', async ({ page, deployment, room }) => {
      await page.clock.install();
      for (const end of ['-c', '-b', '-a', '']) await ChatPage.open(page, deployment, room + end);
      await waitForPart(page);
      if (name === 'phone') await roomName(page).click();
      const list = name === 'phone' ? roomDialog(page) : column(page);
      const links = list.getByRole('link');
      const all = ['', '-a', '-b', '-c'].map((end) => `#${room}${end}`);
      await expect(links).toHaveText(['#lobby', ...all]);
      const stored = await storedRooms(page);
      const remove = list.getByRole('button', { name: `Take #${room}-b off the list` });
      const undo = list.getByRole('button', { name: 'Undo' });
      const status = list.getByRole('status').filter({ hasText: `#${room}-b is off the list.` });

      await remove.focus();
      await page.keyboard.press('Enter');
      await expect(status).toBeVisible();
      await expect(links).toHaveCount(4);
      await expect(undo).toBeFocused();
      if (name === 'phone') expect((await undo.boundingBox())!.height).toBeGreaterThanOrEqual(44);
      await expectAccessible(page);
      await page.clock.runFor('00:12');
      await expect(undo, 'it stays while the focus is on it').toBeFocused();
      await page.keyboard.press('Enter');
      await expect(links).toHaveText(['#lobby', ...all]);
      await expect(links.nth(3)).toBeFocused();
      await expect(undo).toHaveCount(0);
      expect(await storedRooms(page), 'the room has its place again').toEqual(stored);

      await list.getByRole('listitem').filter({ hasText: `${room}-b` }).hover();
      await remove.dblclick();
      await expect(links, 'the second click undoes nothing').toHaveCount(4);
      await page.mouse.move(600, 10);
      await page.clock.runFor('00:12');
      await expect(undo).toHaveCount(0);
      await expect(status).toHaveCount(0);
      await expect(links).toHaveCount(4);
    });
  });
}

test('Ctrl+K opens the room dialog, but not over another dialog', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.composer.fill('half a thought');
  await chat.composer.press('Control+k');
  await expect(roomDialog(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(chat.composer).toBeFocused();
  await page.locator('.me').click();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'You' })).toBeVisible();
  await expect(roomDialog(page)).toBeHidden();
});

for (const [size, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test(`rooms can be listed by activity, on a ${size}`, async ({ page, deployment, room, connect }) => {
    await page.setViewportSize(viewport);
    const rooms = ['a', 'b', 'c'].map((name) => `${room}-${name}`);
    const [a, b] = [await connect(rooms[0]!), await connect(rooms[1]!)];
    await b.sendMessage('first');
    await a.sendMessage('second');
    let chat = new ChatPage(page);
    for (const name of rooms) chat = await ChatPage.open(page, deployment, name);
    await chat.sendMessage('third');
    await chat.expectMessages('third');
    await waitForPart(page);
    const dialog = page.getByRole('dialog', { name: 'Rooms' });
    // The tests share the lobby.
    const listed = async () => (await dialog.locator('.room-link').evaluateAll((links) => links.map((link) => link.getAttribute('href')!))).filter((path) => path !== '/');
    const [byName, byActivity] = [[0, 1, 2], [2, 0, 1]].map((order) => order.map((place) => `/r/${rooms[place]}`));
    await page.keyboard.press('Control+k');
    await expect.poll(listed).toEqual(byName);
    const order = dialog.getByRole('button', { name: /^Sort by/ });
    await order.click();
    await expect.poll(listed).toEqual(byActivity);
    await expect(order).toBeFocused();
    await expect(order).toHaveText('Sort by name');
    await expectAccessible(page);
    await b.sendMessage('fourth');
    await expect.poll(listed).toEqual([1, 2, 0].map((place) => `/r/${rooms[place]}`));
    await page.reload();
    await chat.waitForState('live');
    await page.keyboard.press('Control+k');
    await expect.poll(listed).toEqual([1, 2, 0].map((place) => `/r/${rooms[place]}`));
    await order.click();
    await expect.poll(listed).toEqual(byName);
  });
}

test('room activity is requested on user actions, never on a timer', async ({ page, deployment, room }) => {
  await page.clock.install();
  const commands = recordRoomsCommands(page);
  const chat = await ChatPage.open(page, deployment, `${room}-a`);
  // A page that knows no other room watches for direct messages.
  await expect.poll(() => commands).toEqual([[]]);
  await page.clock.runFor('02:00');
  expect(commands).toHaveLength(1);

  await page.goto(deployment.pageUrl(room));
  await chat.waitForState('live');
  await expect.poll(() => commands).toEqual([[], [`${room}-a`]]);
  await returnToTab(page);
  await page.clock.runFor('02:00');
  expect(commands).toHaveLength(2);
  await returnToTab(page);
  await expect.poll(() => commands.length).toBe(3);
  await returnToTab(page);
  await roomName(page).click();
  await expect.poll(() => commands.length).toBe(4);
});

for (const [name, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test(`news of other rooms that do not arrive can be requested again (${name})`, async ({ page, deployment, room }) => {
    await page.setViewportSize(viewport);
    let isLost = true;
    await page.routeWebSocket(/.*/, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((frame) => {
        if (!isLost || JSON.parse(String(frame)).action !== 'rooms') server.send(frame);
      });
    });
    await page.clock.install();
    await ChatPage.open(page, deployment, room);
    await waitForPart(page);
    await page.clock.runFor('00:12');
    await page.keyboard.press('Control+k');
    await page.clock.runFor('00:12');
    const list = roomDialog(page);
    await expect(list.getByRole('status').filter({ hasText: 'What is new in other rooms could not be loaded.' })).toBeVisible();
    const retry = list.getByRole('button', { name: 'Try again' });
    await expect(retry).toBeVisible();
    await expectAccessible(page);
    isLost = false;
    await retry.press('Enter');
    await expect(retry).toHaveCount(0);
    await expect(list.getByRole('link').first(), 'the focus is not lost').toBeFocused();
    await expect(page.getByText('could not be loaded')).toHaveCount(0);
  });
}

test('reopening the room dialog at once keeps what is typed', async ({ page, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'Rooms' })).toBeVisible();
  // A dialog's close event arrives one task later. By then a fast user may have opened it again.
  const value = await page.evaluate(() => new Promise<string>((resolve) => {
    const dialog = document.querySelector<HTMLDialogElement>('dialog.switcher')!;
    const field = dialog.querySelector('input')!;
    dialog.addEventListener('close', () => resolve(field.value));
    dialog.close();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true }));
    if (!dialog.open) throw new Error('the dialog did not open again');
    field.value = 'half a na';
  }));
  expect(value).toBe('half a na');
});
