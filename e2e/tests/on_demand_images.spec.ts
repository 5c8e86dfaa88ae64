import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { png } from '../support/images.ts';
import { failPart, hold, loadOnlyWhenNeeded, PART } from '../support/on_demand.ts';

// Images that are attached before what handles them is loaded.

const attached = (page: Page) => page.getByRole('list', { name: 'Attached images' }).getByRole('listitem');
const waiting = (page: Page) => page.locator('.composer').getByRole('status').filter({ hasText: 'Loading…' });

/** Widths of the pictures that the tests attach, by how they are attached. */
const widths = { chosen: 31, pasted: 32, dropped: 33 };

async function choose(page: Page, width: number): Promise<void> {
  await page.locator('input[type=file]').setInputFiles({ name: 'chosen.png', mimeType: 'image/png', buffer: png(width, 20) });
}

/** Pastes into the composer a clipboard with texts and an image. */
async function paste(chat: ChatPage, width: number, texts: { [format: string]: string } = {}): Promise<void> {
  await chat.composer.focus();
  await chat.composer.evaluate((field, { bytes, texts }) => {
    const clipboardData = new DataTransfer();
    for (const [format, text] of Object.entries(texts)) clipboardData.setData(format, text);
    clipboardData.items.add(new File([new Uint8Array(bytes)], 'image.png', { type: 'image/png' }));
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    if (field.dispatchEvent(event)) document.execCommand('insertText', false, texts['text/plain'] ?? '');
  }, { bytes: [...png(width, 20)], texts });
}

/** Drags an image over the log, and drops it unless it is only dragged. */
async function drag(page: Page, width: number, events = ['dragover', 'drop']): Promise<void> {
  await page.locator('.log').evaluate((log, { bytes, events }) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([new Uint8Array(bytes)], 'dropped.png', { type: 'image/png' }));
    for (const event of events) log.dispatchEvent(new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true }));
  }, { bytes: [...png(width, 20)], events });
}

const attachedWidths = (page: Page) => attached(page).locator('img').evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
const sentWidths = (chat: ChatPage) => chat.messages.locator('.message-image img').evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));

test('images that are attached before they can be handled keep their order', async ({ page, deployment, room }) => {
  const answerPart = await hold(page);
  const chat = await ChatPage.open(page, deployment, room);
  await choose(page, widths.chosen);
  await paste(chat, widths.pasted);
  await drag(page, widths.dropped);
  await expect(waiting(page)).toBeVisible();
  await expect(chat.composer).toBeFocused();
  await expect(attached(page)).toHaveCount(0);
  answerPart();
  await expect.poll(() => attachedWidths(page)).toEqual([widths.chosen, widths.pasted, widths.dropped]);
  await expect(waiting(page)).toHaveCount(0);
  await chat.sendMessage('three of them');
  await expect.poll(() => sentWidths(chat)).toEqual([widths.chosen, widths.pasted, widths.dropped]);
  await chat.expectMessages('three of them');
});

test('a message that is sent before its image can be handled is sent with it', async ({ page, deployment, room }) => {
  const answerPart = await hold(page);
  const chat = await ChatPage.open(page, deployment, room);
  await choose(page, widths.chosen);
  await chat.sendMessage('look at this');
  await expect(chat.sendButton).toBeDisabled();
  await expect(chat.composer).toHaveValue('look at this');
  await expect(chat.messages).toHaveCount(0);
  answerPart();
  await expect(chat.messageWithText('look at this')).toHaveAttribute('data-state', 'sent');
  await expect.poll(() => sentWidths(chat)).toEqual([widths.chosen]);
  await expect(chat.composer).toHaveValue('');
  await expect(chat.messages).toHaveCount(1);
});

test('pasted text is inserted as soon as it is known that its picture is not meant', async ({ page, deployment, room }) => {
  const answerPart = await hold(page);
  const chat = await ChatPage.open(page, deployment, room);
  await chat.composer.fill('fruit: ');
  await paste(chat, widths.pasted, { 'text/plain': 'Apples\t3', 'text/html': '<table><tr><td>Apples</td><td>3</td></tr></table>' });
  await expect(waiting(page)).toBeVisible();
  answerPart();
  await expect(chat.composer).toHaveValue('fruit: Apples\t3');
  await expect(attached(page)).toHaveCount(0);
  await chat.send();
  await expect(chat.messages.locator('.message-text')).toContainText('Apples');
});

test('text can be sent while nothing waits and images cannot be handled', async ({ page, deployment, room }) => {
  await failPart(page);
  const failed = page.waitForEvent('requestfailed', (request) => PART.test(request.url()));
  const chat = await ChatPage.open(page, deployment, room);
  await failed;
  await chat.sendMessage('only text');
  await expect(chat.messageWithText('only text')).toHaveAttribute('data-state', 'sent');
  await expect(page.locator('.composer').getByRole('alert')).toHaveCount(0);
});

test('an image is kept when what handles it could not be loaded, and attached after another attempt', async ({ page, deployment, room }) => {
  const repairPart = await failPart(page);
  const chat = await ChatPage.open(page, deployment, room);
  await choose(page, widths.chosen);
  const error = page.locator('.composer').getByRole('alert');
  await expect(error).toContainText('This could not be loaded. Check your connection, or reload the page.');
  const failedAgain = page.waitForEvent('requestfailed', (request) => PART.test(request.url()));
  await error.getByRole('button', { name: 'Try again' }).click();
  await failedAgain;
  await expect(error).toContainText('This could not be loaded. Check your connection, or reload the page.');
  await repairPart();
  await error.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => attachedWidths(page)).toEqual([widths.chosen]);
  await expect(error).toHaveCount(0);
  await chat.sendMessage('at last');
  await expect(chat.messageWithText('at last')).toHaveAttribute('data-state', 'sent');
  await expect.poll(() => sentWidths(chat)).toEqual([widths.chosen]);
});

test('what waits can be discarded when it cannot be handled', async ({ page, deployment, room }) => {
  await failPart(page);
  const chat = await ChatPage.open(page, deployment, room);
  await choose(page, widths.chosen);
  const error = page.locator('.composer').getByRole('alert');
  await chat.sendMessage('text that waits for the image');
  await expect(chat.messages).toHaveCount(0);
  await error.getByRole('button', { name: 'Discard' }).click();
  await expect(error).toHaveCount(0);
  await expect(chat.messageWithText('text that waits for the image')).toHaveAttribute('data-state', 'sent');
  await expect(chat.composer).toBeFocused();
});

test('an edit is not saved when the image of another message is ready', async ({ page, deployment, room }) => {
  await page.addInitScript(() => {
    const { createObjectURL } = URL;
    URL.createObjectURL = (source) => {
      document.documentElement.dataset['pictures'] = 'shown';
      return createObjectURL(source);
    };
  });
  const answerPart = await hold(page);
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('an old text');
  await expect(chat.messageWithText('an old text')).toHaveAttribute('data-state', 'sent');
  await choose(page, widths.chosen);
  await chat.send();
  await expect(chat.sendButton).toBeDisabled();
  await chat.composer.press('ArrowUp');
  await expect(chat.composer).toHaveValue('an old text');
  await expect(chat.sendButton).toBeEnabled();
  await chat.composer.fill('half of a new te');
  answerPart();
  // During an edit, the attached images are not drawn.
  await expect(page.locator('html')).toHaveAttribute('data-pictures', 'shown');
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await expect(chat.composer).toHaveValue('half of a new te');
  await expect(chat.messageWithText('an old text')).toHaveCount(1);
  await chat.composer.fill('a new text');
  await chat.send();
  await expect(chat.messageWithText('a new text')).toHaveCount(1);
  await expect.poll(() => sentWidths(chat)).toEqual([widths.chosen]);
});

for (const [action, act] of [
  ['choosing', (page: Page) => page.getByRole('button', { name: 'Attach' }).click()],
  ['dragging', (page: Page) => drag(page, widths.dropped, ['dragover'])],
] as const) {
  test(`${action} an image loads what handles it`, async ({ page, deployment, room }) => {
    await loadOnlyWhenNeeded(page);
    await ChatPage.open(page, deployment, room);
    const loaded = page.waitForResponse(PART);
    await act(page);
    await loaded;
  });
}
