import { request } from 'node:http';
import { crc32, deflateSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import type { Deployment } from './fixtures.ts';
import type { Frame, WireClient } from './wire_client.ts';

/** The metadata of an image in a message. */
export type Image = { type: string; size: number; width: number; height: number; alt?: string; preview?: string; more?: Image[] };

/** Returns a valid PNG of one colour. */
export function png(width: number, height: number, colour: [number, number, number] = [40, 120, 200]): Buffer {
  return stripes(width, height, [colour]);
}

/** Returns a valid PNG of vertical stripes with these colours. */
export function stripes(width: number, height: number, colours: [number, number, number][]): Buffer {
  const pixels = Array.from({ length: width }, (_, x) => colours[Math.floor((x * colours.length) / width)]!);
  const row = Buffer.concat([Buffer.from([0]), Buffer.from(pixels.flat())]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', Buffer.concat([number(width), number(height), Buffer.from([8, 2, 0, 0, 0])])),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Returns a valid GIF of one pixel, followed by the bytes of `trailer`. */
export function gif(trailer = ''): Buffer {
  const pixel = '47494638396101000100800000000000ffffff21f90400000000002c00000000010001000002024401003b';
  return Buffer.concat([Buffer.from(pixel, 'hex'), Buffer.from(trailer)]);
}

/** Returns a PNG with many pixels in few bytes. */
export function manyPixels(width: number, height: number): Buffer {
  const rows = Buffer.alloc(height * (1 + Math.ceil(width / 8)));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', Buffer.concat([number(width), number(height), Buffer.from([1, 0, 0, 0, 0])])),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Returns an animated GIF: this many frames of one pixel, in two colours. */
export function animatedGif(frames: number): Buffer {
  const frame = (colour: number) => Buffer.from(`21f90404050000002c0000000001000100000202${colour ? '4c' : '44'}0100`, 'hex');
  const header = Buffer.from('47494638396101000100800000ff00000000ff21ff0b4e45545343415045322e300301000000', 'hex');
  return Buffer.concat([header, ...Array.from({ length: frames }, (_, index) => frame(index % 2)), Buffer.from(';')]);
}

/** Returns an animated PNG of two colours, with a comment. */
export function animatedPng(width: number, height: number, comment: string): Buffer {
  const rows = (colour: number[]) => {
    const row = Buffer.concat([Buffer.from([0]), Buffer.from(Array.from({ length: width }, () => colour).flat())]);
    return deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  };
  const control = (sequence: number) => chunk('fcTL', Buffer.concat([number(sequence), number(width), number(height), number(0), number(0), Buffer.from([0, 20, 0, 100, 0, 0])]));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', Buffer.concat([number(width), number(height), Buffer.from([8, 2, 0, 0, 0])])),
    chunk('acTL', Buffer.concat([number(2), number(0)])),
    chunk('tEXt', Buffer.from(`Comment\0${comment}`, 'latin1')),
    control(0),
    chunk('IDAT', rows([200, 40, 40])),
    control(1),
    chunk('fdAT', Buffer.concat([number(2), rows([40, 40, 200])])),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Returns an animated WebP that shows a still one twice, with an EXIF chunk. */
export function animatedWebp(still: Buffer, width: number, height: number, exif: string): Buffer {
  const part = (name: string, data: Buffer) => {
    const head = Buffer.from(`${name}\0\0\0\0`, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
  };
  const side = (length: number) => {
    const bytes = Buffer.alloc(3);
    bytes.writeUIntLE(length - 1, 0, 3);
    return bytes;
  };
  const sides = Buffer.concat([side(width), side(height)]);
  const pixels: Buffer[] = [];
  for (let at = 12; at < still.length; ) {
    const end = at + 8 + still.readUInt32LE(at + 4) + (still.readUInt32LE(at + 4) % 2);
    if (['VP8 ', 'VP8L', 'ALPH'].includes(still.toString('latin1', at, at + 4))) pixels.push(still.subarray(at, end));
    at = end;
  }
  const frame = part('ANMF', Buffer.concat([Buffer.alloc(6), sides, Buffer.from([200, 0, 0, 0]), ...pixels]));
  const parts = [part('VP8X', Buffer.concat([Buffer.from([0x1a, 0, 0, 0]), sides])), part('ANIM', Buffer.alloc(6)), frame, frame, part('EXIF', Buffer.from(exif))];
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(4 + Buffer.concat(parts).length, 4);
  return Buffer.concat([head, ...parts]);
}

/** Returns a PNG of one colour whose pixels have this opacity, from 0 to 255. */
export function transparentPng(width: number, height: number, alpha: number): Buffer {
  const row = Buffer.concat([Buffer.from([0]), Buffer.from(Array.from({ length: width }, () => [0, 0, 0, alpha]).flat())]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', Buffer.concat([number(width), number(height), Buffer.from([8, 6, 0, 0, 0])])),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Adds the metadata that a phone writes: an EXIF block with the GPS position of the photo. */
export function jpegWithGps(jpeg: Buffer): Buffer {
  const entry = (tag: number, type: number, count: number, value: number) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(tag, 0);
    bytes.writeUInt16LE(type, 2);
    bytes.writeUInt32LE(count, 4);
    bytes.writeUInt32LE(value, 8);
    return bytes;
  };
  const position = Buffer.from('GPS 52.5200 N, 13.4050 E\0');
  // The first directory points to the GPS directory, whose only entry is the text after it.
  const first = Buffer.concat([Buffer.from([1, 0]), entry(0x8825, 4, 1, 26), Buffer.alloc(4)]);
  const second = Buffer.concat([Buffer.from([1, 0]), entry(0x001b, 2, position.length, 44), Buffer.alloc(4)]);
  const body = Buffer.concat([Buffer.from('Exif\0\0II*\0\x08\0\0\0', 'latin1'), first, second, position]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length + 2);
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), length, body, jpeg.subarray(2)]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  return Buffer.concat([number(data.length), body, number(crc32(body))]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Returns the metadata that a client sends for an image. */
export function imageMetadata(bytes: Buffer, type: string, width: number, height: number): Image {
  return { type, size: bytes.length, width, height };
}

/** Asks the server where to upload an image. Returns the absolute URL. */
export async function requestUploadUrl(client: WireClient, deployment: Deployment, nonce: string, image: Image): Promise<string> {
  client.send({ action: 'upload', nonce, type: image.type, size: image.size });
  const answer = await client.next('upload');
  return new URL(answer['url'], deployment.pageUrl('lobby')).href;
}

/** Uploads bytes with PUT, as a browser does. Returns the status. */
export async function putBytes(url: string, type: string, bytes: Buffer): Promise<number> {
  const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': type }, body: new Uint8Array(bytes) });
  await answer.arrayBuffer();
  return answer.status;
}

/** Starts an upload, sends half of the announced bytes and closes the connection. */
export async function putTruncated(url: string, type: string, bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    const headers = { 'content-type': type, 'content-length': bytes.length };
    const upload = request(url, { method: 'PUT', headers });
    upload.on('error', () => resolve());
    upload.on('response', (answer) => (answer.resume(), resolve()));
    upload.write(bytes.subarray(0, bytes.length / 2), () => upload.destroy());
  });
}

/** Sends a message with an image. Returns the message or the error. */
export async function sendImage(client: WireClient, nonce: string, image: Image, text?: string): Promise<Frame> {
  client.send({ action: 'send', nonce, image, ...(text && { text }) });
  return client.next('message', 'error');
}

/** Returns the URL of a message's image. */
export function imageUrl(deployment: Deployment, room: string, author: string, nonce: string): string {
  return new URL(`/images/${author}/${room}/${nonce}`, deployment.pageUrl('lobby')).href;
}

/** Returns the id of the person that a socket belongs to. */
export async function personId(client: WireClient): Promise<string> {
  client.send({ action: 'hello' });
  const welcome = await client.next('welcome');
  await client.next('page');
  return welcome['you'].id;
}

/** Delays each image, so that it arrives after the first paint. */
export async function delayImages(page: Page): Promise<void> {
  let delay = 0;
  await page.route(/\/images\//, async (route) => {
    delay += 100;
    await new Promise((resolve) => setTimeout(resolve, delay));
    await route.continue();
  });
}
