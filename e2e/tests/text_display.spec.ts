import type { Locator, Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { eachOf } from '../support/locators.ts';

// How scripts and characters that are not plain Latin are drawn: stacked combining marks, emoji, and text from right to left.

const stack = (letter: string) => letter + '\u0301'.repeat(15) + '\u0323'.repeat(15);
const stacked = `${stack('Z')}${stack('e')}`;

/** Uses a font that stacks combining marks as high as there are marks. The fonts of the machine are not those of the tests. */
async function useStackingFont(page: Page): Promise<void> {
  await page.evaluate(async () => {
    document.documentElement.style.setProperty('--sans', '"Noto Sans"');
    await document.fonts.ready;
  });
}

/** Whether something of an element is drawn on another one: the picture of the other one changes when the element is hidden. */
async function covers(element: Locator, other: Locator): Promise<boolean> {
  const picture = () => other.screenshot({ caret: 'initial' });
  const show = (visibility: string) => element.evaluate((element, visibility) => ((element as HTMLElement).style.visibility = visibility), visibility);
  const before = await picture();
  await show('hidden');
  const after = await picture();
  await show('');
  return !before.equals(after);
}

test.describe('stacked combining marks', () => {
  for (const [what, text] of [
    ['a text', `${stacked} x`],
    ['a formatted text', `**${stacked}** \`${stacked}\``],
    ['a list', `- ${stacked}\n- ${stacked}`],
  ] as const) {
    for (const neighbour of ['above', 'below'] as const) {
      test(`${what} does not cover the message ${neighbour}`, async ({ page, deployment, room, connect }) => {
        const ann = await connect(room, { name: 'Ann' });
        for (const one of ['first', text, 'last']) await ann.sendMessage(one);
        const chat = await ChatPage.open(page, deployment, room);
        await useStackingFont(page);
        const other = chat.messageWithText(neighbour === 'above' ? 'first' : 'last');
        expect(await covers(chat.messages.nth(1), other)).toBe(false);
      });
    }
  }

  test('a name does not cover what is beside it', async ({ page, deployment, room, connect }) => {
    const [ann, marked] = [await connect(room, { name: 'Ann' }), await connect(room, { name: stacked })];
    await ann.sendMessage('first');
    const { seq } = await marked.sendMessage('second');
    ann.send({ action: 'send', text: 'third', nonce: 'third', replyTo: seq });
    const chat = await ChatPage.open(page, deployment, room);
    await expect(chat.messages).toHaveCount(3);
    await useStackingFont(page);
    expect(await covers(chat.messages.nth(1), chat.messages.nth(0)), 'the message above').toBe(false);
    expect(await covers(chat.messages.nth(2).locator('.message-quote'), chat.messages.nth(1)), 'the quoted one').toBe(false);
    await page.getByTitle('People here').click();
    const people = page.locator('.people-panel li');
    await expect(people).toHaveCount(3);
    // The server normalizes names.
    const name = stacked.normalize('NFKC');
    const [row, others] = [people.filter({ hasText: name }), people.filter({ hasNotText: name })];
    for (const index of [0, 1]) expect(await covers(row, others.nth(index)), `person ${index}`).toBe(false);
  });

  test('a search result does not cover the other results', async ({ page, deployment, room, connect }) => {
    const ann = await connect(room, { name: 'Ann' });
    for (const text of ['needle first', `needle ${stacked}`, 'needle last']) await ann.sendMessage(text);
    await ChatPage.open(page, deployment, room);
    await useStackingFont(page);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('searchbox').fill('needle');
    await page.getByRole('searchbox').press('Enter');
    const hits = page.locator('.hit');
    await expect(hits).toHaveCount(3);
    for (const index of [0, 2]) expect(await covers(hits.nth(1), hits.nth(index)), `result ${index}`).toBe(false);
  });
});

/** The number of pixels with a colour that the text colour does not explain, when the element's font draws `text` in black. */
async function colouredPixels(element: Locator, text: string): Promise<number> {
  return element.evaluate(async (element, text) => {
    await document.fonts.ready;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 64;
    const context = canvas.getContext('2d')!;
    const { fontFamily } = getComputedStyle(element);
    await document.fonts.load(`48px ${fontFamily}`, text);
    context.font = `48px ${fontFamily}`;
    context.fillText(text, 0, 50);
    const { data } = context.getImageData(0, 0, 64, 64);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [red, green, blue, alpha] = data.subarray(at, at + 4);
      if (alpha! > 128 && Math.max(red!, green!, blue!) - Math.min(red!, green!, blue!) > 60) count += 1;
    }
    return count;
  }, text);
}

test('emoji are drawn in colour where a font for text has black ones', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  const { seq } = await ann.sendMessage('hello 😀');
  ann.send({ action: 'react', seq, emoji: '😂', on: true, nonce: 'r' });
  const chat = await ChatPage.open(page, deployment, room);
  const text = chat.messages.locator('.message-text');
  for (const emoji of ['😀', '😂', '😅', '🙂', '👍', '❤️', '⭐', '👩‍💻', '🇯🇵', '🏳️‍🌈', '1️⃣']) {
    expect(await colouredPixels(text, emoji), emoji).toBeGreaterThan(100);
    expect(await colouredPixels(chat.messages.locator('.reaction').first(), emoji), `${emoji} as a reaction`).toBeGreaterThan(100);
  }
  for (const character of ['1', '#', '©', '→', 'a']) expect(await colouredPixels(text, character), character).toBe(0);
});

test.describe('text from right to left', () => {
  const direction = (element: Locator) => element.evaluate((element) => getComputedStyle(element).direction);

  test('a message has the direction of its text', async ({ page, deployment, room, connect }) => {
    const ann = await connect(room, { name: 'Ann' });
    const texts = ['שלום לכולם', 'hello everybody', 'مرحبا **بالجميع**', '> שלום', '- אחת\n- שתיים', '123 שלום', 'קוד `let x = 1;` כאן', '```\nlet x = "שלום";\n```'];
    for (const text of texts) await ann.sendMessage(text);
    const chat = await ChatPage.open(page, deployment, room);
    const part = (index: number, selector: string) => chat.messages.nth(index).locator(selector).first();
    for (const [index, selector, expected] of [
      [0, '.message-text', 'rtl'],
      [1, '.message-text', 'ltr'],
      [2, '.message-text strong', 'rtl'],
      [3, 'blockquote', 'rtl'],
      [4, 'ul', 'rtl'],
      [5, '.message-text', 'rtl'],
      [6, 'code', 'ltr'],
      [7, 'pre', 'ltr'],
    ] as const) {
      expect(await direction(part(index, selector)), `${texts[index]}: ${selector}`).toBe(expected);
    }
    // The bar of a quote and the bullets of a list are on the side where the lines begin.
    const style = (index: number, selector: string) =>
      part(index, selector).evaluate((element) => {
        const { borderLeftWidth, borderRightWidth, paddingLeft, paddingRight } = getComputedStyle(element);
        return [borderLeftWidth, borderRightWidth, paddingLeft, paddingRight].map(parseFloat);
      });
    const [left, right] = await style(3, 'blockquote');
    expect(left).toBe(0);
    expect(right).toBeGreaterThan(0);
    const [, , start, end] = await style(4, 'ul');
    expect(start).toBe(0);
    expect(end).toBeGreaterThan(0);
  });

  test('each block of a message is aligned by its own first letter', async ({ page, deployment, room, connect }) => {
    const ann = await connect(room, { name: 'Ann' });
    const texts = ['hello\n\nשלום\n\n**bye**', 'שלום\n> hello\n# hello', '- one\n- שתיים\n- three', '```\nlet x\n```\nשלום', 'hello שלום\n\n**hello** שלום'];
    for (const text of texts) await ann.sendMessage(text);
    const chat = await ChatPage.open(page, deployment, room);
    for (const [index, selector, expected] of [
      [0, 'p', ['ltr', 'rtl', 'ltr']],
      [1, 'p', ['rtl', 'ltr', 'ltr']],
      [1, 'blockquote', ['ltr']],
      [2, 'ul', ['ltr']],
      [2, 'li', ['ltr', 'rtl', 'ltr']],
      [3, 'pre', ['ltr']],
      [3, 'p', ['rtl']],
      [4, 'p', ['ltr', 'ltr']],
    ] as const) {
      const blocks = await eachOf(chat.messages.nth(index).locator(`.message-text ${selector}`), expected.length);
      expect(await Promise.all(blocks.map(direction)), `${texts[index]}: ${selector}`).toEqual(expected);
    }
    // The text of a block touches the side where it begins, and markers of both directions are inside of the message.
    const gaps = (index: number, selector: string) =>
      chat.messages.nth(index).locator(`.message-text ${selector}`).evaluateAll((blocks) =>
        blocks.map((block) => {
          const range = document.createRange();
          range.selectNodeContents(block);
          const [text, box, message] = [range, block, block.closest('.message-text')!].map((part) => part.getBoundingClientRect());
          return { left: text!.left - box!.left, right: box!.right - text!.right, marker: Math.min(box!.left - message!.left, message!.right - box!.right) };
        }),
      );
    const [left, right] = await gaps(0, 'p');
    expect(left!.left).toBeLessThan(1);
    expect(right!.right).toBeLessThan(1);
    expect(right!.left).toBeGreaterThan(50);
    for (const { marker } of await gaps(2, 'li')) expect(marker).toBeGreaterThan(10);
    // Texts of one direction have no attribute.
    expect(await chat.messages.nth(4).locator('.message-text [dir]').count()).toBe(0);
  });

  test('fields have the direction of what is typed', async ({ page, deployment, room }) => {
    const chat = await ChatPage.open(page, deployment, room);
    await chat.composer.fill('שלום');
    expect(await direction(chat.composer)).toBe('rtl');
    await chat.composer.fill('hello');
    expect(await direction(chat.composer)).toBe('ltr');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('searchbox').fill('שלום');
    expect(await direction(page.getByRole('searchbox'))).toBe('rtl');
  });
});
