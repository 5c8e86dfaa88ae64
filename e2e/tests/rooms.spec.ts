import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';

// Several rooms: those that this browser has visited, what is new in them, and the way into any other.

/** The rooms beside the chat. */
const column = (page: Page) => page.getByRole('navigation', { name: 'Rooms' });
/** The dialog with the same. */
const switcher = (page: Page) => page.getByRole('dialog', { name: 'Rooms' });
/** The name of the room in the header, which opens the dialog. */
const name = (page: Page) => page.getByRole('heading', { level: 1 }).getByRole('button');
const kept = (page: Page) => page.evaluate(() => JSON.parse(localStorage.getItem('rooms') ?? 'null'));

/** Comes back to the page, as from another tab. */
const lookAgain = (page: Page) => page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange')));

/** The questions for what is new elsewhere that a page asks from now on. */
function questions(page: Page): string[][] {
  const asked: string[][] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const frame = JSON.parse(String(payload));
      if (frame.action === 'rooms') asked.push(frame.rooms);
    }),
  );
  return asked;
}

test.describe('on a wide screen', () => {
  test.use({ viewport: { width: 1280, height: 800 } });

  test('the rooms visited stand beside the chat, the last one first and marked, and lead there', async ({ page, deployment, room }) => {
    await ChatPage.open(page, deployment, `${room}-a`);
    await ChatPage.open(page, deployment, `${room}-b`);
    const chat = await ChatPage.open(page, deployment, room);
    const links = column(page).getByRole('link');
    await expect(links).toHaveText([`#${room}`, `#${room}-b`, `#${room}-a`]);
    await expect(links.and(page.locator('[aria-current=page]'))).toHaveText(`#${room}`);
    expect(await kept(page)).toEqual([room, `${room}-b`, `${room}-a`]);

    await links.nth(2).click();
    await expect(page).toHaveURL(deployment.pageUrl(`${room}-a`));
    await chat.waitForState('live');
    await expect(links).toHaveText([`#${room}-a`, `#${room}`, `#${room}-b`]);
  });

  test('a room is unread until what others said there is read', async ({ page, deployment, room, connect }) => {
    const [away, here] = [`${room}-away`, room];
    await ChatPage.open(page, deployment, away);
    await ChatPage.open(page, deployment, here);
    const link = column(page).getByRole('link', { name: away });
    await expect(link).toHaveText(`#${away}`);
    const { seq } = await (await connect(away)).sendMessage('are you there?');
    await name(page).click();
    await expect(switcher(page).getByRole('link', { name: away })).toHaveText(`#${away}, New messages`);
    await expect(link).toHaveText(`#${away}, New messages`);
    await expect(name(page)).toContainText('New messages in other rooms');

    // Read in another tab, and noted there.
    await page.evaluate(([key, value]) => localStorage.setItem(key!, value!), [`read/${away}`, String(seq)]);
    await page.keyboard.press('Escape');
    await name(page).click();
    await expect(link).toHaveText(`#${away}`);
    await expect(name(page)).not.toContainText('New messages');
  });

  test('what the visitor said themselves is not new to them', async ({ page, deployment, room }) => {
    const away = await ChatPage.open(page, deployment, `${room}-away`);
    await away.sendMessage('it is me');
    await expect(away.messages).toHaveAttribute('data-state', 'sent');
    await page.evaluate((room) => localStorage.removeItem(`read/${room}`), `${room}-away`);
    const asked = questions(page);
    await ChatPage.open(page, deployment, room);
    await expect.poll(() => asked).toEqual([[`${room}-away`]]);
    await name(page).click();
    await expect.poll(() => asked.length).toBe(2);
    await expect(switcher(page).getByRole('link', { name: `${room}-away` })).toHaveText(`#${room}-away`);
  });

  test('nothing moves when the column is filled', async ({ page, deployment, room }) => {
    await ChatPage.open(page, deployment, `${room}-a`);
    await page.addInitScript(() => {
      Object.assign(window, { moved: 0 });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) (window as any).moved += (entry as any).value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await ChatPage.open(page, deployment, room);
    await expect(column(page).getByRole('link')).toHaveCount(2);
    expect(await page.evaluate(() => (window as any).moved)).toBe(0);
  });

  test('a room is taken off the list, and comes back when it is visited', async ({ page, deployment, room }) => {
    for (const end of ['-a', '-b', '']) await ChatPage.open(page, deployment, room + end);
    const links = column(page).getByRole('link');
    await column(page).getByRole('listitem').filter({ hasText: `${room}-b` }).hover();
    await column(page).getByRole('button', { name: `Take #${room}-b off the list` }).click();
    await expect(links).toHaveText([`#${room}`, `#${room}-a`]);
    await page.reload();
    await expect(links).toHaveText([`#${room}`, `#${room}-a`]);
    await ChatPage.open(page, deployment, `${room}-b`);
    await expect(links).toHaveText([`#${room}-b`, `#${room}`, `#${room}-a`]);
  });

  test('with scripts off the column shows the room, and nothing that does not work', async ({ browser, deployment, room }) => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.goto(deployment.pageUrl(room));
    await expect(column(page).getByRole('link')).toHaveText([`#${room}`]);
    await expect(page.getByRole('button', { name: 'Open a room' })).toBeHidden();
    await expect(page.getByRole('button', { name: 'Search' })).toBeHidden();
    await context.close();
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('the name of the room opens the others, and one is entered by its name', async ({ page, deployment, room }) => {
    await ChatPage.open(page, deployment, `${room}-a`);
    const chat = await ChatPage.open(page, deployment, room);
    await expect(column(page)).toBeHidden();
    await name(page).click();
    await expect(switcher(page).getByRole('link')).toHaveText([`#${room}`, `#${room}-a`]);
    const field = switcher(page).getByRole('textbox', { name: 'Name of a room' });
    await expect(field).toBeFocused();

    for (const [typed, sentence] of [
      ['', 'Please enter the name of a room.'],
      ['cats!', 'letters from a to z, digits and hyphens only'],
      ['x'.repeat(65), 'at most 64 characters'],
    ] as const) {
      await field.fill(typed);
      await field.press('Enter');
      await expect(switcher(page)).toContainText(sentence);
      await expect(field).toHaveAttribute('aria-invalid', 'true');
      await expect(field).toBeFocused();
    }
    await field.fill(` ${room.toUpperCase()}  Big Cats`);
    await expect(field).not.toHaveAttribute('aria-invalid');
    await field.press('Enter');
    await expect(page).toHaveURL(deployment.pageUrl(`${room}-big-cats`));
    await chat.waitForState('live');
    await name(page).click();
    await switcher(page).getByRole('link', { name: `${room}-a` }).click();
    await expect(page).toHaveURL(deployment.pageUrl(`${room}-a`));
  });

  test('the focus stays in the list when its last room is taken off, and comes back when the dialog is closed', async ({ page, deployment, room }) => {
    await ChatPage.open(page, deployment, `${room}-a`);
    await ChatPage.open(page, deployment, room);
    await name(page).click();
    await switcher(page).getByRole('button', { name: `Take #${room}-a off the list` }).press('Enter');
    await expect(switcher(page).getByRole('link')).toHaveText([`#${room}`]);
    await expect(switcher(page).getByRole('link')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(switcher(page)).toBeHidden();
    await expect(name(page)).toBeFocused();
  });
});

test('Ctrl and K open the rooms from wherever one is, but not over another dialog', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.composer.fill('half a thought');
  await chat.composer.press('Control+k');
  await expect(switcher(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(chat.composer).toBeFocused();
  await page.locator('.me').click();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'You' })).toBeVisible();
  await expect(switcher(page)).toBeHidden();
});

test('the server is asked when somebody does something, and never because time passes', async ({ page, deployment, room }) => {
  await page.clock.install();
  const asked = questions(page);
  const chat = await ChatPage.open(page, deployment, `${room}-a`);
  await page.clock.runFor('02:00');
  expect(asked).toEqual([]);

  await page.goto(deployment.pageUrl(room));
  await chat.waitForState('live');
  await expect.poll(() => asked).toEqual([[`${room}-a`]]);
  await lookAgain(page);
  await page.clock.runFor('02:00');
  expect(asked).toHaveLength(1);
  await lookAgain(page);
  await expect.poll(() => asked.length).toBe(2);
  await lookAgain(page);
  await name(page).click();
  await expect.poll(() => asked.length).toBe(3);
});

test('what is written in a list that was closed a moment before stays', async ({ page, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'Rooms' })).toBeVisible();
  // A dialog's end is heard of a task later: by then somebody who is quick has opened it again.
  const kept = await page.evaluate(() => new Promise<string>((resolve) => {
    const dialog = document.querySelector<HTMLDialogElement>('dialog.switcher')!;
    const field = dialog.querySelector('input')!;
    dialog.addEventListener('close', () => resolve(field.value));
    dialog.close();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true }));
    if (!dialog.open) throw new Error('it is not open again');
    field.value = 'half a na';
  }));
  expect(kept).toBe('half a na');
});
