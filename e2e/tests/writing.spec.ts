import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';

// What the composer does with keys and input methods.

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
  const press = (init: KeyboardEventInit) =>
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
  const press = (init: KeyboardEventInit) =>
    chat.composer.evaluate((field, init) => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', bubbles: true, cancelable: true, ...init })), init);
  await chat.composer.focus();
  expect(await press({ ctrlKey: true }), 'handled by the browser').toBe(true);
  await expect(rooms).toBeHidden();
  expect(await press({ metaKey: true }), 'handled by the page').toBe(false);
  await expect(rooms).toBeVisible();
});
