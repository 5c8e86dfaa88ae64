import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';
import { hold } from '../support/on_demand.ts';

// Formatting, emoji and commands in the composer, and what it says about a text that is too long.

/** Waits until what is loaded on demand is there: the toolbar of the first message has buttons then. */
async function waitForPart(page: Page): Promise<void> {
  await expect(page.locator('dialog.search')).toHaveCount(1);
}

/** Selects a part of the text in the composer. */
const select = (chat: ChatPage, part: string): Promise<void> =>
  chat.composer.evaluate((field: HTMLTextAreaElement, part) => {
    field.focus();
    const at = field.value.indexOf(part);
    field.setSelectionRange(at, at + part.length);
  }, part);

test('shortcuts add and remove formats, and can be undone', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await waitForPart(page);
  await chat.composer.fill('one two 日本😀');
  for (const [key, mark] of [['b', '**'], ['i', '*'], ['e', '`']] as const) {
    await select(chat, '日本😀');
    await chat.composer.press(`Control+${key}`);
    await expect(chat.composer).toHaveValue(`one two ${mark}日本😀${mark}`);
    await chat.composer.press(`Control+${key}`);
    await expect(chat.composer).toHaveValue('one two 日本😀');
    await chat.composer.press('Control+z');
    await expect(chat.composer).toHaveValue(`one two ${mark}日本😀${mark}`);
    await chat.composer.press('Control+z');
    await expect(chat.composer).toHaveValue('one two 日本😀');
  }
  await select(chat, 'two');
  await chat.composer.press('Control+k');
  await page.keyboard.insertText('https://example.com/');
  await expect(chat.composer).toHaveValue('one [two](https://example.com/) 日本😀');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await chat.composer.press('Enter');
  await expect(chat.messages.last().getByRole('link', { name: 'two', exact: true })).toHaveAttribute('href', 'https://example.com/');

  // Keys of an input method format nothing.
  await chat.composer.fill('かな');
  await select(chat, 'かな');
  await chat.composer.evaluate((field) => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'b', ctrlKey: true, isComposing: true, bubbles: true })));
  await expect(chat.composer).toHaveValue('かな');
});

test('the format bar is shown on demand and remembered', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const toggle = page.getByRole('button', { name: 'Formatting' });
  const bar = page.getByRole('toolbar', { name: 'Formatting' });
  await expect(bar).toHaveCount(0);
  await toggle.click();
  await expect(toggle).toHaveAttribute('aria-pressed', 'true');
  await chat.composer.fill('a\nb');
  await chat.composer.press('Control+a');
  await bar.getByRole('button', { name: 'Code' }).click();
  await expect(chat.composer).toBeFocused();
  await expect(chat.composer).toHaveValue('```\na\nb\n```');
  await page.reload();
  await expect(bar).toBeVisible();
  await toggle.click();
  await expect(bar).toHaveCount(0);
  await page.reload();
  await chat.waitForState('live');
  await waitForPart(page);
  await expect(bar).toHaveCount(0);
});

test('emoji are completed by name and picked from a dialog', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await waitForPart(page);
  const list = page.getByRole('listbox', { name: 'Emoji' });
  await chat.composer.pressSequentially('well :ta');
  await expect(list.getByRole('option').first()).toHaveText(/🎉:tada:/);
  await chat.composer.press('Enter');
  await expect(chat.composer).toHaveValue('well 🎉 ');
  await chat.composer.pressSequentially('done :+1:');
  await expect(chat.composer).toHaveValue('well 🎉 done 👍');
  await expect(list).toBeHidden();
  await chat.composer.press('Control+z');
  await expect(chat.composer).toHaveValue('well 🎉 done :+1:');
  await chat.composer.fill('well 🎉 done 👍');

  await page.getByRole('button', { name: 'Emoji', exact: true }).click();
  const picker = page.getByRole('dialog', { name: 'Emoji' });
  await picker.getByRole('button', { name: '🚀' }).click();
  await expect(picker).toBeHidden();
  await expect(chat.composer).toBeFocused();
  await expect(chat.composer).toHaveValue('well 🎉 done 👍🚀');
  await chat.composer.press('Enter');
  await chat.expectMessages('well 🎉 done 👍🚀');
  // The same dialog still reacts to messages, once they are sent.
  await (await Message.withText(chat, 'well 🎉 done 👍🚀')).article.focus();
  await page.keyboard.press('a');
  await page.getByRole('dialog', { name: 'More reactions' }).getByRole('button', { name: 'React with 😀' }).click();
  await expect(chat.messages.first().locator('.reaction')).toHaveText('😀1');
});

test('times, addresses and faces are no emoji names', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await waitForPart(page);
  for (const text of ['at 10:30:45', 'https://example.com:80/', 'std::smile::x', ':D', 'ratio 1:smile']) {
    await chat.composer.fill('');
    await chat.composer.pressSequentially(text);
    await expect(chat.composer).toHaveValue(text);
    await expect(page.getByRole('listbox')).toHaveCount(0);
    await chat.composer.press('Enter');
    await expect(chat.messageWithText(text)).toHaveCount(1);
  }
});

test('commands are completed and run', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  const chat = await ChatPage.open(page, deployment, room);
  await chat.composer.pressSequentially('/');
  await expect(page.getByRole('listbox', { name: 'Commands' }).getByRole('option')).toHaveText([/^\/me/, /^\/shrug/, /^\/poll/, /^\/topic/, /^\/invite/, /^\/pins/, /^\/saved/, /^\/threads/]);
  await chat.composer.press('Tab');
  await expect(chat.composer).toHaveValue('/me ');
  await chat.composer.pressSequentially('waves');
  await chat.composer.press('Enter');
  expect(await ann.next('message')).toMatchObject({ text: '*waves*' });
  await expect(chat.messages.last().locator('em')).toHaveText('waves');
  await chat.sendMessage('/shrug who knows');
  await expect(chat.messages.last().locator('.message-text')).toHaveText('who knows ¯\\_(ツ)_/¯');
  await chat.sendMessage('//me is a command');
  await chat.expectMessages('waves', 'who knows ¯\\_(ツ)_/¯', '/me is a command');
});

test('a text that is no command is sent when it is sent again', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  // Until then a text with a slash waits in the field.
  await waitForPart(page);
  for (const text of ['/etc/hosts is it', '// a comment', '/ 2']) await chat.sendMessage(text);
  await chat.sendMessage('/toppic boats');
  await expect(page.getByRole('alert')).toContainText('There is no command /toppic.');
  await expect(chat.composer).toHaveValue('/toppic boats');
  await chat.composer.press('Enter');
  await chat.expectMessages('/etc/hosts is it', '// a comment', '/ 2', '/toppic boats');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await chat.sendMessage('/me');
  await expect(page.getByRole('alert')).toContainText('This command needs a text after its name.');
});

test('a command that is sent before it is loaded runs when it is', async ({ page, deployment, room }) => {
  const answerPart = await hold(page);
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('/me is early');
  await expect(chat.composer).toHaveValue('/me is early');
  answerPart();
  await expect(chat.messages.last().locator('em')).toHaveText('is early');
  await expect(chat.composer).toHaveValue('');
});

test('the warning about a long text is in the composer, and Enter says why', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.composer.fill(`${'word '.repeat(780)}`.trimEnd());
  const counter = page.locator('.counter');
  await expect(counter).toHaveText('101 characters left');
  const box = async (selector: string) => (await page.locator(selector).boundingBox())!;
  const before = await box('.log');
  const [inner, outer] = [await box('.counter'), await box('.composer-box')];
  expect(inner.y).toBeGreaterThanOrEqual(outer.y);
  expect(inner.y + inner.height).toBeLessThanOrEqual(outer.y + outer.height);

  await chat.composer.fill('word '.repeat(801));
  await expect(counter).toHaveText('4 characters too long');
  expect((await box('.log')).height).toBe(before.height);
  await chat.composer.press('Enter');
  await expect(counter).toHaveText('Not sent. 4 characters too long');
  await chat.composer.press('Backspace');
  // Playwright waits until a button is enabled.
  await chat.sendButton.click({ force: true });
  await expect(counter).toHaveText('Not sent. 4 characters too long');
  await expect(chat.messages).toHaveCount(0);
  await chat.composer.fill('short');
  await expect(counter).toHaveCount(0);
  await chat.composer.press('Enter');
  await chat.expectMessages('short');
});

for (const [size, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test.describe(size, () => {
    test.use({ viewport });

    test('the format bar and the commands are accessible, and lead to a poll', async ({ page, deployment, room }) => {
      const chat = await ChatPage.open(page, deployment, room);
      await waitForPart(page);
      await page.getByRole('button', { name: 'Formatting' }).click();
      const bar = page.getByRole('toolbar', { name: 'Formatting' });
      await expect(bar.getByRole('button')).toHaveCount(5);
      await expectAccessible(page);
      await chat.composer.pressSequentially('/');
      await expect(page.getByRole('listbox', { name: 'Commands' })).toBeVisible();
      await expectAccessible(page);
      await chat.composer.fill('');
      await bar.getByRole('button', { name: 'New poll' }).click();
      const dialog = page.getByRole('dialog', { name: 'New poll' });
      await dialog.getByLabel('Question').fill('When?');
      await dialog.getByLabel('Options, one in each line').fill('Today\nTomorrow');
      await dialog.getByRole('button', { name: 'Send' }).click();
      await expect(chat.log.locator('.poll-option')).toHaveText(['Today0', 'Tomorrow0']);
    });
  });
}
