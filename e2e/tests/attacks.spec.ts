import type { Browser, BrowserContext, Page } from '@playwright/test';
import { loadAttacks, batches, expandPayload, type Attack, type Payload } from '../support/attacks.ts';
import { Canary } from '../support/canary.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, rejectionStatus, test, type Deployment } from '../support/fixtures.ts';
import { requestUploadUrl, imageMetadata, png, putBytes } from '../support/images.ts';
import { findLogDefects, bystander, type Shown } from '../support/log_inspection.ts';
import { ConnectError, type Frame, type WireClient } from '../support/wire_client.ts';

// Attacks in texts and names, from the corpus in `attacks/`. Each entry is rejected or shown as plain text: on an open page, on a
// page that is loaded later, and on a page without scripts. The rest of the page looks as it would without the attack.

type Text = Attack & {
  payload: Payload;
  /** Where the payload is used. Default: as the text of a message. */
  as?: 'edit' | 'reply' | 'mention' | 'alt' | 'search';
  expect?: 'refused';
  /** Whether the payload acts when it is served as a page. */
  fires?: true;
  /** The link target of the payload, which acts when it is followed. */
  follows?: string;
  /** Whether it paints outside its box. */
  paints?: true;
};

type Name = Attack & { payload: Payload; expect?: 'refused' };

/** Entries in one test: each needs two messages, and a page shows thirty. */
const batchSize = 13;

const localDeployment = { name: 'local', pageUrl: () => '', socketUrl: () => '' } satisfies Deployment;
const texts = loadAttacks<Text>('texts', localDeployment);
const names = loadAttacks<Name>('names', localDeployment);

for (const [number, entries] of batches(texts.filter((entry) => entry.fires || entry.follows), batchSize).entries()) {
  test(`the canary detects attacks that nothing sanitises: ${entries[0]!.id} to ${entries.at(-1)!.id} (${number + 1})`, async ({ browser }) => {
    const contexts: BrowserContext[] = [];
    for (const entry of entries) {
      // An attack can navigate again after it was detected, so each one has a context of its own. None is closed before the end: while a
      // page that navigates is being closed, the browser was seen to open no other one.
      const context = await browser.newContext();
      contexts.push(context);
      const body = entry.fires ? expandPayload(entry.payload) : '<a id=link>x</a>';
      await context.route('http://unguarded.test/', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }));
      const canary = await Canary.in(context);
      const page = await context.newPage();
      await page.goto('http://unguarded.test/', { waitUntil: 'commit' }).catch(() => {});
      if (entry.follows) {
        await page.evaluate((address) => {
          const link = document.querySelector<HTMLAnchorElement>('#link')!;
          link.href = address;
          link.click();
        }, entry.follows);
      }
      await expect.poll(() => canary.findings(page).catch(() => []), { message: entry.id }).not.toEqual([]);
    }
    for (const context of contexts) await context.close();
  });
}

test('the corpus has attacks of which each kind acts', () => {
  expect(texts.filter((entry) => entry.fires || entry.follows).length).toBeGreaterThan(40);
});

test('the log inspection finds every kind of defect', async ({ page, deployment, room, connect, violations }) => {
  const [mallory, ann] = [await connect(room, { name: 'Mallory' }), await connect(room, { name: bystander.name })];
  await ann.sendMessage(bystander.text);
  const { seq, text, html } = await mallory.sendMessage('**x** [y](https://example.org)');
  await ann.sendMessage(bystander.text);
  await ChatPage.open(page, deployment, room);
  const expected = [{ id: 'x', seq, text, html, author: 'Mallory' }];
  expect(await findLogDefects(page, expected)).toEqual([]);
  for (const [what, where, harm] of [
    ['an attribute', '.rich a', 'onclick="1"'],
    ['another address', '.rich a', 'href="javascript:1"'],
    ['a class of the page', '.rich strong', 'class="sheet"'],
    ['an element', '.rich', '<img>'],
    ['an element over the page', '.rich', '<b style="position:fixed;inset:0;z-index:99">x</b>'],
    ['an element beside the text', '.message-said', '<b>x</b>'],
    ['another author', '.message-author bdi', 'x'],
    ['a reversed bystander message', 'article:last-child .message-text', 'style="unicode-bidi:bidi-override;direction:rtl"'],
    ['a moved bystander message', 'article:last-child .message-author bdi', 'style="letter-spacing:1px"'],
  ] as const) {
    await page.evaluate(([where, harm]) => {
      const rows = document.querySelector('.log-rows')!;
      Object.assign(window, { before: rows.innerHTML });
      const [, name, value] = /^([a-z]+)="(.*)"$/.exec(harm) ?? [];
      for (const element of rows.querySelectorAll(where)) {
        // The page's policy allows only styles that a script sets.
        if (name === 'style') (element as HTMLElement).style.cssText = value!;
        else if (name) element.setAttribute(name, value!);
        else element.insertAdjacentHTML('beforeend', harm);
      }
    }, [where, harm] as const);
    expect(await findLogDefects(page, expected), what).not.toEqual([]);
    await page.evaluate(() => (document.querySelector('.log-rows')!.innerHTML = (window as any).before));
    expect(await findLogDefects(page, expected), `${what}, undone`).toEqual([]);
  }
  violations.length = 0;
});

for (const [number, entries] of batches(texts, batchSize).entries()) {
  test(`a text is rejected or plain text: ${entries[0]!.id} to ${entries.at(-1)!.id} (${number + 1})`, async ({ page, context, browser, deployment, room, connect }) => {
    const [mallory, ann] = [await connect(room, { name: 'Mallory' }), await connect(room, { name: bystander.name })];
    const canary = await Canary.in(context);
    const first = await ann.sendMessage(bystander.text);
    const chat = await ChatPage.open(page, deployment, room);
    const shown: Shown[] = [];
    for (const entry of entries) {
      const answer = await sendAttack(mallory, deployment, first, entry);
      expect(answer.type, `${entry.id} ${JSON.stringify(answer)}`).toBe(entry.expect ? 'error' : 'message');
      if (entry.expect) {
        expect(answer['code'], entry.id).toBe('badField');
        continue;
      }
      shown.push({ id: entry.id, seq: answer['seq'], text: answer['text'], html: answer['html'], author: 'Mallory' });
      await ann.sendMessage(bystander.text);
    }
    await expectInertEverywhere(chat, deployment, room, canary, shown, browser);
    for (const { id } of entries.filter((entry) => entry.paints)) await expectNoOverpaint(chat, shown, id);
    for (const entry of entries.filter((entry) => entry.as === 'search')) await expectFoundAsText(chat, mallory, canary, entry, shown);
  });
}

for (const [number, entries] of batches(names.filter((entry) => !entry.expect), batchSize).entries()) {
  test(`a name is plain text: ${entries[0]!.id} to ${entries.at(-1)!.id} (${number + 1})`, async ({ page, context, browser, deployment, room, connect }) => {
    const ann = await connect(room, { name: bystander.name });
    const canary = await Canary.in(context);
    await ann.sendMessage(bystander.text);
    const chat = await ChatPage.open(page, deployment, room);
    const shown: Shown[] = [];
    for (const entry of entries) {
      const name = expandPayload(entry.payload);
      const sender = await connect(room, { name });
      const { author, seq, text } = await sender.sendMessage('hello');
      expect(author, entry.id).toEqual({ id: author.id, name: name.trim().replace(/\s+/g, ' ').normalize('NFKC') });
      expect(await sender.request({ action: 'rename', name }, 'welcome'), entry.id).toMatchObject({ you: author });
      await sender.request({ action: 'react', seq, emoji: '👍', on: true }, 'message');
      shown.push({ id: entry.id, seq, text, author: author.name });
      await ann.sendMessage(bystander.text);
    }
    await expectInertEverywhere(chat, deployment, room, canary, shown, browser);
    await page.getByTitle('People here').click();
    const people = page.locator('.people-panel .person-name');
    for (const { id, author } of shown) await expect(people.filter({ hasText: author }).first(), id).toHaveText(author);
    for (const { id, author } of shown) expect(await people.allTextContents(), id).toContain(author);
    expect(await canary.findings(page)).toEqual([]);
  });
}

test('unreadable and confusable names are rejected', async ({ deployment, room, connect, request }) => {
  const ann = await connect(room, { name: bystander.name });
  for (const entry of names.filter((entry) => entry.expect)) {
    const name = expandPayload(entry.payload);
    const status = await connect(room, { name }).then(() => 0, (reason) => (reason instanceof ConnectError ? reason.status : reason));
    expect.soft(status, entry.id).toBe(rejectionStatus(deployment, 400));
    expect.soft(await ann.request({ action: 'rename', name }, 'welcome'), entry.id).toMatchObject({ type: 'error', code: 'badField' });
    // Visitors can write their own cookie: an invalid name in it is ignored.
    const state = await request.get(new URL(`/state/${room}`, deployment.pageUrl('lobby')).href, { headers: { cookie: `name=${encodeURIComponent(name)}` } });
    expect.soft((await state.json()).you.name, entry.id).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
  }
  await ann.sendMessage('still here');
  expect(await ann.newestMessages()).toMatchObject([{ author: { name: bystander.name }, text: 'still here' }]);
});

/** Checks the log on the open page, after a reload, and on a page without scripts. */
async function expectInertEverywhere(chat: ChatPage, deployment: Deployment, room: string, canary: Canary, shown: Shown[], browser: Browser): Promise<void> {
  const { page } = chat;
  const inspect = async (page: Page, when: string) => {
    await expect(page.locator('article.message'), when).toHaveCount(2 * shown.length + 1);
    expect(await findLogDefects(page, shown), when).toEqual([]);
    expect(await canary.findings(page), when).toEqual([]);
  };
  await inspect(page, 'on the open page');
  await page.reload();
  await chat.waitForState('live');
  await inspect(page, 'after a reload');
  const noScript = await browser.newContext({ javaScriptEnabled: false });
  const plain = await noScript.newPage();
  await plain.goto(deployment.pageUrl(room));
  await inspect(plain, 'without scripts');
  await noScript.close();
}

/** Checks that a search for the payload finds it and shows it as plain text. */
async function expectFoundAsText({ page }: ChatPage, mallory: WireClient, canary: Canary, { id, payload }: Text, shown: Shown[]): Promise<void> {
  const [query, sent] = [expandPayload(payload), shown.find((entry) => entry.id === id)!];
  const answer = await mallory.request({ action: 'search', text: query }, 'found');
  expect(answer['messages'], id).toContainEqual(expect.objectContaining({ seq: sent.seq, text: sent.text }));
  expect(JSON.stringify(answer['messages']), 'operators of a store have no effect').not.toContain(bystander.text);
  const dialog = page.getByRole('dialog', { name: 'Search' });
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await dialog.getByRole('searchbox').fill(query);
  await page.keyboard.press('Enter');
  const hit = dialog.locator(`a[href="#m-${sent.seq}"]`);
  await expect(hit.locator('.hit-text'), id).toHaveText(sent.text!, { useInnerText: false });
  const elements = await dialog.getByRole('list').evaluate((hit) => [...hit.querySelectorAll('*')].map(({ localName }) => localName));
  expect([...new Set(elements)].filter((name) => !['li', 'a', 'span', 'bdi', 'time', 'mark'].includes(name)), id).toEqual([]);
  expect(await canary.findings(page), id).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog, id).toBeHidden();
}

/** Checks that the bystander messages before and after an attack look like one that is far from it. */
async function expectNoOverpaint(chat: ChatPage, shown: Shown[], id: string): Promise<void> {
  const bystanders = chat.messages.filter({ has: chat.page.locator('.message-author', { hasText: bystander.name }) });
  // A script sets the style, because the page's policy forbids style elements, including the one with which Playwright hides the caret.
  await chat.page.evaluate(() => {
    for (const changing of document.querySelectorAll<HTMLElement>('.message-time, .new-line')) changing.style.visibility = 'hidden';
  });
  const picture = (index: number) => bystanders.nth(index).screenshot({ caret: 'initial' });
  const index = shown.findIndex((entry) => entry.id === id);
  const far = shown.findIndex((_, at) => Math.abs(at - index) > 1 && at > 0 && at < shown.length);
  for (const near of [index, index + 1]) {
    expect((await picture(near)).equals(await picture(far)), `${id} paints over the message ${near === index ? 'above' : 'below'} it`).toBe(true);
  }
}

/** Sends an entry's payload in the way that the entry asks for. Returns the message or the error. */
async function sendAttack(mallory: WireClient, deployment: Deployment, first: Frame, entry: Text): Promise<Frame> {
  const [text, nonce] = [expandPayload(entry.payload), crypto.randomUUID()];
  switch (entry.as) {
    case 'edit': {
      const { seq } = await mallory.sendMessage('before', nonce);
      return requestWithNonce(mallory, { action: 'edit', seq, text, nonce });
    }
    case 'reply':
      return requestWithNonce(mallory, { action: 'send', text, nonce, replyTo: first['seq'] });
    case 'mention':
      return requestWithNonce(mallory, { action: 'send', text: `hi @${text}, how are you?`, nonce, mentions: [{ id: 'x', name: text }] });
    case 'alt': {
      const bytes = png(3, 2);
      const image = { ...imageMetadata(bytes, 'image/png', 3, 2), alt: text };
      await putBytes(await requestUploadUrl(mallory, deployment, nonce, image), 'image/png', bytes);
      return requestWithNonce(mallory, { action: 'send', nonce, image });
    }
    default:
      return requestWithNonce(mallory, { action: 'send', text, nonce });
  }
}

/** Sends a frame and takes the answer with its nonce. */
async function requestWithNonce(client: WireClient, frame: { nonce: string; [field: string]: unknown }): Promise<Frame> {
  client.send(frame);
  for (;;) {
    const answer = await client.next('message', 'error');
    if (answer['nonce'] === frame.nonce) return answer;
  }
}
