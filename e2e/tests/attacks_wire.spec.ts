import { createHmac } from 'node:crypto';
import type { APIRequestContext } from '@playwright/test';
import { loadAttacks, expandPayload, type Attack, type Payload } from '../support/attacks.ts';
import { Canary } from '../support/canary.ts';
import { expect, guestCookie, test, type Deployment } from '../support/fixtures.ts';
import { personId } from '../support/images.ts';
import { exchangeRaw } from '../support/raw_http.ts';
import { ConnectError, WireClient, type Frame } from '../support/wire_client.ts';

// What a stranger may send without a page, by the corpus in `attacks/`. Each line is refused or does no harm: nobody else
// hears of it, nothing of it is said back as it was, and everything goes on.

type Raw = Attack & {
  frame: Payload;
  /** The code it is answered with. */
  error?: string;
  /** The text that it says, and nothing more, but for what is there `also`. */
  says?: string;
  also?: object;
  /** The type of its answer, where it is neither. */
  answers?: string;
};

type Request = Attack & {
  method?: string;
  path?: Payload;
  headers?: Payload[];
  body?: string;
  host?: string;
  /** All of it, where it is none of the above. */
  raw?: string;
  /** What may be answered; any error of the client's without it. */
  status?: (number | 'closed')[];
  /** What no answer may have in it. */
  never?: string[];
  /** Whether it is an address that somebody could be led to. */
  opened?: true;
};

type Ticket = Attack & {
  /** What it is made of, as it was given out. */
  of?: 'ticket' | 'cookie';
  /** What it is instead. */
  is?: Payload;
  /** What becomes of it: so many letters are cut off, something is added, or another signature, key or claim is in it. */
  cut?: number;
  add?: string;
  mac?: string;
  key?: string;
  claims?: object;
  /** What it is shown as; a ticket without it. */
  as?: 'cookie';
  /** How often it was shown before. */
  used?: number;
  room?: 'other';
  origin?: string | null;
  /** Whether it is good. */
  opens?: true;
};

test('a frame is answered, and nobody else hears of what it tries', async ({ deployment, room, connect }) => {
  const [speaker, witness] = [await connect(room), await connect(room)];
  const [mallory, ann] = [await personId(speaker), await personId(witness)];
  await witness.sendMessage('hello');
  await speaker.drain('message');
  await speaker.drain('presence');
  const said: string[] = [];
  for (const line of loadAttacks<Raw>('frames', deployment)) {
    speaker.send(expandPayload(line.frame));
    const answer = await speaker.next('message', 'error', 'page', 'changes', 'found', 'upload', 'rooms', 'pong', ...(line.answers ? [line.answers] : []));
    const what = `${line.id}: ${JSON.stringify(answer).slice(0, 300)}`;
    if (line.says !== undefined) {
      said.push(line.says);
      const { seq, author } = answer;
      const own = { type: 'message', seq, rev: seq, author: { id: mallory, name: author?.name }, nonce: expect.any(String), text: line.says };
      expect(answer, what).toEqual({ ...own, sentAt: expect.any(Number), ...line.also });
      expect(seq, what).toBeGreaterThan(1);
      expect(Math.abs(answer['sentAt'] - Date.now()), what).toBeLessThan(60_000);
    } else if (line.error !== undefined) {
      expect(answer, what).toMatchObject({ type: 'error', code: line.error });
      expect(answer['message'], what).toMatch(/^[A-Z].{5,200}\.$/s);
      expect(JSON.stringify(answer).length, what).toBeLessThan(600);
    } else {
      expect(answer.type, what).toBe(line.answers);
      const found: Frame[] = answer['messages'] ?? [];
      expect(found.filter(({ author }) => ![mallory, ann].includes(author.id)), what).toEqual([]);
    }
    // The socket still lives, and nothing more was said to it.
    expect(await speaker.drain('error'), what).toEqual([]);
  }
  const heard = (await witness.drain('message')).sort((one, other) => one['seq'] - other['seq']);
  expect(heard.map(({ text }) => text)).toEqual(said);
  expect((await witness.allMessages()).map(({ text }) => text)).toEqual(['hello', ...said]);
});

test('a request is refused or does nothing, and none is said back', async ({ deployment, room, connect }) => {
  const url = new URL(deployment.pageUrl('lobby'));
  for (const line of loadAttacks<Request>('requests', deployment)) {
    const { statuses, text } = await exchangeRaw(url, asked(line, url));
    const what = `${line.id}: ${text.slice(0, 400) || 'closed'}`;
    const refused = (status: number) => status >= 400 && status < 500;
    if (line.status) expect.soft(line.status, what).toContain(statuses[0] ?? 'closed');
    else expect.soft(statuses.length > 0 && statuses.every(refused), what).toBe(true);
    // 501 is what a proxy says to a coding that it does not know; nothing else of ours breaks.
    expect.soft(statuses.filter((status) => status >= 500 && !line.status?.includes(status)), what).toEqual([]);
    const head = text.split('\r\n\r\n')[0]!;
    expect.soft(head, what).not.toMatch(/^(injected|location):/im);
    expect.soft(head, what).not.toMatch(/^set-cookie: (?!(__Host-)?guest=[\w.=-]+; Path=\/; )/im);
    const outside = ['root:x:0', '[workspace]', '[package]', 'IHDR'];
    const unescaped = ['<script>__pwned', '<img src=x', '"onload="'];
    for (const never of [...outside, ...unescaped, ...(line.never ?? [])]) expect.soft(text, what).not.toContain(never);
  }
  await (await connect(room)).sendMessage('still here');
});

test('an address that somebody is led to runs nothing', async ({ context, page, deployment, violations }) => {
  const canary = await Canary.in(context);
  for (const line of loadAttacks<Request>('requests', deployment).filter((line) => line.opened)) {
    await page.goto(new URL(deployment.pageUrl('lobby')).origin + expandPayload(line.path!));
    await expect(page.locator('body'), line.id).not.toBeEmpty();
    expect(await canary.findings(page), line.id).toEqual([]);
  }
  // An error of S3 is XML, which Chromium shows in a viewer of its own, with a picture that our policy forbids.
  const own = violations.filter((violation) => !violation.includes("<path d='M0 0 L8 0 L4 7 Z'/>"));
  violations.splice(0, violations.length, ...own);
});

test('only what was given out here opens a socket or is a visitor, and only from here', async ({ deployment, room, request }) => {
  for (const line of loadAttacks<Ticket>('tickets', deployment)) {
    const visit = await visitor(request, deployment, room);
    const shown = line.of || line.is !== undefined ? tampered(line, visit) : undefined;
    const in_ = line.room ? `${room}-${line.room}` : room;
    if (line.as === 'cookie') {
      const { you } = await visitor(request, deployment, in_, shown);
      expect.soft(you.id === visit.you.id, line.id).toBe(line.opens ?? false);
      expect.soft([you.id === 'victim', you.moderator], line.id).toEqual([false, undefined]);
      continue;
    }
    const query = shown === undefined ? '' : `&ticket=${encodeURIComponent(shown)}`;
    const origin = line.origin === undefined || line.origin === null ? undefined : filled(line.origin, new URL(deployment.pageUrl('lobby')));
    const open = async (room: string) => {
      const wire = await WireClient.open(deployment.socketUrl(room) + query, origin);
      const id = await personId(wire);
      wire.close();
      return id;
    };
    for (let time = 0; time < (line.used ?? 0); time++) expect(await open(room), line.id).toBe(visit.you.id);
    const opened = await open(in_).catch((reason) => (reason instanceof ConnectError ? reason.status : String(reason)));
    if (!line.opens) expect.soft([400, 401, 403, 414, 431], `${line.id}: ${opened}`).toContain(opened);
    else if (line.of) expect.soft(opened, line.id).toBe(visit.you.id);
    else expect.soft(opened, line.id).toMatch(/^[\w-]{16}$/);
  }
});

type Visitor = { you: { id: string; moderator?: boolean }; ticket: string; cookie: string };

/** A visit of the page's state: a new guest's, or whoever the cookie says. */
async function visitor(request: APIRequestContext, deployment: Deployment, room: string, cookie?: string): Promise<Visitor> {
  const headers = { cookie: cookie === undefined ? '' : `${guestCookie(deployment)}=${cookie}` };
  const answer = await request.get(new URL(`/state/${room}`, deployment.pageUrl('lobby')).href, { headers });
  expect(answer.status()).toBe(200);
  const given = /guest=([^;]*)/.exec(answer.headers()['set-cookie'] ?? '')?.[1] ?? '';
  return { ...(await answer.json()), cookie: given };
}

function tampered(line: Ticket, visit: Visitor): string {
  if (line.is !== undefined) return expandPayload(line.is);
  const given = visit[line.of!];
  expect(given, 'what was given out').toMatch(/^[\w-]+\.[\w-]{43}$/);
  let [claims = '', mac = ''] = given.split('.');
  if (line.claims) {
    const before = JSON.parse(Buffer.from(claims, 'base64url').toString());
    expect(before, 'what it claims').toMatchObject({ id: visit.you.id });
    claims = Buffer.from(JSON.stringify({ ...before, ...line.claims })).toString('base64url');
  }
  if (line.key !== undefined) mac = signed(line.key, line.as ?? 'ticket', claims);
  const whole = `${claims}.${line.mac ?? mac}`;
  return whole.slice(0, whole.length - (line.cut ?? 0)) + (line.add ?? '');
}

/** As the server signs, for the door that is open to everybody. */
function signed(key: string, purpose: string, claims: string): string {
  const hmac = createHmac('sha256', key);
  for (const part of [purpose, 'open', claims]) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(part.length));
    hmac.update(length).update(part);
  }
  return hmac.digest('base64url');
}

function asked(line: Request, url: URL): string {
  if (line.raw !== undefined) return filled(line.raw, url);
  const headers = [`Host: ${filled(line.host ?? '{host}', url)}`, 'Connection: close', ...(line.headers ?? []).map(expandPayload)];
  return [`${line.method ?? 'GET'} ${expandPayload(line.path!)} HTTP/1.1`, ...headers, '', line.body ?? ''].join('\r\n');
}

function filled(text: string, { origin, host, hostname, port }: URL): string {
  return Object.entries({ origin, host, hostname, port }).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), text);
}
