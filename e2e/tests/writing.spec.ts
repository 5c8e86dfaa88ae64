import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { png } from '../support/images.ts';

// What the composer does with clipboards, keys and input methods.

/** A clipboard: its texts, and the names of its files, which are all the same image. */
type Clipboard = { text?: string; html?: string; files?: string[] };

/** Pastes a clipboard. If the page leaves the paste to the browser, the text is inserted, as the browser does. */
async function paste(chat: ChatPage, clipboard: Clipboard): Promise<void> {
  await chat.composer.focus();
  await chat.composer.evaluate((field, { clipboard: { text, html, files }, bytes }) => {
    const clipboardData = new DataTransfer();
    if (text !== undefined) clipboardData.setData('text/plain', text);
    if (html !== undefined) clipboardData.setData('text/html', html);
    for (const name of files ?? []) clipboardData.items.add(new File([new Uint8Array(bytes)], name, { type: 'image/png' }));
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    if (field.dispatchEvent(event)) document.execCommand('insertText', false, text ?? '');
  }, { clipboard, bytes: [...png(30, 20)] });
}

const attached = (page: Page) => page.getByRole('list', { name: 'Attached images' }).getByRole('listitem');

for (const [source, clipboard, text] of [
  ['cells of a spreadsheet', { text: 'Apples\t3', html: '<table><tr><td>Apples</td><td>3</td></tr></table>', files: ['image.png'] }, 'Apples\t3'],
  ['a paragraph of a text processor', { text: 'Dear all', html: '<p class=MsoNormal>Dear all<o:p></o:p></p>', files: ['image.png'] }, 'Dear all'],
  ['text without a picture', { text: 'let x = 1;', html: '<pre>let x = 1;</pre>' }, 'let x = 1;'],
] as const) {
  test(`pasting ${source} inserts the text`, async ({ page, deployment, room }) => {
    const chat = await ChatPage.open(page, deployment, room);
    await paste(chat, clipboard as Clipboard);
    await expect(chat.composer).toHaveValue(text);
    await expect(attached(page)).toHaveCount(0);
  });
}

for (const [source, clipboard] of [
  ['a screenshot', { files: ['image.png'] }],
  ['an image of a web page', { text: 'A cat', html: '<meta charset="utf-8"><img src="https://example.com/cat" alt="A cat">', files: ['image.png'] }],
  ['a file of a file manager', { text: 'boat.png', files: ['boat.png'] }],
] as const) {
  test(`pasting ${source} attaches it`, async ({ page, deployment, room }) => {
    const chat = await ChatPage.open(page, deployment, room);
    await paste(chat, clipboard as unknown as Clipboard);
    await expect(attached(page)).toHaveCount(1);
    await expect(chat.composer).toHaveValue('');
  });
}

test('a syllable that is being composed is sent once, and the field is empty', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const cdp = await page.context().newCDPSession(page);
  const compose = async (text: string) => {
    await cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await expect(chat.composer).toHaveValue(text);
  };
  await chat.composer.focus();
  await compose('한');
  await chat.sendButton.click();
  await chat.expectMessages('한');
  await expect(chat.composer).toHaveValue('');
  await expect(chat.composer).toBeFocused();

  // In Safari a tapped button does not take the focus, and the composition would go on in the empty field.
  await compose('글');
  const ended = await page.evaluate(() => {
    const events: string[] = [];
    for (const name of ['compositionend', 'input']) addEventListener(name, (event) => events.push(event.type), { capture: true });
    document.querySelector<HTMLElement>('.composer .send')!.click();
    return events;
  });
  expect(ended).toContain('compositionend');
  await chat.expectMessages('한', '글');
  await expect(chat.composer).toHaveValue('');
  await expect(chat.composer).toBeFocused();
  await chat.sendMessage('next');
  await chat.expectMessages('한', '글', 'next');
});

test('Enter that ends a composition does not send', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.composer.fill('かんじ');
  const press = (init: { isComposing?: boolean; keyCode?: number; ctrlKey?: boolean; metaKey?: boolean }) =>
    chat.composer.evaluate((field, init) => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init })), init);
  expect(await press({ isComposing: true })).toBe(true);
  // Safari reports the end of the composition first, and then this key.
  expect(await press({ keyCode: 229 })).toBe(true);
  await expect(chat.composer).toHaveValue('かんじ');
  expect(await press({ keyCode: 13 })).toBe(false);
  await chat.expectMessages('かんじ');
});

test('on a Mac, Control+K stays with the field and Command+K opens the rooms', async ({ page, deployment, room }) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'platform', { get: () => 'MacIntel' }));
  const chat = await ChatPage.open(page, deployment, room);
  const rooms = page.getByRole('dialog', { name: 'Rooms' });
  const press = (init: { isComposing?: boolean; keyCode?: number; ctrlKey?: boolean; metaKey?: boolean }) =>
    chat.composer.evaluate((field, init) => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', bubbles: true, cancelable: true, ...init })), init);
  await chat.composer.focus();
  expect(await press({ ctrlKey: true }), 'handled by the browser').toBe(true);
  await expect(rooms).toBeHidden();
  expect(await press({ metaKey: true }), 'handled by the page').toBe(false);
  await expect(rooms).toBeVisible();
});

test('password managers are told to leave the fields alone', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await page.locator('input[type=file]').setInputFiles({ name: 'sea.png', mimeType: 'image/png', buffer: png(30, 20) });
  const fields = [chat.composer, page.getByLabel('Describe this image'), page.locator('.search input'), page.locator('.switcher input'), page.locator('.picker-field')];
  for (const field of fields) {
    for (const [name, value] of [['autocomplete', 'off'], ['data-1p-ignore', ''], ['data-bwignore', 'true'], ['data-lpignore', 'true'], ['data-form-type', 'other']] as const) {
      await expect(field).toHaveAttribute(name, value);
    }
  }
});
