import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test, type Deployment } from '../support/fixtures.ts';
import { animatedGif, animatedPng, animatedWebp, jpegWithGps, manyPixels, png, transparentPng } from '../support/images.ts';

// Attached files of every kind: the page sends the right bytes, and shows a note where the result differs from the file.

type File = { name: string; mimeType: string; buffer: Buffer };

const attached = (page: Page): Locator => page.getByRole('list', { name: 'Attached images' }).getByRole('listitem');
const shown = (chat: ChatPage): Locator => chat.messages.locator('figure.message-image img');

async function choose(page: Page, ...files: File[]): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(files);
}

/** Waits until a file is prepared. */
async function waitUntilPrepared(page: Page): Promise<void> {
  await expect(attached(page)).toHaveCount(1);
  await expect(attached(page)).not.toHaveAttribute('aria-busy', 'true', { timeout: 30_000 });
}

/** Sends the attached image. Returns its bytes as others get them. */
async function send(chat: ChatPage, deployment: Deployment, room: string): Promise<Buffer> {
  await waitUntilPrepared(chat.page);
  await chat.sendMessage('look');
  await expect(chat.messageWithText('look')).toHaveAttribute('data-state', 'sent');
  await chat.page.reload();
  await shown(chat).scrollIntoViewIfNeeded();
  await expect.poll(() => shown(chat).evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)).toBeGreaterThan(0);
  const path = await shown(chat).getAttribute('src');
  return Buffer.from(await (await fetch(new URL(path!, deployment.pageUrl(room)))).arrayBuffer());
}

const naturalSize = (image: Locator) => image.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]);

/** Returns an image that the browser encodes: a drawing with many colours. */
async function encoded(page: Page, type: string, width: number, height: number): Promise<Buffer> {
  const bytes = await page.evaluate(async ([type, width, height]) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext('2d')!;
    const gradient = context.createLinearGradient(0, 0, width, height);
    for (const [at, colour] of [[0, '#d33'], [0.5, '#3d3'], [1, '#33d']] as const) gradient.addColorStop(at, colour);
    context.fillStyle = gradient;
    context.fillRect(0, 0, width, height);
    const blob = await new Promise<Blob>((done) => canvas.toBlob((blob) => done(blob!), type));
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, [type, width, height] as const);
  return Buffer.from(bytes);
}

for (const [device, viewport] of [['a phone', { width: 390, height: 844 }], ['a desktop', { width: 1280, height: 800 }]] as const) {
  test(`a screenshot of a whole page is legible on ${device}`, async ({ page, deployment, room }) => {
    await page.setViewportSize(viewport);
    const chat = await ChatPage.open(page, deployment, room);
    await choose(page, { name: 'page.png', mimeType: 'image/png', buffer: manyPixels(1_080, 20_000) });
    await waitUntilPrepared(page);
    await expect(page.locator('.tray-note')).toHaveCount(0);
    await send(chat, deployment, room);
    const [width, height] = await naturalSize(shown(chat));
    expect(width).toBeGreaterThanOrEqual(640);
    expect(height! / width!).toBeCloseTo(20_000 / 1_080, 1);
    // In the log, it is a picture and not a line.
    const box = (await shown(chat).boundingBox())!;
    expect(box.width).toBeGreaterThanOrEqual(159);
    expect(box.height).toBeLessThanOrEqual(361);
    // Opened, it is as wide as the screen or in its full size, and scrolls.
    await page.getByRole('button', { name: 'Open image' }).click();
    const opened = page.getByRole('dialog', { name: 'Image' }).getByRole('img');
    expect((await opened.boundingBox())!.width).toBeGreaterThanOrEqual(Math.min(width!, viewport.width - 20) - 1);
    const stage = page.locator('.lightbox-stage');
    expect(await stage.evaluate((stage) => stage.scrollHeight > 5 * stage.clientHeight)).toBe(true);
    await stage.focus();
    await page.keyboard.press('End');
    await expect.poll(() => stage.evaluate((stage) => stage.scrollTop)).toBeGreaterThan(1_000);
  });
}

test('a panorama scrolls sideways with the arrow keys', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await choose(page, { name: 'panorama.png', mimeType: 'image/png', buffer: manyPixels(12_000, 1_000) });
  await send(chat, deployment, room);
  expect((await shown(chat).boundingBox())!.height).toBeGreaterThanOrEqual(95);
  await page.getByRole('button', { name: 'Open image' }).click();
  const stage = page.locator('.lightbox-stage');
  expect(await stage.evaluate((stage) => stage.scrollWidth > 3 * stage.clientWidth && stage.scrollHeight === stage.clientHeight)).toBe(true);
  await stage.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => stage.evaluate((stage) => stage.scrollLeft)).toBeGreaterThan(0);
});

test('an image that becomes too small to read says so before it is sent', async ({ page, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  await choose(page, { name: 'page.png', mimeType: 'image/png', buffer: manyPixels(1_440, 40_000) });
  await waitUntilPrepared(page);
  await expect(page.locator('.tray-note')).toContainText('hard to read');
});

test('a photo of 48 megapixels and 14 MB is scaled down', async ({ page, deployment, room }) => {
  test.setTimeout(120_000);
  const chat = await ChatPage.open(page, deployment, room);
  const photo = await encoded(page, 'image/jpeg', 8_000, 6_000);
  // A motion photo has a video after its image.
  const buffer = Buffer.concat([photo, Buffer.alloc(14 * 1024 * 1024 - photo.length, 'video')]);
  await choose(page, { name: 'photo.jpg', mimeType: 'image/jpeg', buffer });
  const arrived = await send(chat, deployment, room);
  expect(await naturalSize(shown(chat))).toEqual([2_048, 1_536]);
  expect(arrived.length).toBeLessThan(1024 * 1024);
});

test('a file of more than 50 MB is rejected', async ({ page, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  const folder = await mkdtemp(join(tmpdir(), 'file-'));
  const path = join(folder, 'huge.png');
  await writeFile(path, png(3, 2));
  await truncate(path, 50 * 1024 * 1024 + 1);
  await page.locator('input[type=file]').setInputFiles(path);
  await expect(page.getByRole('alert')).toContainText('larger than 50 MB');
  await rm(folder, { recursive: true });
});

test('animations are sent moving and without metadata', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const secret = 'GPS 52.5200 N';
  const still = await encoded(page, 'image/webp', 60, 40);
  for (const [file, frames] of [
    [{ name: 'a.png', mimeType: 'image/png', buffer: animatedPng(60, 40, secret) }, 'fdAT'],
    [{ name: 'a.webp', mimeType: 'image/webp', buffer: animatedWebp(still, 60, 40, secret) }, 'ANMF'],
    // The name and the type of a file may be wrong.
    [{ name: 'a.jpg', mimeType: 'image/jpeg', buffer: animatedGif(3) }, 'NETSCAPE2.0'],
  ] as const) {
    await page.goto(deployment.pageUrl(`${room}-${frames.toLowerCase().replace('.', '')}`));
    await chat.waitForState('live');
    await choose(page, file);
    await waitUntilPrepared(page);
    await expect(page.locator('.tray-note')).toHaveCount(0);
    const arrived = await send(chat, deployment, room);
    expect(arrived.includes(frames), file.name).toBe(true);
    expect(arrived.includes(secret), file.name).toBe(false);
  }
});

test('an animation over the limit says that it becomes still', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await choose(page, { name: 'long.gif', mimeType: 'image/gif', buffer: animatedGif(100_000) });
  await waitUntilPrepared(page);
  await expect(page.locator('.tray-note')).toContainText('Becomes a still image');
  const arrived = await send(chat, deployment, room);
  expect(arrived.subarray(8, 12).toString()).toBe('WEBP');
});

test('a rejected file is named by its format, with what helps', async ({ page, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  const box = (brands: string) => Buffer.concat([Buffer.from([0, 0, 0, 8 + brands.length]), Buffer.from(`ftyp${brands}`, 'latin1'), Buffer.alloc(200, 1)]);
  for (const [name, mimeType, buffer, ...sentences] of [
    ['IMG_1.HEIC', '', box('heic\0\0\0\0mif1heic'), 'HEIC photo', 'JPEG', 'Most Compatible'],
    ['IMG_2.heic', 'image/heic', box('mif1\0\0\0\0mif1heic'), 'HEIC photo', 'JPEG'],
    ['IMG_3.jpg', 'image/jpeg', box('heix\0\0\0\0'), 'HEIC photo', 'JPEG'],
    ['torn.avif', 'image/avif', box('avif\0\0\0\0'), 'AVIF', 'JPEG'],
    ['scan.tif', '', Buffer.from('II*\0rest'), 'TIFF', 'JPEG'],
    ['clip.mp4', 'video/mp4', box('isom\0\0\0\0mp42'), 'video'],
    ['notes.txt', 'text/plain', Buffer.from('just text'), 'not an image'],
  ] as const) {
    await choose(page, { name, mimeType, buffer });
    for (const sentence of sentences) await expect(page.getByRole('alert')).toContainText(sentence);
    await expect(page.getByRole('alert')).toContainText(`${name}: `);
    await expect(attached(page)).toHaveCount(0);
  }
});

/** The contrast of black and of white on the background of an element (WCAG 2). */
async function contrasts(element: Locator): Promise<{ black: number; white: number }> {
  const colour = await element.evaluate((element) => getComputedStyle(element).backgroundColor);
  const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g)!.map(Number);
  expect(alpha, colour).toBe(1);
  const linear = (channel: number) => (channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = 0.2126 * linear(red!) + 0.7152 * linear(green!) + 0.0722 * linear(blue!);
  return { black: (luminance + 0.05) / 0.05, white: 1.05 / (luminance + 0.05) };
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`black and white show on a transparent image in the ${colorScheme} scheme`, async ({ page, deployment, room }) => {
    await page.emulateMedia({ colorScheme });
    const chat = await ChatPage.open(page, deployment, room);
    const expectVisible = async (element: Locator, where: string) => {
      const { black, white } = await contrasts(element);
      expect(Math.min(black, white), where).toBeGreaterThanOrEqual(3);
    };
    await choose(page, { name: 'drawing.png', mimeType: 'image/png', buffer: transparentPng(300, 200, 0) });
    await waitUntilPrepared(page);
    await expectVisible(attached(page).locator('img'), 'tray');
    await send(chat, deployment, room);
    await expectVisible(shown(chat), 'log');
    await page.getByRole('button', { name: 'Open image' }).click();
    await expectVisible(page.getByRole('dialog', { name: 'Image' }).getByRole('img'), 'lightbox');
  });
}

/** What browsers and extensions do to canvases. */
const falsifiers = {
  'white from toBlob': () => {
    const toBlob = HTMLCanvasElement.prototype.toBlob;
    HTMLCanvasElement.prototype.toBlob = function (...details) {
      const white = Object.assign(document.createElement('canvas'), { width: this.width, height: this.height });
      const context = white.getContext('2d')!;
      context.fillStyle = '#fff';
      context.fillRect(0, 0, this.width, this.height);
      toBlob.apply(white, details);
    };
  },
  'noise from getImageData': () => {
    const getImageData = CanvasRenderingContext2D.prototype.getImageData;
    CanvasRenderingContext2D.prototype.getImageData = function (...details: any) {
      const image = getImageData.apply(this, details);
      crypto.getRandomValues(image.data.subarray(0, Math.min(image.data.length, 65_536)));
      return image;
    };
  },
  'nothing from toBlob': () => {
    HTMLCanvasElement.prototype.toBlob = (done) => done(null);
  },
};

for (const [name, falsify] of Object.entries(falsifiers)) {
  test(`a browser that reads ${name} sends the file without its metadata`, async ({ page, browser, deployment, room }) => {
    const honest = await browser.newPage();
    const photo = jpegWithGps(await encoded(honest, 'image/jpeg', 300, 200));
    await honest.close();
    await page.addInitScript(falsify);
    const chat = await ChatPage.open(page, deployment, room);
    await choose(page, { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: photo });
    const arrived = await send(chat, deployment, room);
    expect(arrived.includes('GPS')).toBe(false);
    expect([...arrived.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    expect(await naturalSize(shown(chat))).toEqual([300, 200]);
    // The pixels are those of the photo.
    expect(arrived.subarray(-5_00).equals(photo.subarray(-5_00))).toBe(true);

    await choose(page, { name: 'large.jpg', mimeType: 'image/jpeg', buffer: Buffer.concat([photo.subarray(0, -2), Buffer.alloc(3 * 1024 * 1024), Buffer.from([0xff, 0xd9])]) });
    await expect(page.getByRole('alert')).toContainText('allow the page to read canvas data');
  });
}

test('a browser that changes colours a little scales images as always', async ({ page, deployment, room }) => {
  await page.addInitScript(() => {
    const getImageData = CanvasRenderingContext2D.prototype.getImageData;
    CanvasRenderingContext2D.prototype.getImageData = function (...details: any) {
      const image = getImageData.apply(this, details);
      image.data.forEach((colour, index) => (image.data[index] = colour ^ (index % 3 ? 1 : 0)));
      return image;
    };
  });
  const chat = await ChatPage.open(page, deployment, room);
  await choose(page, { name: 'sea.png', mimeType: 'image/png', buffer: manyPixels(4_000, 3_000) });
  await send(chat, deployment, room);
  expect(await naturalSize(shown(chat))).toEqual([2_048, 1_536]);
});
