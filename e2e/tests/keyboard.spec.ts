import type { Locator, Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { png } from '../support/images.ts';
import { expectEditing, Message } from '../support/message.ts';

// Keyboard only: nothing in this file is clicked, hovered or tapped.

/** Playwright's names of the keys, with their labels in the shortcuts dialog. */
const names: { [key: string]: string } = {
  'Control+k': 'Ctrl-K',
  'Meta+k': '⌘-K',
  'Control+b': 'Ctrl-B',
  'Meta+b': '⌘-B',
  'Control+i': 'Ctrl-I',
  'Meta+i': '⌘-I',
  'Control+e': 'Ctrl-E',
  'Meta+e': '⌘-E',
  'Shift+Enter': 'Shift-Enter',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  r: 'R',
  l: 'L',
  c: 'C',
  e: 'E',
  a: 'A',
};

/** A keyboard that records which keys were pressed. */
class Keyboard {
  readonly pressed = new Set<string>();
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      this.pressed.add(names[key] ?? key);
      await this.page.keyboard.press(key);
    }
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Presses Tab until an element has the focus. */
  async reach(goal: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    for (let stops = 0; stops < 40; stops += 1) {
      if (await goal.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press(key);
    }
    await expect(goal).toBeFocused();
  }
}

test('a complete visit works with the keyboard alone', async ({ page, deployment, room, connect }) => {
  const keys = new Keyboard(page);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(deployment.pageUrl(room)).origin });
  await (await connect(room)).sendMessage('Who is there?');
  const chat = await ChatPage.open(page, deployment, room);

  // Set a name.
  await keys.reach(page.locator('.me'));
  await keys.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Your name' })).toBeFocused();
  await keys.type('Ann');
  await keys.press('Enter');
  await expect(page.locator('.me')).toContainText('Ann');
  await expect(page.locator('.me')).toBeFocused();

  // Send two lines.
  await keys.reach(chat.composer);
  await keys.type('Me:');
  await keys.press('Shift+Enter');
  await keys.type('Ann');
  await keys.press('Enter');
  await expect(chat.messages).toHaveCount(2);
  expect(await chat.messages.last().locator('.message-text').innerText()).toBe('Me:\nAnn');
  await expect(chat.messages.last()).toHaveAttribute('data-seq', /^\d+$/);

  // Format a word, and take the formats away again.
  await keys.type('word');
  await page.keyboard.press('Control+A');
  await keys.press('Control+b', 'Control+i', 'Control+e');
  await expect(chat.composer).toHaveValue('***`word`***');
  await keys.press('Meta+e', 'Meta+i', 'Meta+b', 'Control+k');
  await expect(chat.composer).toHaveValue('[word]()');
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');

  // Cancel an edit, then make one.
  await keys.press('ArrowUp');
  await expectEditing(page);
  await keys.press('Escape');
  await expect(page.getByText('Editing your message')).toHaveCount(0);
  await keys.press('ArrowUp');
  await expectEditing(page);
  await page.keyboard.press('Control+A');
  await keys.type('Ann is here');
  await keys.press('Enter');
  const own = await Message.withText(chat, 'Ann is here');
  await own.expectEdited();

  // Move through the messages and reply to the first.
  await keys.reach(chat.log, 'Shift+Tab');
  await keys.press('ArrowUp');
  await expect(own.article).toBeFocused();
  await keys.press('Home');
  const question = await Message.withText(chat, 'Who is there?');
  await expect(question.article).toBeFocused();
  await keys.press('r');
  await expect(chat.composer).toBeFocused();
  await keys.type('Only me');
  await keys.press('Enter');
  const answer = await Message.withText(chat, 'Only me');
  await expect(answer.article.locator('.message-quote')).toContainText('Who is there?');

  // Add two reactions and remove one.
  await keys.reach(chat.log, 'Shift+Tab');
  await keys.press('ArrowUp', 'Home', 'a');
  await expect(page.getByRole('button', { name: 'React with 😀' })).toBeFocused();
  await keys.press('Enter');
  await expect(question.reaction('😀 1: Ann')).toBeVisible();
  await keys.press('+');
  await expect(page.getByRole('button', { name: 'React with 😀' })).toBeFocused();
  await keys.press('ArrowRight', 'Enter');
  await expect(question.reaction('😄 1: Ann')).toBeVisible();
  await expect(question.article).toBeFocused();
  await keys.press('ArrowRight', 'ArrowRight');
  await expect(question.reaction('😄 1: Ann')).toBeFocused();
  await keys.press('ArrowLeft');
  await expect(question.reaction('😀 1: Ann')).toBeFocused();
  await keys.press('Enter');
  await expect(question.article.locator('.reaction')).toHaveCount(1);

  // Edit one message and delete another.
  await question.article.focus();
  await keys.press('ArrowDown');
  await expect(own.article).toBeFocused();
  await keys.press('l', 'c');
  await expect(page.getByText('Text copied')).toBeVisible();
  await expect(own.article).toBeFocused();
  await keys.press('e');
  await expectEditing(page);
  await keys.press('End');
  await keys.type('!');
  await keys.press('Enter');
  await expect(own.article.locator('.message-text')).toHaveText('Ann is here!');
  await keys.reach(chat.log, 'Shift+Tab');
  await keys.press('ArrowUp', 'End');
  await expect(answer.article).toBeFocused();
  await keys.press('Delete');
  await keys.reach(page.getByRole('dialog').getByRole('button', { name: 'Delete' }));
  await keys.press('Enter');
  await answer.expectDeleted();
  await expect(answer.article).toBeFocused();

  // Send an image and open it.
  const chooser = page.waitForEvent('filechooser');
  await keys.reach(page.getByRole('button', { name: 'Attach images' }));
  await keys.press('Enter');
  await (await chooser).setFiles({ name: 'sea.png', mimeType: 'image/png', buffer: png(320, 200) });
  await expect(page.getByRole('list', { name: 'Attached images' }).getByRole('listitem')).toHaveCount(1);
  await keys.reach(chat.composer);
  await keys.type('the sea');
  await keys.press('Enter');
  const image = await Message.withText(chat, 'the sea');
  await keys.reach(chat.log, 'Shift+Tab');
  await keys.press('ArrowUp', 'End', 'ArrowRight', 'Enter');
  const opened = page.getByRole('dialog', { name: 'Image' });
  await expect(opened).toContainText('the sea');
  await keys.press('ArrowRight', 'ArrowLeft');
  await expect(opened).toContainText('the sea');
  await keys.press('Escape');
  await expect(opened).toBeHidden();

  // Search.
  await image.article.focus();
  await keys.press('/');
  await keys.type('there');
  await keys.press('Enter');
  const search = page.getByRole('dialog', { name: 'Search' });
  await expect(search.getByRole('link')).toHaveCount(1);
  await keys.reach(search.getByRole('link'));
  await keys.press('Enter');
  await expect(search).toBeHidden();
  await expect(question.article).toBeFocused();

  // Open the shortcuts dialog.
  await keys.press('?');
  const shortcuts = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(shortcuts).toBeVisible();
  await keys.press('Escape');
  await expect(question.article).toBeFocused();

  // Go to another room.
  const rooms = page.getByRole('dialog', { name: 'Rooms' });
  await keys.press('Meta+k');
  await expect(rooms).toBeVisible();
  await keys.press('Escape');
  await expect(rooms).toBeHidden();
  await keys.press('Control+k');
  await keys.type(`${room} upstairs`);
  await keys.press('Enter');
  await expect(page).toHaveURL(deployment.pageUrl(`${room}-upstairs`));
  await chat.waitForState('live');

  // The page shows the room without being loaded, ready to write.
  await expect(chat.composer).toBeFocused();
  await keys.reach(chat.log, 'Shift+Tab');

  // Every shortcut of the dialog was pressed above.
  await keys.press('?');
  await expect(shortcuts).toBeVisible();
  const listed = await shortcuts.locator('dd').evaluateAll((rows) => rows.map((row) => [...row.children].map((key) => key.textContent).join('-')));
  expect(listed.length).toBeGreaterThan(20);
  expect(listed.filter((shortcut) => !keys.pressed.has(shortcut))).toEqual([]);
});

test('with a mouse, Enter sends', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await expect(chat.composer).toHaveAttribute('enterkeyhint', 'send');
  await expect(chat.composer).toHaveAttribute('aria-description', /^Enter to send/);
  await chat.sendMessage('hello');
  await chat.expectMessages('hello');
});

test('the shortcuts dialog lists all keys and opens from a button', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const keys = new Keyboard(page);
  await keys.reach(page.locator('.me'));
  await keys.press('Enter');
  await keys.reach(page.getByRole('button', { name: 'Keyboard shortcuts' }));
  await keys.press('Enter');
  const shortcuts = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(shortcuts.getByRole('heading', { level: 3 })).toHaveText(['Anywhere', 'While writing', 'Among the messages', 'At an opened image']);
  await expect(shortcuts.locator('dt').filter({ hasText: 'New line' }).locator('+ dd')).toHaveText('ShiftEnter');
  await expect(page.getByRole('dialog', { name: 'You' })).toBeHidden();
  await keys.press('Escape');
  await expect(shortcuts).toBeHidden();

  // In a text field, the key types a question mark.
  await keys.reach(chat.composer);
  await keys.type('what?');
  await expect(chat.composer).toHaveValue('what?');
  await expect(shortcuts).toBeHidden();
});

for (const [name, viewport] of [['a phone', { width: 390, height: 844 }], ['a desktop', { width: 1280, height: 800 }]] as const) {
  test(`the buttons of a message keep the focus while the window is left, on ${name}`, async ({ page, deployment, room }) => {
    await page.setViewportSize(viewport);
    const chat = await ChatPage.open(page, deployment, room);
    await chat.sendMessage('first');
    const { article } = await Message.withText(chat, 'first');
    await expect(article).toHaveAttribute('data-state', 'sent');
    // As browsers do when the window loses the focus: the element stays the active one, and no other gets the focus.
    const leaveWindow = () => page.evaluate(() => void document.activeElement!.dispatchEvent(new FocusEvent('focusout', { bubbles: true })));
    await article.focus();
    const first = article.getByRole('toolbar').getByRole('button').first();
    await expect(first).toBeVisible();
    await page.keyboard.press('ArrowRight');
    await leaveWindow();
    await expect(first).toBeFocused();
    for (let step = 0; step < 10; step += 1) await page.keyboard.press('ArrowRight');
    const more = article.getByRole('button', { name: 'More actions' });
    await expect(more).toBeFocused();
    await page.keyboard.press('Enter');
    const menu = article.getByRole('dialog', { name: 'More actions' });
    await expect(menu).toBeVisible();
    await leaveWindow();
    await page.keyboard.press('ArrowUp');
    await expect(menu.getByRole('button', { name: 'Delete' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(more).toBeFocused();
    // The buttons go when the focus does.
    await chat.composer.focus();
    await expect(article.getByRole('toolbar')).toBeHidden();
  });
}
