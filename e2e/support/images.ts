import { request } from 'node:http';
import { crc32, deflateSync } from 'node:zlib';
import type { Home } from './fixtures.ts';
import type { Frame, Wire } from './wire.ts';

/** What a message says about its image. */
export type Image = { type: string; size: number; width: number; height: number; alt?: string; preview?: string };

/** A whole PNG of one colour. */
export function png(width: number, height: number, colour: [number, number, number] = [40, 120, 200]): Buffer {
  const row = Buffer.concat([Buffer.from([0]), Buffer.from(Array.from({ length: width }, () => colour).flat())]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', Buffer.concat([number(width), number(height), Buffer.from([8, 2, 0, 0, 0])])),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A whole GIF of one pixel, with whatever behind its end. */
export function gif(behind = ''): Buffer {
  const pixel = '47494638396101000100800000000000ffffff21f90400000000002c00000000010001000002024401003b';
  return Buffer.concat([Buffer.from(pixel, 'hex'), Buffer.from(behind)]);
}

/** A PNG of so many pixels, in few bytes. */
export function manyPixels(width: number, height: number): Buffer {
  const rows = Buffer.alloc(height * (1 + Math.ceil(width / 8)));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', Buffer.concat([number(width), number(height), Buffer.from([1, 0, 0, 0, 0])])),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A JPEG with what a phone writes beside its picture: a block of EXIF that says where it was taken. */
export function jpegWithPlace(jpeg: Buffer): Buffer {
  const entry = (tag: number, type: number, count: number, value: number) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(tag, 0);
    bytes.writeUInt16LE(type, 2);
    bytes.writeUInt32LE(count, 4);
    bytes.writeUInt32LE(value, 8);
    return bytes;
  };
  const place = Buffer.from('GPS 52.5200 N, 13.4050 E\0');
  // One directory with a pointer to another, that of the place, whose one entry is a text behind it.
  const first = Buffer.concat([Buffer.from([1, 0]), entry(0x8825, 4, 1, 26), Buffer.alloc(4)]);
  const second = Buffer.concat([Buffer.from([1, 0]), entry(0x001b, 2, place.length, 44), Buffer.alloc(4)]);
  const body = Buffer.concat([Buffer.from('Exif\0\0II*\0\x08\0\0\0', 'latin1'), first, second, place]);
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

/** The image as its client announces it. */
export function announced(bytes: Buffer, type: string, width: number, height: number): Image {
  return { type, size: bytes.length, width, height };
}

/** Asks where to put an image; gives the whole address. */
export async function address(wire: Wire, home: Home, nonce: string, image: Image): Promise<string> {
  wire.send({ action: 'upload', nonce, type: image.type, size: image.size });
  const answer = await wire.next('upload');
  return new URL(answer['url'], home.page('lobby')).href;
}

/** Puts bytes to an address, as a browser does; gives the status. */
export async function put(url: string, type: string, bytes: Buffer): Promise<number> {
  const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': type }, body: new Uint8Array(bytes) });
  await answer.arrayBuffer();
  return answer.status;
}

/** Announces more bytes than it sends, and hangs up. */
export async function putHalf(url: string, type: string, bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    const headers = { 'content-type': type, 'content-length': bytes.length };
    const upload = request(url, { method: 'PUT', headers });
    upload.on('error', () => resolve());
    upload.on('response', (answer) => (answer.resume(), resolve()));
    upload.write(bytes.subarray(0, bytes.length / 2), () => upload.destroy());
  });
}

/** Sends a message with an image; gives the message, or the error. */
export async function send(wire: Wire, nonce: string, image: Image, text?: string): Promise<Frame> {
  wire.send({ action: 'send', nonce, image, ...(text && { text }) });
  return wire.next('message', 'error');
}

/** Where the image of a message is. */
export function place(home: Home, room: string, author: string, nonce: string): string {
  return new URL(`/images/${author}/${room}/${nonce}`, home.page('lobby')).href;
}

/** Who speaks through a socket. */
export async function me(wire: Wire): Promise<string> {
  wire.send({ action: 'hello' });
  const welcome = await wire.next('welcome');
  await wire.next('page');
  return welcome['you'].id;
}
