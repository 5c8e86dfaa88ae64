import type { Locator, Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { delayImages, gif, imageMetadata, jpegWithGps, manyPixels, png, putBytes, requestUploadUrl, sendImage } from '../support/images.ts';
import { expectNoShift, recordShifts } from '../support/layout_shifts.ts';
import { eachOf } from '../support/locators.ts';

// Images in a browser, on both deployments.

const picture = { name: 'sea.png', mimeType: 'image/png', buffer: png(320, 200) };

/** The image of the only message that has one. */
const image = (chat: ChatPage): Locator => chat.messages.locator('figure.message-image img');

/** The attached images that are not sent yet. */
const attachedImages = (page: Page): Locator => page.getByRole('list', { name: 'Attached images' }).getByRole('listitem');

async function chooseFiles(page: Page, ...files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(files);
}

/** Holds uploads back until the returned function is called. */
async function holdUploads(page: Page): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/uploads\//, async (route) => {
    if (route.request().method() === 'PUT') await held;
    await route.continue();
  });
  return () => release();
}

/** Waits until an image is loaded. */
async function waitUntilLoaded(image: Locator): Promise<void> {
  await image.scrollIntoViewIfNeeded();
  await expect.poll(() => image.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)).toBeGreaterThan(0);
}

test('a pasted image shows its upload and reaches another browser', async ({ page, browser, deployment, room }) => {
  const ann = await ChatPage.open(page, deployment, room);
  const other = await browser.newPage();
  const ben = await ChatPage.open(other, deployment, room);

  const release = await holdUploads(page);
  await ann.composer.evaluate((field, bytes) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([new Uint8Array(bytes)], 'image.png', { type: 'image/png' }));
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, [...picture.buffer]);
  await expect(attachedImages(page)).toHaveCount(1);
  await page.getByLabel('Describe this image').fill('the sea');
  await ann.composer.fill('look at this');
  await ann.composer.press('Enter');

  await expect(page.getByRole('progressbar', { name: 'Uploading' })).toBeVisible();
  await expect(attachedImages(page)).toHaveCount(0);
  await expect(ben.messages).toHaveCount(0);
  release();
  await ben.expectMessages('look at this');
  await waitUntilLoaded(image(ben));
  await expect(image(ben)).toHaveAttribute('alt', 'the sea');
  await expect(image(ben)).toHaveAttribute('src', /^\/images\//);
  await expect(ann.messages).toHaveAttribute('data-state', 'sent');
  await waitUntilLoaded(image(ann));
  await other.close();
});

test('messages do not wait for an upload', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const release = await holdUploads(page);
  await chooseFiles(page, picture);
  await chat.sendMessage('first');
  await expect(chat.messageWithText('first')).toBeVisible();
  await chat.sendMessage('second');
  await expect(chat.messageWithText('second')).toHaveAttribute('data-state', 'sent');
  await expect(chat.messageWithText('first')).toHaveAttribute('data-state', 'pending');
  release();
  await expect(chat.messageWithText('first')).toHaveAttribute('data-state', 'sent');
  await chat.expectMessages('second', 'first');
});

test('dropped images become one message with its text', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const files = await page.evaluateHandle((images) => {
    const dropped = new DataTransfer();
    for (const bytes of images) dropped.items.add(new File([new Uint8Array(bytes)], 'x.png', { type: 'image/png' }));
    return dropped;
  }, [png(30, 20), png(20, 30), png(25, 25)].map((bytes) => [...bytes]));
  await page.locator('.log').dispatchEvent('dragover', { dataTransfer: files });
  await expect(page.getByText('Drop images to attach them')).toBeVisible();
  await page.locator('.log').dispatchEvent('drop', { dataTransfer: files });
  await expect(page.getByText('Drop images to attach them')).toBeHidden();
  await expect(attachedImages(page)).toHaveCount(3);
  await page.getByRole('button', { name: 'Remove image 3' }).click();
  await expect(attachedImages(page)).toHaveCount(2);
  await expect(chat.composer).toBeFocused();
  await chat.sendMessage('two of them');
  await expect(chat.messages).toHaveCount(1);
  await expect(chat.messages.locator('.message-text')).toHaveText('two of them');
  await expect(chat.messages).toHaveAttribute('data-state', 'sent');
  await page.reload();
  const images = chat.messages.locator('.message-image img');
  for (const image of await eachOf(images, 2)) await waitUntilLoaded(image);
});

test('photos are sent without GPS data and scaled down', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const photo = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [3000, 1500];
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#08f';
    context.fillRect(0, 0, 3000, 1500);
    const blob = await new Promise<Blob>((done) => canvas.toBlob((blob) => done(blob!), 'image/jpeg'));
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  const original = jpegWithGps(Buffer.from(photo));
  expect(original.includes('GPS 52.5200 N')).toBe(true);
  await chooseFiles(page, { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: original });
  await expect(attachedImages(page)).toHaveCount(1);
  await chat.sendMessage('here I am');
  await expect(chat.messageWithText('here I am')).toHaveAttribute('data-state', 'sent');
  await page.reload();
  await waitUntilLoaded(image(chat));
  const path = await image(chat).getAttribute('src');
  const arrived = Buffer.from(await (await fetch(new URL(path!, deployment.pageUrl(room)))).arrayBuffer());
  expect(arrived.length).toBeGreaterThan(100);
  expect(arrived.includes('Exif') || arrived.includes('EXIF') || arrived.includes('GPS')).toBe(false);
  const size = await image(chat).evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]);
  expect(size).toEqual([2048, 1024]);
});

test('animated GIFs are sent unchanged', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chooseFiles(page, { name: 'dance.gif', mimeType: 'image/gif', buffer: gif() });
  await expect(attachedImages(page)).toHaveCount(1);
  await chat.sendMessage('dance');
  await expect(chat.messageWithText('dance')).toHaveAttribute('data-state', 'sent');
  await page.reload();
  await waitUntilLoaded(image(chat));
  const path = await image(chat).getAttribute('src');
  const arrived = Buffer.from(await (await fetch(new URL(path!, deployment.pageUrl(room)))).arrayBuffer());
  expect(arrived.equals(gif())).toBe(true);
});

test('invalid and oversized images are rejected before upload', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  for (const [file, sentence] of [
    [{ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('just text') }, 'not an image'],
    [{ name: 'logo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>') }, 'SVG cannot'],
    [{ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>') }, 'not an image'],
    [{ name: 'empty.png', mimeType: 'image/png', buffer: Buffer.alloc(0) }, 'not an image'],
    [{ name: 'bomb.png', mimeType: 'image/png', buffer: manyPixels(10_001, 10_000) }, 'megapixels'],
  ] as const) {
    await chooseFiles(page, file);
    await expect(page.getByRole('alert')).toContainText(`${file.name}: `);
    await expect(page.getByRole('alert')).toContainText(sentence);
    await expect(attachedImages(page)).toHaveCount(0);
  }
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await chat.sendMessage('only words');
  await expect(chat.messageWithText('only words')).toHaveAttribute('data-state', 'sent');
  expect(requested.filter((url) => url.includes('uploads/'))).toEqual([]);
});

test('uploads can be cancelled, and failed ones are retried', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await page.route(/uploads\//, (route) => (route.request().method() === 'PUT' ? undefined : route.continue()));
  await chooseFiles(page, picture);
  await expect(attachedImages(page)).toHaveCount(1);
  await chat.sendMessage('never mind');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(chat.messages).toHaveCount(0);
  await page.unroute(/uploads\//);

  let aborted = 0;
  await page.route(/uploads\//, async (route) => {
    if (route.request().method() === 'PUT' && aborted++ < 2) await route.abort('connectionreset');
    else await route.continue();
  });
  await chooseFiles(page, picture);
  await expect(attachedImages(page)).toHaveCount(1);
  await chat.sendMessage('after all');
  await expect(chat.messageWithText('after all')).toHaveAttribute('data-state', 'sent');
  expect(aborted).toBe(3);
});

test('the image viewer works with the keyboard', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  for (const [nonce, alt] of [['a', 'one'], ['b', 'two']] as const) {
    const metadata = { ...imageMetadata(picture.buffer, 'image/png', 320, 200), alt };
    await putBytes(await requestUploadUrl(ann, deployment, nonce, metadata), 'image/png', picture.buffer);
    expect(await sendImage(ann, nonce, metadata, `picture ${alt}`)).toMatchObject({ type: 'message' });
  }
  await ChatPage.open(page, deployment, room);
  const frame = page.getByRole('button', { name: 'Open image: one' });
  await frame.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Image' });
  await waitUntilLoaded(dialog.getByRole('img', { name: 'one' }));
  await expect(dialog).toContainText('picture one');
  await page.keyboard.press('ArrowRight');
  await waitUntilLoaded(dialog.getByRole('img', { name: 'two' }));
  await page.keyboard.press('ArrowRight');
  await expect(dialog.getByRole('img', { name: 'two' })).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  const download = page.waitForEvent('download');
  await dialog.getByRole('link', { name: 'Download' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.png$/);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(frame).toBeFocused();
});

test('a missing image shows a sentence', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  const metadata = imageMetadata(picture.buffer, 'image/png', 320, 200);
  await putBytes(await requestUploadUrl(ann, deployment, 'n', metadata), 'image/png', picture.buffer);
  await sendImage(ann, 'n', metadata);
  await page.route(/\/images\//, (route) => route.fulfill({ status: 404, body: 'gone' }));
  await ChatPage.open(page, deployment, room);
  await expect(page.getByText('This image is not available any more')).toBeVisible();
});

test('images and their descriptions are shown without scripts', async ({ browser, deployment, room, connect }) => {
  const ann = await connect(room);
  const metadata = { ...imageMetadata(picture.buffer, 'image/png', 320, 200), alt: 'the <sea> "at" night' };
  await putBytes(await requestUploadUrl(ann, deployment, 'n', metadata), 'image/png', picture.buffer);
  await sendImage(ann, 'n', metadata, 'good night');
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(deployment.pageUrl(room));
  await expect(page.getByRole('img', { name: 'the <sea> "at" night' })).toBeVisible();
  await page.close();
});

test('loading ten images does not shift the layout', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  for (let index = 0; index < 10; index += 1) {
    const [width, height] = [[640, 480], [300, 900], [1200, 100], [8, 8], [500, 500]][index % 5]!;
    const bytes = png(width!, height!, [index * 20, 90, 160]);
    const metadata = { ...imageMetadata(bytes, 'image/png', width!, height!), preview: '08f'.repeat(16) };
    await putBytes(await requestUploadUrl(ann, deployment, `n${index}`, metadata), 'image/png', bytes);
    expect(await sendImage(ann, `n${index}`, metadata, `picture ${index}`)).toMatchObject({ type: 'message' });
  }
  await recordShifts(page);
  await delayImages(page);
  const chat = await ChatPage.open(page, deployment, room);
  const box = () => image(chat).nth(0).evaluate((image) => image.getBoundingClientRect().height);
  const before = await box();
  for (const one of (await eachOf(image(chat), 10)).reverse()) await waitUntilLoaded(one);
  expect(await box()).toBe(before);
  await expectNoShift(page);
});
