import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';

// Long messages are folded, and what is copied from messages is their text.

const code = `\`\`\`\n${Array.from({ length: 90 }, (_, line) => `let line_${line} = ${line};`).join('\n')}\n\`\`\``;

/** The height of a message's text, in CSS pixels. */
const height = async (chat: ChatPage, index: number) => (await chat.messages.nth(index).locator('.message-text').boundingBox())!.height;

test('a long message is folded, and unfolds in place', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  for (const text of ['first', code, 'word '.repeat(800).trim(), 'a\n'.repeat(18).trim()]) await ann.sendMessage(text);
  const chat = await ChatPage.open(page, deployment, room);
  await expect(page.locator('dialog.search')).toHaveCount(1);
  await expect(chat.messages.locator('details')).toHaveCount(2);
  for (const index of [1, 2]) {
    const message = chat.messages.nth(index);
    expect(await height(chat, index)).toBeLessThan(260);
    const top = async () => (await message.boundingBox())!.y;
    await message.scrollIntoViewIfNeeded();
    const before = await top();
    await message.getByText('Show more').click();
    expect(await height(chat, index)).toBeGreaterThan(700);
    await expect.poll(top).toBeCloseTo(before, 0);
    // A change of the message does not fold it.
    await chat.page.evaluate(() => 0);
    const { seq } = (await ann.newestMessages())[index]! as unknown as { seq: number };
    ann.send({ action: 'react', seq, emoji: '👍', on: true, nonce: crypto.randomUUID() });
    await expect(message.locator('.reaction')).toHaveCount(1);
    expect(await height(chat, index)).toBeGreaterThan(700);
    await message.getByText('Show less').click();
    expect(await height(chat, index)).toBeLessThan(260);
    await expect(message).toBeInViewport();
  }
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('a long message is folded, too', async ({ page, deployment, room, connect }) => {
    await (await connect(room)).sendMessage(code);
    await page.goto(deployment.pageUrl(room));
    const text = page.locator('.message-text');
    expect((await text.boundingBox())!.height).toBeLessThan(260);
    await page.getByText('Show more').click();
    expect((await text.boundingBox())!.height).toBeGreaterThan(700);
    await expect(text).toContainText('let line_89 = 89;');
  });
});

/** Selects from a text of one message to a text of another, and copies. */
async function copySelected(page: Page, from: string, to: string): Promise<string> {
  await page.evaluate(([from, to]) => {
    const find = (text: string) => {
      const walker = document.createTreeWalker(document.querySelector('.log')!, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) if (walker.currentNode.textContent!.includes(text)) return walker.currentNode;
      throw new Error(text);
    };
    const [start, end] = [find(from!), find(to!)];
    getSelection()!.setBaseAndExtent(start, start.textContent!.indexOf(from!), end, end.textContent!.indexOf(to!) + to!.length);
    document.execCommand('copy');
  }, [from, to] as const);
  return pasted(page);
}

/** The text of the clipboard. The page may not read it, but a field can paste it. */
async function pasted(page: Page): Promise<string> {
  const { composer } = new ChatPage(page);
  await composer.fill('');
  await composer.press('Control+v');
  const text = await composer.inputValue();
  await composer.fill('');
  return text;
}

test('messages are copied as clean lines', async ({ page, deployment, room, connect }) => {
  await page.context().grantPermissions(['clipboard-write'], { origin: new URL(deployment.pageUrl(room)).origin });
  const [ann, ben] = [await connect(room, { name: 'Ann' }), await connect(room, { name: 'Ben' })];
  const { seq } = await ann.sendMessage('one\ntwo three');
  ann.send({ action: 'react', seq, emoji: '👍', on: true, nonce: 'r' });
  await ann.sendMessage('- **four**\n- five');
  await ben.sendMessage('six seven');
  const chat = await ChatPage.open(page, deployment, room);
  await expect(page.locator('dialog.search')).toHaveCount(1);
  await chat.messages.nth(1).hover();
  const time = '\\d\\d:\\d\\d';
  expect(await copySelected(page, 'one', 'six seven')).toMatch(new RegExp(`^Ann, ${time}\none\ntwo three\nfour\nfive\n\nBen, ${time}\nsix seven$`));
  expect(await copySelected(page, 'three', 'six')).toMatch(new RegExp(`^Ann, ${time}\nthree\nfour\nfive\n\nBen, ${time}\nsix$`));
  // Within a message, the browser copies.
  expect(await copySelected(page, 'six', 'six')).toBe('six');
});

test('the text of a message and its code have buttons that copy them', async ({ page, deployment, room, connect }) => {
  await page.context().grantPermissions(['clipboard-write'], { origin: new URL(deployment.pageUrl(room)).origin });
  await (await connect(room, { name: 'Ann' })).sendMessage('see **this**\n```rust\nlet x = "<b>";\nlet y = 2;\n```');
  const chat = await ChatPage.open(page, deployment, room);
  const message = new Message(chat, chat.messages.first());
  await message.toolbar();
  const button = page.getByRole('button', { name: 'Copy code' });
  await expect(button).toHaveCount(0);
  await message.clickAction('Copy text');
  await expect(page.getByText('Text copied')).toBeVisible();
  expect(await pasted(page)).toBe('see **this**\n```rust\nlet x = "<b>";\nlet y = 2;\n```');
  await chat.messages.first().locator('pre').hover();
  await button.click();
  await expect(chat.messages.locator('pre').getByRole('button', { name: 'Text copied' })).toBeVisible();
  await expect.poll(() => pasted(page)).toBe('let x = "<b>";\nlet y = 2;');
});

test.describe('on a phone', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

  test('code that is tapped has a button that copies it', async ({ page, deployment, room, connect }) => {
    await page.context().grantPermissions(['clipboard-write'], { origin: new URL(deployment.pageUrl(room)).origin });
    await (await connect(room)).sendMessage('```\nlet x = 1;\n```');
    const chat = await ChatPage.open(page, deployment, room);
    await expect(page.locator('dialog.search')).toHaveCount(1);
    await chat.messages.locator('pre').tap();
    await page.getByRole('button', { name: 'Copy code' }).tap();
    await expect.poll(() => pasted(page)).toBe('let x = 1;');
  });
});
