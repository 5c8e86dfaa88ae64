import { request } from 'node:http';
import { requestUploadUrl, imageMetadata, gif, personId, imageUrl, png, putBytes, putTruncated, sendImage, type Image } from '../support/images.ts';
import { expect, test, type Deployment } from '../support/fixtures.ts';
import type { WireClient } from '../support/wire_client.ts';

// Attacks with images, without a page. None of them is stored or shown, and the room keeps working.

const html = '<!doctype html><script>document.title = "pwned"</script>';
const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>';
const bomb = Buffer.concat([png(1, 1).subarray(0, 16), Buffer.from([0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10]), png(1, 1).subarray(24)]);

/** Bytes that do not match the metadata that the client sends. */
const mismatches: { [name: string]: [type: string, width: number, height: number, bytes: Buffer] } = {
  'an HTML page declared as PNG': ['image/png', 1, 1, Buffer.from(html)],
  'an HTML page declared as WebP': ['image/webp', 1, 1, Buffer.from(html)],
  'an SVG with a script declared as PNG': ['image/png', 1, 1, Buffer.from(svg)],
  'a GIF declared as PNG': ['image/png', 1, 1, gif()],
  'a PNG declared as JPEG': ['image/jpeg', 3, 2, png(3, 2)],
  'an HTML page that begins like a GIF': ['image/gif', 1, 1, Buffer.from(`GIF89a${html}`)],
  'a hundred megapixels in a few bytes': ['image/png', 10, 10, bomb],
  'an image with other dimensions': ['image/png', 2, 3, png(3, 2)],
  'a truncated image': ['image/png', 3, 2, png(3, 2).subarray(0, 14)],
  'one byte': ['image/png', 1, 1, Buffer.from('x')],
};

for (const [name, [type, width, height, bytes]] of Object.entries(mismatches)) {
  test(`${name} is rejected and removed`, async ({ deployment, room, connect }) => {
    const ann = await connect(room);
    const image = imageMetadata(bytes, type, width, height);
    expect(await putBytes(await requestUploadUrl(ann, deployment, 'n', image), type, bytes)).toBe(200);
    expect(await sendImage(ann, 'n', image)).toMatchObject({ type: 'error', code: 'badImage', action: 'send', nonce: 'n' });
    // The upload is removed, so the same command does not find it any more.
    expect(await sendImage(ann, 'n', image)).toMatchObject({ type: 'error', code: 'noImage' });
    await expectNothingStored(deployment, room, ann, 'n');
  });
}

test('uploads of other types or of invalid size get no URL', async ({ room, connect }) => {
  const ann = await connect(room);
  const maxSize = 2 * 1024 * 1024;
  for (const upload of [
    { type: 'image/svg+xml', size: 10 },
    { type: 'text/html', size: 10 },
    { type: 'image/png', size: 0 },
    { type: 'image/png', size: maxSize + 1 },
    { type: 'image/png', size: -1 },
    { type: 'image/png', size: '10' },
    { type: 'image/png' },
    { size: 10 },
  ]) {
    ann.send({ action: 'upload', nonce: 'n', ...upload });
    expect(await ann.next('error'), JSON.stringify(upload)).toMatchObject({ code: 'badField', action: 'upload', nonce: 'n' });
  }
  ann.send({ action: 'upload', nonce: '../../secret', type: 'image/png', size: 10 });
  expect(await ann.next('error')).toMatchObject({ code: 'badField', action: 'upload' });
  ann.send({ action: 'upload', nonce: 'n', type: 'image/png', size: maxSize });
  await ann.next('upload');
});

test('an upload URL accepts only the announced bytes', async ({ deployment, room, connect }) => {
  const ann = await connect(room);
  const bytes = png(3, 2);
  const image = imageMetadata(bytes, 'image/png', 3, 2);
  const uploadUrl = await requestUploadUrl(ann, deployment, 'n', image);
  const expectRejected = async (url: string, type: string, body: Buffer) =>
    expect(await putBytes(url, type, body), `${url} ${type} ${body.length}`).toBeGreaterThanOrEqual(400);
  await expectRejected(uploadUrl, 'image/png', Buffer.concat([bytes, Buffer.from('!')]));
  await expectRejected(uploadUrl, 'image/png', bytes.subarray(1));
  await expectRejected(uploadUrl, 'image/png', Buffer.alloc(0));
  await expectRejected(uploadUrl, 'text/html', bytes);
  await expectRejected(uploadUrl.replace('/n/', '/m/'), 'image/png', bytes);
  await expectRejected(uploadUrl.replace(room, 'lobby'), 'image/png', bytes);
  await expectRejected(new URL('/uploads/x/y/z', deployment.pageUrl('lobby')).href, 'image/png', bytes);
  expect(await sendImage(ann, 'n', image)).toMatchObject({ type: 'error', code: 'noImage' });
  await expectNothingStored(deployment, room, ann, 'n');
});

test('an interrupted upload stores nothing and can be repeated', async ({ deployment, room, connect }) => {
  const ann = await connect(room);
  const bytes = png(300, 200);
  const image = imageMetadata(bytes, 'image/png', 300, 200);
  const url = await requestUploadUrl(ann, deployment, 'n', image);
  await putTruncated(url, 'image/png', bytes);
  expect(await sendImage(ann, 'n', image)).toMatchObject({ type: 'error', code: 'noImage' });
  // The server refuses a second upload until it has noticed the end of the first.
  await expect.poll(() => putBytes(url, 'image/png', bytes)).toBe(200);
  expect(await sendImage(ann, 'n', image)).toMatchObject({ type: 'message', image });
});

test('only the uploader sends an image, and only once', async ({ deployment, room, connect }) => {
  const [ann, ben] = [await connect(room), await connect(room)];
  const bytes = png(3, 2);
  const image = imageMetadata(bytes, 'image/png', 3, 2);
  await putBytes(await requestUploadUrl(ann, deployment, 'n', image), 'image/png', bytes);
  expect(await sendImage(ben, 'n', image)).toMatchObject({ type: 'error', code: 'noImage' });
  expect(await sendImage(ann, 'n', image)).toMatchObject({ type: 'message', nonce: 'n' });
  expect(await sendImage(ann, 'm', image)).toMatchObject({ type: 'error', code: 'noImage' });
  // A key or URL from the client is ignored.
  const key = { ...image, key: `images/${await personId(ann)}/${room}/n`, url: '/images/../secret' } as Image;
  await ben.next('message');
  expect(await sendImage(ben, 'k', key)).toMatchObject({ type: 'error', code: 'noImage' });
});

test('a sent image cannot be replaced', async ({ deployment, room, connect }) => {
  const ann = await connect(room);
  const [first, second] = [png(3, 2, [1, 1, 1]), png(3, 2, [2, 2, 2])];
  expect(second.length).toBe(first.length);
  const image = imageMetadata(first, 'image/png', 3, 2);
  const url = await requestUploadUrl(ann, deployment, 'n', image);
  await putBytes(url, 'image/png', first);
  const message = await sendImage(ann, 'n', image);
  await putBytes(url, 'image/png', second);
  expect(await sendImage(ann, 'n', image)).toEqual(message);
  const shown = await fetch(imageUrl(deployment, room, message['author'].id, 'n'));
  expect(Buffer.from(await shown.arrayBuffer()).equals(first)).toBe(true);
});

test('images have immutable caching and safe headers', async ({ deployment, room, connect }) => {
  const ann = await connect(room);
  const bytes = png(3, 2);
  const image = { ...imageMetadata(bytes, 'image/png', 3, 2), alt: 'a "cat" <b>', preview: '0af'.repeat(16) };
  await putBytes(await requestUploadUrl(ann, deployment, 'n', image), 'image/png', bytes);
  const message = await sendImage(ann, 'n', image, 'look');
  expect(message).toMatchObject({ type: 'message', text: 'look', image });
  const shown = await fetch(imageUrl(deployment, room, message['author'].id, 'n'));
  expect(shown.status).toBe(200);
  expect(Object.fromEntries(shown.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-disposition': 'inline; filename="image.png"',
    'cache-control': deployment.name === 'stack' ? 'public, max-age=31536000, s-maxage=3600, immutable' : 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(Buffer.from(await shown.arrayBuffer()).equals(bytes)).toBe(true);
});

test('an image that is also an HTML page runs no script', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  const bytes = gif(html);
  const image = imageMetadata(bytes, 'image/gif', 1, 1);
  await putBytes(await requestUploadUrl(ann, deployment, 'n', image), 'image/gif', bytes);
  const message = await sendImage(ann, 'n', image);
  expect(message['type']).toBe('message');
  await page.goto(imageUrl(deployment, room, message['author'].id, 'n'));
  expect(await page.evaluate(() => [document.contentType, document.title === 'pwned'])).toEqual(['image/gif', false]);
});

test('no path serves anything but images', async ({ deployment, room, connect }) => {
  const ann = await connect(room);
  const author = await personId(ann);
  const bytes = png(3, 2);
  const image = imageMetadata(bytes, 'image/png', 3, 2);
  await putBytes(await requestUploadUrl(ann, deployment, 'n', image), 'image/png', bytes);
  const { host } = new URL(deployment.pageUrl('lobby'));
  for (const path of [
    `/images/${author}/${room}/n`,
    `/images/${author}/${room}/../${room}/n`,
    `/images/../uploads/${author}/${room}/n/${bytes.length}.png`,
    `/images/..%2fuploads/${author}/${room}/n/${bytes.length}.png`,
    `/images/%2e%2e/%2e%2e/%2e%2e/etc/passwd`,
    '/images/../../../../etc/passwd',
    '/images/chat.redb',
    '/images/',
    `/uploads/${author}/${room}/n/${bytes.length}.png`,
  ]) {
    // Sends the path unchanged; `fetch` would normalise it.
    const [status, body] = await new Promise<[number, string]>((resolve, reject) => {
      const get = request(`http://${host}`, { path }, (answer) => {
        let text = '';
        answer.on('data', (part) => (text += part)).on('end', () => resolve([answer.statusCode ?? 0, text]));
      });
      get.on('error', reject).end();
    });
    expect(status, path).toBeGreaterThanOrEqual(400);
    expect(body, path).not.toContain('IHDR');
    expect(body, path).not.toContain('root:');
  }
});

/** Checks that neither the message nor its image exists, and that the room still accepts messages. */
async function expectNothingStored(deployment: Deployment, room: string, client: WireClient, nonce: string): Promise<void> {
  const shown = await fetch(imageUrl(deployment, room, await personId(client), nonce));
  expect(shown.status).toBeGreaterThanOrEqual(400);
  await client.sendMessage('still here');
  expect((await client.newestMessages()).map((message) => message['text'])).toEqual(['still here']);
}
