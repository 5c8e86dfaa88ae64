import type { Browser, Page } from '@playwright/test';
import { loadAttacks, batches, expandPayload, type Attack, type Payload } from '../support/attacks.ts';
import { Canary } from '../support/canary.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, rejectionStatus, test, type Deployment } from '../support/fixtures.ts';
import { requestUploadUrl, imageMetadata, png, putBytes } from '../support/images.ts';
import { findLogDefects, bystander, type Shown } from '../support/log_inspection.ts';
import { ConnectError, type Frame, type WireClient } from '../support/wire_client.ts';

// What a stranger may write, by the corpus in `attacks/`. Each line of it is refused, or stands there as the text it is: to
// those who are there, to those who come later, with scripts and without. Around it everything is as it would have been.

type Text = Attack & {
  payload: Payload;
  /** What brings it; a message without it. */
  as?: 'edit' | 'reply' | 'mention' | 'alt' | 'search';
  expect?: 'refused';
  /** Whether it acts where it is taken for a page. */
  fires?: true;
  /** The address it leads to, which acts where it is followed. */
  follows?: string;
  /** Whether it paints more than its box. */
  paints?: true;
};

type Name = Attack & { payload: Payload; expect?: 'refused' };

/** Two messages each, and a page has thirty. */
const size = 13;

const here = { name: 'local', pageUrl: () => '', socketUrl: () => '' } satisfies Deployment;
const texts = loadAttacks<Text>('texts', here);
const names = loadAttacks<Name>('names', here);

test('the canary dies of the lines that act, where nobody makes them harmless', async ({ context, page }) => {
  const armed = texts.filter((line) => line.fires || line.follows);
  expect(armed.length).toBeGreaterThan(40);
  let shown = '';
  await context.route('http://unguarded.test/', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: shown }));
  const canary = await Canary.in(context);
  for (const line of armed) {
    shown = line.fires ? expandPayload(line.payload) : '<a id=link>x</a>';
    await page.goto('about:blank');
    canary.reset();
    await page.goto('http://unguarded.test/', { waitUntil: 'commit' }).catch(() => {});
    if (line.follows) {
      await page.evaluate((address) => {
        const link = document.querySelector<HTMLAnchorElement>('#link')!;
        link.href = address;
        link.click();
      }, line.follows);
    }
    await expect.poll(() => canary.findings(page).catch(() => []), { message: line.id }).not.toEqual([]);
  }
});

test('whatever were wrong with the log would be found', async ({ page, deployment, room, connect, violations }) => {
  const [mallory, ann] = [await connect(room, { name: 'Mallory' }), await connect(room, { name: bystander.name })];
  await ann.sendMessage(bystander.text);
  const { seq, text, html } = await mallory.sendMessage('**x** [y](https://example.org)');
  await ann.sendMessage(bystander.text);
  await ChatPage.open(page, deployment, room);
  const shown = [{ id: 'x', seq, text, html, author: 'Mallory' }];
  expect(await findLogDefects(page, shown)).toEqual([]);
  for (const [what, where, harm] of [
    ['an attribute', '.rich a', 'onclick="1"'],
    ['another address', '.rich a', 'href="javascript:1"'],
    ['a class of the page', '.rich strong', 'class="sheet"'],
    ['an element', '.rich', '<img>'],
    ['an element over the page', '.rich', '<b style="position:fixed;inset:0;z-index:99">x</b>'],
    ['an element beside the text', '.message-said', '<b>x</b>'],
    ['another author', '.message-author bdi', 'x'],
    ['a neighbour who is turned around', 'article:last-child .message-text', 'style="unicode-bidi:bidi-override;direction:rtl"'],
    ['a neighbour who is moved', 'article:last-child .message-author bdi', 'style="letter-spacing:1px"'],
  ] as const) {
    await page.evaluate(([where, harm]) => {
      const rows = document.querySelector('.log-rows')!;
      Object.assign(window, { before: rows.innerHTML });
      const [, name, value] = /^([a-z]+)="(.*)"$/.exec(harm) ?? [];
      for (const element of rows.querySelectorAll(where)) {
        // A style that a script sets is the only one that the page's policy lets act.
        if (name === 'style') (element as HTMLElement).style.cssText = value!;
        else if (name) element.setAttribute(name, value!);
        else element.insertAdjacentHTML('beforeend', harm);
      }
    }, [where, harm] as const);
    expect(await findLogDefects(page, shown), what).not.toEqual([]);
    await page.evaluate(() => (document.querySelector('.log-rows')!.innerHTML = (window as any).before));
    expect(await findLogDefects(page, shown), `${what}, taken back`).toEqual([]);
  }
  violations.length = 0;
});

for (const [number, lines] of batches(texts, size).entries()) {
  test(`a text is refused or is text: ${lines[0]!.id} to ${lines.at(-1)!.id} (${number + 1})`, async ({ page, context, browser, deployment, room, connect }) => {
    const [mallory, ann] = [await connect(room, { name: 'Mallory' }), await connect(room, { name: bystander.name })];
    const canary = await Canary.in(context);
    const first = await ann.sendMessage(bystander.text);
    const chat = await ChatPage.open(page, deployment, room);
    const shown: Shown[] = [];
    for (const line of lines) {
      const answer = await write(mallory, deployment, first, line);
      expect(answer.type, `${line.id} ${JSON.stringify(answer)}`).toBe(line.expect ? 'error' : 'message');
      if (line.expect) {
        expect(answer['code'], line.id).toBe('badField');
        continue;
      }
      shown.push({ id: line.id, seq: answer['seq'], text: answer['text'], html: answer['html'], author: 'Mallory' });
      await ann.sendMessage(bystander.text);
    }
    await inertEverywhere(chat, deployment, room, canary, shown, browser);
    for (const { id } of lines.filter((line) => line.paints)) await paintsNobody(chat, shown, id);
    for (const line of lines.filter((line) => line.as === 'search')) await foundAsText(chat, mallory, canary, line, shown);
  });
}

for (const [number, lines] of batches(names.filter((line) => !line.expect), size).entries()) {
  test(`a name is text: ${lines[0]!.id} to ${lines.at(-1)!.id} (${number + 1})`, async ({ page, context, browser, deployment, room, connect }) => {
    const ann = await connect(room, { name: bystander.name });
    const canary = await Canary.in(context);
    await ann.sendMessage(bystander.text);
    const chat = await ChatPage.open(page, deployment, room);
    const shown: Shown[] = [];
    for (const line of lines) {
      const name = expandPayload(line.payload);
      const speaker = await connect(room, { name });
      const { author, seq, text } = await speaker.sendMessage('hello');
      expect(author, line.id).toEqual({ id: author.id, name: name.trim().replace(/\s+/g, ' ') });
      expect(await speaker.request({ action: 'rename', name }, 'welcome'), line.id).toMatchObject({ you: author });
      await speaker.request({ action: 'react', seq, emoji: '👍', on: true }, 'message');
      shown.push({ id: line.id, seq, text, author: author.name });
      await ann.sendMessage(bystander.text);
    }
    await inertEverywhere(chat, deployment, room, canary, shown, browser);
    await page.getByTitle('People here').click();
    const here = page.locator('.people .person-name');
    for (const { id, author } of shown) await expect(here.filter({ hasText: author }).first(), id).toHaveText(author);
    for (const { id, author } of shown) expect(await here.allTextContents(), id).toContain(author);
    expect(await canary.findings(page)).toEqual([]);
  });
}

test('a name that nobody can read, or that looks like another, is refused', async ({ deployment, room, connect, request }) => {
  const ann = await connect(room, { name: bystander.name });
  for (const line of names.filter((line) => line.expect)) {
    const name = expandPayload(line.payload);
    const refused = await connect(room, { name }).then(() => 0, (reason) => (reason instanceof ConnectError ? reason.status : reason));
    expect.soft(refused, line.id).toBe(rejectionStatus(deployment, 400));
    expect.soft(await ann.request({ action: 'rename', name }, 'welcome'), line.id).toMatchObject({ type: 'error', code: 'badField' });
    // A cookie is the visitor's own to write: a bad name in it is none.
    const state = await request.get(new URL(`/state/${room}`, deployment.pageUrl('lobby')).href, { headers: { cookie: `name=${encodeURIComponent(name)}` } });
    expect.soft((await state.json()).you.name, line.id).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
  }
  await ann.sendMessage('still here');
  expect(await ann.newestMessages()).toMatchObject([{ author: { name: bystander.name }, text: 'still here' }]);
});

/** The log is as it should be: on a page that was there, on one that comes later, and on one without scripts. */
async function inertEverywhere(chat: ChatPage, deployment: Deployment, room: string, canary: Canary, shown: Shown[], browser: Browser): Promise<void> {
  const { page } = chat;
  const look = async (page: Page, when: string) => {
    await expect(page.locator('article.message'), when).toHaveCount(2 * shown.length + 1);
    expect(await findLogDefects(page, shown), when).toEqual([]);
    expect(await canary.findings(page), when).toEqual([]);
  };
  await look(page, 'while somebody is there');
  await page.reload();
  await chat.waitForState('live');
  await look(page, 'for whoever comes later');
  const reader = await browser.newContext({ javaScriptEnabled: false });
  const plain = await reader.newPage();
  await plain.goto(deployment.pageUrl(room));
  await look(plain, 'without scripts');
  await reader.close();
}

/** A line that is looked for finds itself, and is text where it is found. */
async function foundAsText({ page }: ChatPage, mallory: WireClient, canary: Canary, { id, payload }: Text, shown: Shown[]): Promise<void> {
  const [words, said] = [expandPayload(payload), shown.find((line) => line.id === id)!];
  const answer = await mallory.request({ action: 'search', text: words }, 'found');
  expect(answer['messages'], id).toContainEqual(expect.objectContaining({ seq: said.seq, text: said.text }));
  expect(JSON.stringify(answer['messages']), 'the operators of a store find what has them').not.toContain(bystander.text);
  const dialog = page.getByRole('dialog', { name: 'Search' });
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await dialog.getByRole('searchbox').fill(words);
  await page.keyboard.press('Enter');
  const hit = dialog.locator(`a[href="#m-${said.seq}"]`);
  await expect(hit.locator('.hit-text'), id).toHaveText(said.text!, { useInnerText: false });
  const elements = await dialog.getByRole('list').evaluate((hit) => [...hit.querySelectorAll('*')].map(({ localName }) => localName));
  expect([...new Set(elements)].filter((name) => !['li', 'a', 'span', 'bdi', 'time', 'mark'].includes(name)), id).toEqual([]);
  expect(await canary.findings(page), id).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog, id).toBeHidden();
}

/** The neighbours of a line look as the one that is far from it. */
async function paintsNobody(chat: ChatPage, shown: Shown[], id: string): Promise<void> {
  const neighbours = chat.messages.filter({ has: chat.page.locator('.message-author', { hasText: bystander.name }) });
  // By script and not by a style element, which the page's policy forbids; so does a caret that is hidden for a picture.
  await chat.page.evaluate(() => {
    for (const moving of document.querySelectorAll<HTMLElement>('.message-time, .new-line')) moving.style.visibility = 'hidden';
  });
  const picture = (place: number) => neighbours.nth(place).screenshot({ caret: 'initial' });
  const place = shown.findIndex((line) => line.id === id);
  const far = shown.findIndex((_, at) => Math.abs(at - place) > 1 && at > 0 && at < shown.length);
  for (const near of [place, place + 1]) {
    expect((await picture(near)).equals(await picture(far)), `${id} is not seen ${near === place ? 'above' : 'below'} it`).toBe(true);
  }
}

/** Brings a text into the room as its line wants it; gives the message, or the error. */
async function write(mallory: WireClient, deployment: Deployment, first: Frame, line: Text): Promise<Frame> {
  const [text, nonce] = [expandPayload(line.payload), crypto.randomUUID()];
  switch (line.as) {
    case 'edit': {
      const { seq } = await mallory.sendMessage('before', nonce);
      return answered(mallory, { action: 'edit', seq, text, nonce });
    }
    case 'reply':
      return answered(mallory, { action: 'send', text, nonce, replyTo: first['seq'] });
    case 'mention':
      return answered(mallory, { action: 'send', text: `hi @${text}, how are you?`, nonce, mentions: [{ id: 'x', name: text }] });
    case 'alt': {
      const bytes = png(3, 2);
      const image = { ...imageMetadata(bytes, 'image/png', 3, 2), alt: text };
      await putBytes(await requestUploadUrl(mallory, deployment, nonce, image), 'image/png', bytes);
      return answered(mallory, { action: 'send', nonce, image });
    }
    default:
      return answered(mallory, { action: 'send', text, nonce });
  }
}

/** Says something, and takes the answer to it. */
async function answered(wire: WireClient, frame: { nonce: string; [field: string]: unknown }): Promise<Frame> {
  wire.send(frame);
  for (;;) {
    const answer = await wire.next('message', 'error');
    if (answer['nonce'] === frame.nonce) return answer;
  }
}
