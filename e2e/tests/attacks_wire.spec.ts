import { createHmac } from 'node:crypto';
import type { APIRequestContext } from '@playwright/test';
import { loadAttacks, expandPayload, type Attack, type Payload } from '../support/attacks.ts';
import { Canary } from '../support/canary.ts';
import { expect, guestCookie, test, type Deployment } from '../support/fixtures.ts';
import { personId } from '../support/images.ts';
import { exchangeRaw } from '../support/raw_http.ts';
import { ConnectError, WireClient, type Frame } from '../support/wire_client.ts';

// Attacks without a page, from the corpus in `attacks/`. Each entry is rejected or harmless: nobody else receives it, no answer
// repeats it unescaped, and the server keeps working.

type Raw = Attack & {
  frame: Payload;
  /** The code of the error that answers it. */
  error?: string;
  /** The text of the message that it creates. The message has no other fields, except those of `also`. */
  says?: string;
  also?: object;
  /** The type of the answer, if the entry creates neither an error nor a message. */
  answers?: string;
};

type Request = Attack & {
  method?: string;
  path?: Payload;
  headers?: Payload[];
  body?: string;
  host?: string;
  /** The whole request, if it does not consist of the fields above. */
  raw?: string;
  /** The allowed statuses. Default: any 4xx. */
  status?: (number | 'closed')[];
  /** Texts that no answer may contain. */
  never?: string[];
  /** Whether the path is opened in a browser, too. */
  opened?: true;
};

type Ticket = Attack & {
  /** The issued token that it is made from. */
  of?: 'ticket' | 'cookie';
  /** The token itself, if it is not made from an issued one. */
  is?: Payload;
  /** How it is changed: this many characters are cut off, text is added, or the signature, key or claims are replaced. */
  cut?: number;
  add?: string;
  mac?: string;
  key?: string;
  claims?: object;
  /** How it is presented. Default: as a ticket. */
  as?: 'cookie';
  /** How often it was used before. */
  used?: number;
  room?: 'other';
  origin?: string | null;
  /** Whether it is valid. */
  opens?: true;
};

test('attack frames are answered and not broadcast', async ({ deployment, room, connect }) => {
  const [sender, observer] = [await connect(room), await connect(room)];
  const [mallory, ann] = [await personId(sender), await personId(observer)];
  await observer.sendMessage('hello');
  await sender.drain('message');
  await sender.drain('presence');
  const accepted: string[] = [];
  for (const entry of loadAttacks<Raw>('frames', deployment)) {
    const frame = expandPayload(entry.frame);
    // A longer WebSocket frame closes the socket.
    if (frame.length <= 32 * 1024) sender.send(frame);
    else sender.sendInParts(...frame.match(/[^]{1,16384}/g)!);
    const answer = await sender.next('message', 'error', 'page', 'changes', 'found', 'upload', 'rooms', 'pong', ...(entry.answers ? [entry.answers] : []));
    const what = `${entry.id}: ${JSON.stringify(answer).slice(0, 300)}`;
    if (entry.says !== undefined) {
      accepted.push(entry.says);
      const { seq, author } = answer;
      const own = { room, type: 'message', seq, rev: seq, author: { id: mallory, name: author?.name }, nonce: expect.any(String), text: entry.says };
      expect(answer, what).toEqual({ ...own, sentAt: expect.any(Number), ...entry.also });
      expect(seq, what).toBeGreaterThan(1);
      expect(Math.abs(answer['sentAt'] - Date.now()), what).toBeLessThan(60_000);
    } else if (entry.error !== undefined) {
      expect(answer, what).toMatchObject({ type: 'error', code: entry.error });
      expect(answer['message'], what).toMatch(/^[A-Z].{5,200}\.$/s);
      expect(JSON.stringify(answer).length, what).toBeLessThan(600);
    } else {
      expect(answer.type, what).toBe(entry.answers);
      const found: Frame[] = answer['messages'] ?? [];
      expect(found.filter(({ author }) => ![mallory, ann].includes(author.id)), what).toEqual([]);
    }
    // The socket is still open and got no further error.
    expect(await sender.drain('error'), what).toEqual([]);
  }
  const received = (await observer.drain('message')).sort((one, other) => one['seq'] - other['seq']);
  expect(received.map(({ text }) => text)).toEqual(accepted);
  expect((await observer.allMessages()).map(({ text }) => text)).toEqual(['hello', ...accepted]);
});

test('attack requests are rejected and not reflected', async ({ deployment, room, connect }) => {
  const url = new URL(deployment.pageUrl('lobby'));
  for (const entry of loadAttacks<Request>('requests', deployment)) {
    const { statuses, text } = await exchangeRaw(url, rawRequest(entry, url));
    const what = `${entry.id}: ${text.slice(0, 400) || 'closed'}`;
    const isClientError = (status: number) => status >= 400 && status < 500;
    if (entry.status) expect.soft(entry.status, what).toContain(statuses[0] ?? 'closed');
    else expect.soft(statuses.length > 0 && statuses.every(isClientError), what).toBe(true);
    // 501 is a proxy's answer to an unknown transfer coding. No other 5xx may occur.
    expect.soft(statuses.filter((status) => status >= 500 && !entry.status?.includes(status)), what).toEqual([]);
    const head = text.split('\r\n\r\n')[0]!;
    expect.soft(head, what).not.toMatch(/^(injected|location):/im);
    expect.soft(head, what).not.toMatch(/^set-cookie: (?!(__Host-)?guest=[\w.=-]+; Path=\/; )/im);
    const fileContents = ['root:x:0', '[workspace]', '[package]', 'IHDR'];
    const unescaped = ['<script>__pwned', '<img src=x', '"onload="'];
    for (const never of [...fileContents, ...unescaped, ...(entry.never ?? [])]) expect.soft(text, what).not.toContain(never);
  }
  await (await connect(room)).sendMessage('still here');
});

test('opening an attack URL runs no script', async ({ context, page, deployment, violations }) => {
  const canary = await Canary.in(context);
  for (const entry of loadAttacks<Request>('requests', deployment).filter((entry) => entry.opened)) {
    await page.goto(new URL(deployment.pageUrl('lobby')).origin + expandPayload(entry.path!));
    await expect(page.locator('body'), entry.id).not.toBeEmpty();
    expect(await canary.findings(page), entry.id).toEqual([]);
  }
  // S3's errors are XML. Chromium shows them in its own viewer, whose image violates our policy.
  const relevant = violations.filter((violation) => !violation.includes("<path d='M0 0 L8 0 L4 7 Z'/>"));
  violations.splice(0, violations.length, ...relevant);
});

test('only valid tickets, cookies and origins are accepted', async ({ deployment, room, request }) => {
  for (const entry of loadAttacks<Ticket>('tickets', deployment)) {
    const visit = await requestState(request, deployment, room);
    const token = entry.of || entry.is !== undefined ? tampered(entry, visit) : undefined;
    const targetRoom = entry.room ? `${room}-${entry.room}` : room;
    if (entry.as === 'cookie') {
      const { you } = await requestState(request, deployment, targetRoom, token);
      expect.soft(you.id === visit.you.id, entry.id).toBe(entry.opens ?? false);
      expect.soft([you.id === 'victim', you.moderator], entry.id).toEqual([false, undefined]);
      continue;
    }
    const query = token === undefined ? '' : `&ticket=${encodeURIComponent(token)}`;
    const origin = entry.origin === undefined || entry.origin === null ? undefined : fillPlaceholders(entry.origin, new URL(deployment.pageUrl('lobby')));
    const open = async (room: string) => {
      const client = await WireClient.open(deployment.socketUrl(room) + query, origin);
      const id = await personId(client);
      client.close();
      return id;
    };
    for (let time = 0; time < (entry.used ?? 0); time++) expect(await open(room), entry.id).toBe(visit.you.id);
    const opened = await open(targetRoom).catch((reason) => (reason instanceof ConnectError ? reason.status : String(reason)));
    if (!entry.opens) expect.soft([400, 401, 403, 414, 431], `${entry.id}: ${opened}`).toContain(opened);
    else if (entry.of) expect.soft(opened, entry.id).toBe(visit.you.id);
    else expect.soft(opened, entry.id).toMatch(/^[\w-]{16}$/);
  }
});

type PageState = { you: { id: string; moderator?: boolean }; ticket: string; cookie: string };

/** Requests the page's state as a new guest, or with the session of a cookie. */
async function requestState(request: APIRequestContext, deployment: Deployment, room: string, cookie?: string): Promise<PageState> {
  const headers = { cookie: cookie === undefined ? '' : `${guestCookie(deployment)}=${cookie}` };
  const answer = await request.get(new URL(`/state/${room}`, deployment.pageUrl('lobby')).href, { headers });
  expect(answer.status()).toBe(200);
  const issued = /guest=([^;]*)/.exec(answer.headers()['set-cookie'] ?? '')?.[1] ?? '';
  return { ...(await answer.json()), cookie: issued };
}

function tampered(entry: Ticket, visit: PageState): string {
  if (entry.is !== undefined) return expandPayload(entry.is);
  const issued = visit[entry.of!];
  expect(issued, 'the issued token').toMatch(/^[\w-]+\.[\w-]{43}$/);
  let [claims = '', mac = ''] = issued.split('.');
  if (entry.claims) {
    const before = JSON.parse(Buffer.from(claims, 'base64url').toString());
    expect(before, 'its claims').toMatchObject({ id: visit.you.id });
    claims = Buffer.from(JSON.stringify({ ...before, ...entry.claims })).toString('base64url');
  }
  if (entry.key !== undefined) mac = sign(entry.key, entry.as ?? 'ticket', claims);
  const token = `${claims}.${entry.mac ?? mac}`;
  return token.slice(0, token.length - (entry.cut ?? 0)) + (entry.add ?? '');
}

/** Signs as the server does when access is open. */
function sign(key: string, purpose: string, claims: string): string {
  const hmac = createHmac('sha256', key);
  for (const part of [purpose, 'open', claims]) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(part.length));
    hmac.update(length).update(part);
  }
  return hmac.digest('base64url');
}

function rawRequest(entry: Request, url: URL): string {
  if (entry.raw !== undefined) return fillPlaceholders(entry.raw, url);
  const headers = [`Host: ${fillPlaceholders(entry.host ?? '{host}', url)}`, 'Connection: close', ...(entry.headers ?? []).map(expandPayload)];
  return [`${entry.method ?? 'GET'} ${expandPayload(entry.path!)} HTTP/1.1`, ...headers, '', entry.body ?? ''].join('\r\n');
}

function fillPlaceholders(text: string, { origin, host, hostname, port }: URL): string {
  return Object.entries({ origin, host, hostname, port }).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), text);
}
