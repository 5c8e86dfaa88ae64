import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage, openSecondBrowser } from '../support/chat_page.ts';
import { type Deployment, expect, test } from '../support/fixtures.ts';
import { delayImages, imageMetadata, imageUrl, personId, png, putBytes, requestUploadUrl, sendImage, type Image } from '../support/images.ts';
import { expectNoShift, recordShifts } from '../support/layout_shifts.ts';
import { eachOf } from '../support/locators.ts';
import type { WireClient } from '../support/wire_client.ts';

// Messages with several images, on both deployments.

const sizes = [[320, 200], [200, 320], [250, 250], [900, 60], [60, 900], [8, 8], [300, 200], [200, 300], [400, 400], [640, 480]] as const;

/** So many files of different images. */
const files = (count: number) =>
  sizes.slice(0, count).map(([width, height], index) => ({
    name: `${index}.png`,
    mimeType: 'image/png',
    buffer: png(width, height, [20 + 22 * index, 230 - 20 * index, 160]),
  }));

/** The nonce of an image of a message. */
const imageNonce = (nonce: string, number: number) => (number === 0 ? nonce : `${nonce}=${number}`);

const grid = (chat: ChatPage): Locator => chat.messages.locator('div.message-image');
const images = (chat: ChatPage): Locator => grid(chat).locator('img');
const attachedImages = (page: Page): Locator => page.getByRole('list', { name: 'Attached images' }).getByRole('listitem');

async function attach(page: Page, count: number): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(files(count));
  await expect(attachedImages(page)).toHaveCount(count);
  await expect(page.locator('.tray-image.busy')).toHaveCount(0);
}

/** Uploads images with descriptions from a bare socket. Returns the field `image` of the message. */
async function upload(client: WireClient, deployment: Deployment, nonce: string, count: number, skipped?: number): Promise<Image> {
  const uploaded: Image[] = [];
  for (const [number, { buffer }] of files(count).entries()) {
    const [width, height] = sizes[number]!;
    const metadata = { ...imageMetadata(buffer, 'image/png', width, height), alt: `picture ${number}`, preview: '08f'.repeat(16) };
    const url = await requestUploadUrl(client, deployment, imageNonce(nonce, number), metadata);
    if (number !== skipped) await putBytes(url, 'image/png', buffer);
    uploaded.push(metadata);
  }
  const [first, ...more] = uploaded;
  return { ...first!, ...(more.length > 0 && { more }) };
}

async function waitUntilLoaded(image: Locator): Promise<void> {
  await image.scrollIntoViewIfNeeded();
  await expect.poll(() => image.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)).toBeGreaterThan(0);
}

/** The places of the images: left, top, width and height, relative to the first one and in its gaps' precision. */
async function boxes(chat: ChatPage): Promise<{ x: number; y: number; width: number; height: number }[]> {
  return images(chat).evaluateAll((images) => images.map((image) => image.getBoundingClientRect().toJSON()));
}

for (const [device, viewport] of [['a phone', { width: 320, height: 640 }], ['a desktop', { width: 1280, height: 800 }]] as const) {
  test.describe(`on ${device}`, () => {
    test.use({ viewport });

    test('images that are attached together are one message with a grid', async ({ page, browser, deployment, room }) => {
      const chat = await ChatPage.open(page, deployment, room);
      const other = await openSecondBrowser(browser, deployment, room);
      await attach(page, 3);
      await page.getByLabel('Describe this image').nth(1).fill('the second');
      await chat.sendMessage('three of them');
      await expect(chat.messages).toHaveCount(1);
      await expect(chat.messages).toHaveAttribute('data-state', 'sent');
      await other.expectMessages('three of them');
      for (const shown of [chat, other]) {
        await expect(images(shown)).toHaveCount(3);
        for (const image of await eachOf(images(shown), 3)) await waitUntilLoaded(image);
        await expect(images(shown).nth(1)).toHaveAttribute('alt', 'the second');
      }
      // The first image is as high as the two beside it.
      const [large, above, below] = await boxes(chat);
      expect(large!.width).toBeCloseTo(large!.height, 0);
      expect(above!.x).toBeGreaterThan(large!.x + large!.width);
      expect([above!.y, below!.y + below!.height].map(Math.round)).toEqual([large!.y, large!.y + large!.height].map(Math.round));
      await page.reload();
      await expect(chat.messages).toHaveCount(1);
      for (const [number, image] of (await eachOf(images(chat), 3)).entries()) {
        await waitUntilLoaded(image);
        await expect(image).toHaveAttribute('src', number === 0 ? /^\/images\/.*\/[0-9a-f]+$/ : new RegExp(`^/images/.*/[0-9a-f]+=${number}$`));
        expect(await image.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([...sizes[number]!]);
      }
      await other.page.close();
    });

    test('grids of two to ten images fit the log and are accessible', async ({ page, deployment, room, connect }, { outputDir }) => {
      const ann = await connect(room);
      for (const count of [2, 4, 5, 6, 10]) {
        const nonce = `n${count}`;
        const image = await upload(ann, deployment, nonce, count);
        expect(await sendImage(ann, nonce, image, count === 5 ? 'five' : undefined)).toMatchObject({ type: 'message', image });
      }
      const chat = await ChatPage.open(page, deployment, room);
      await expect(grid(chat)).toHaveCount(5);
      await expect(images(chat)).toHaveCount(27);
      for (const image of await eachOf(images(chat), 27)) await waitUntilLoaded(image);
      const all = await boxes(chat);
      // The last one of ten fills its line.
      const last = all.at(-1)!;
      expect(last.width / last.height).toBeCloseTo(3, 0);
      for (const box of all) {
        if (box !== last) expect(box.width).toBeCloseTo(box.height, 0);
        expect(box.height).toBeGreaterThanOrEqual(44);
        expect(box.width).toBeGreaterThanOrEqual(44);
        expect([box.x >= 0, box.x + box.width <= viewport.width]).toEqual([true, true]);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
      await expectAccessible(page);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const [index, name] of [[0, 'two-four'], [3, 'six'], [4, 'ten']] as const) {
          await grid(chat).nth(index).scrollIntoViewIfNeeded();
          await page.screenshot({ path: `${outputDir}/../albums-${viewport.width}-${name}-${colorScheme}.png` });
        }
      }
    });

    test('the image viewer goes through the images of a message', async ({ page, deployment, room, connect }) => {
      const ann = await connect(room);
      await sendImage(ann, 'before', await upload(ann, deployment, 'before', 1), 'before');
      await sendImage(ann, 'n', await upload(ann, deployment, 'n', 3), 'three');
      await ChatPage.open(page, deployment, room);
      const frame = page.getByRole('button', { name: 'Open image: picture 1' });
      await frame.click();
      const dialog = page.getByRole('dialog', { name: 'Image' });
      await waitUntilLoaded(dialog.getByRole('img', { name: 'picture 1' }));
      await page.keyboard.press('ArrowRight');
      await waitUntilLoaded(dialog.getByRole('img', { name: 'picture 2' }));
      await expect(dialog.getByRole('button', { name: 'Next image' })).toHaveAttribute('aria-disabled', 'true');
      await dialog.getByRole('button', { name: 'Previous image' }).click();
      await expect(dialog.getByRole('img', { name: 'picture 1' })).toBeVisible();
      // A swipe to the right shows the image before.
      await dialog.locator('.lightbox-stage').evaluate((stage) => {
        const event = (type: string, clientX: number) => stage.dispatchEvent(new PointerEvent(type, { clientX, clientY: 300, bubbles: true }));
        event('pointerdown', 100);
        event('pointerup', 200);
      });
      await expect(dialog.getByRole('img', { name: 'picture 0' })).toHaveAttribute('src', /\/n$/);
      await page.keyboard.press('ArrowLeft');
      await expect(dialog.getByRole('img', { name: 'picture 0' })).toHaveAttribute('src', /\/before$/);
      await expect(dialog).toContainText('before');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await expect(dialog.getByRole('link', { name: 'Download' })).toHaveAttribute('download', 'image-2-2.png');
      await page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
      await expect(frame).toBeFocused();
    });

    test('an image of a grid that cannot be loaded says so in its place', async ({ page, deployment, room, connect }, { outputDir }) => {
      const ann = await connect(room);
      await sendImage(ann, 'n', await upload(ann, deployment, 'n', 5));
      await page.route(/\/images\/.*=[14]$/, (route) => route.fulfill({ status: 404, body: 'gone' }));
      const chat = await ChatPage.open(page, deployment, room);
      for (const number of [0, 2, 3]) await waitUntilLoaded(images(chat).nth(number));
      const sentences = grid(chat).getByText('This image is not available any more');
      await expect(sentences.nth(1)).toBeVisible();
      await expect(sentences.nth(4)).toBeVisible();
      for (const number of [0, 2, 3]) await expect(sentences.nth(number)).toBeHidden();
      const places = await boxes(chat);
      const box = await sentences.nth(1).boundingBox();
      expect([box!.width, box!.height].map(Math.round)).toEqual([places[1]!.width, places[1]!.height].map(Math.round));
      await page.screenshot({ path: `${outputDir}/../albums-${viewport.width}-missing.png` });
    });
  });
}

test('the upload of several images is one progress, and is cancelled or retried as a whole', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  let stored = 0;
  // The third upload hangs.
  await page.route(/uploads\//, (route) => (route.request().method() === 'PUT' && ++stored === 3 ? undefined : route.continue()));
  await attach(page, 4);
  await chat.sendMessage('never mind');
  const progress = chat.messages.getByRole('progressbar', { name: 'Uploading' });
  await expect(progress).toHaveCount(1);
  await expect.poll(async () => Number(await progress.getAttribute('value'))).toBeGreaterThanOrEqual(50);
  await expect(images(chat)).toHaveCount(4);
  await chat.messages.getByRole('button', { name: 'Cancel' }).click();
  await expect(chat.messages).toHaveCount(0);
  await page.unroute(/uploads\//);

  let broken = true;
  await page.route(/uploads\//, async (route) => {
    if (broken && route.request().method() === 'PUT') await route.abort('connectionreset');
    else await route.continue();
  });
  await page.clock.install();
  await attach(page, 3);
  await chat.sendMessage('after all');
  const retry = chat.messages.getByRole('button', { name: 'Retry' });
  await expect(async () => {
    await page.clock.runFor(5_000);
    await expect(retry).toHaveCount(1, { timeout: 500 });
  }).toPass();
  broken = false;
  await retry.click();
  await expect(async () => {
    await page.clock.runFor(1_000);
    await expect(chat.messages).toHaveAttribute('data-state', 'sent', { timeout: 500 });
  }).toPass();
  await expect(chat.messages).toHaveCount(1);
  await page.reload();
  await expect(images(chat)).toHaveCount(3);
});

test('a grid is shown without scripts', async ({ browser, deployment, room, connect }) => {
  const ann = await connect(room);
  await sendImage(ann, 'n', await upload(ann, deployment, 'n', 3), 'three');
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(deployment.pageUrl(room));
  for (const number of [0, 1, 2]) await expect(page.getByRole('img', { name: `picture ${number}` })).toBeVisible();
  await page.close();
});

test('loading the images of grids does not shift the layout', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  for (const count of [2, 3, 5]) await sendImage(ann, `n${count}`, await upload(ann, deployment, `n${count}`, count), 'hi');
  await recordShifts(page);
  await delayImages(page);
  const chat = await ChatPage.open(page, deployment, room);
  const before = await boxes(chat);
  for (const image of (await eachOf(images(chat), 10)).reverse()) await waitUntilLoaded(image);
  expect((await boxes(chat)).map((box) => box.height)).toEqual(before.map((box) => box.height));
  await expectNoShift(page);
});

test('images that are not as announced are refused together', async ({ deployment, room, connect }) => {
  const ann = await connect(room);
  const author = await personId(ann);
  const isShown = async (nonce: string) => (await fetch(imageUrl(deployment, room, author, nonce))).status === 200;
  const rejected = async (nonce: string, image: Image, code: string, why: string) => {
    const answer = await sendImage(ann, nonce, image);
    expect(answer).toMatchObject({ type: 'error', code, nonce });
    expect(answer['message']).toContain(why);
  };

  await rejected('a', await upload(ann, deployment, 'a', 3, 1), 'noImage', 'Image 2 of 3');
  for (const number of [0, 1, 2]) expect(await isShown(imageNonce('a', number))).toBe(false);

  const three = await upload(ann, deployment, 'b', 3);
  await rejected('b', { ...three, more: [three.more![0]!, { ...three.more![1]!, width: 9 }] }, 'badImage', 'Image 3 of 3');
  await rejected('b', { ...three, more: Array.from({ length: 10 }, () => three.more![0]!) }, 'badField', 'more than 9');
  await rejected('b', { ...three, more: [{ ...three.more![0]!, more: [three.more![1]!] }] }, 'badField', '`more`');

  // No message takes the place of another one's image.
  const image = await upload(ann, deployment, 'c', 2);
  expect(await sendImage(ann, 'c', image)).toMatchObject({ type: 'message' });
  const other = png(200, 320, [1, 2, 3]);
  const metadata = imageMetadata(other, 'image/png', 200, 320);
  await putBytes(await requestUploadUrl(ann, deployment, 'c=1', metadata), 'image/png', other);
  await rejected('c=1', metadata, 'badField', '`nonce`');
  const served = await fetch(imageUrl(deployment, room, author, 'c=1'));
  expect(Buffer.from(await served.arrayBuffer()).equals(files(2)[1]!.buffer)).toBe(true);

  // A repeated send shows nothing twice, and a deletion removes every image.
  const repeated = await sendImage(ann, 'c', image);
  expect(repeated).toMatchObject({ type: 'message', seq: 1, image });
  ann.send({ action: 'delete', seq: 1 });
  expect(await ann.next('message')).toMatchObject({ deleted: true });
  for (const number of [0, 1]) expect(await isShown(imageNonce('c', number))).toBe(false);
});
