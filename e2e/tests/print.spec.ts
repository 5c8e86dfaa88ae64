import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';

// What is printed: the name of the room and every loaded message, black on white, and nothing else.

for (const [width, colorScheme] of [[1280, 'dark'], [390, 'light']] as const) {
  test.describe(`${width} ${colorScheme}`, () => {
    test.use({ viewport: { width, height: 800 }, colorScheme });

    test('every message is printed once, without the composer', async ({ page, deployment, room, connect }) => {
      const ann = await connect(room, { name: 'Ann' });
      for (let number = 1; number <= 30; number += 1) await ann.sendMessage(`message ${number}`);
      const chat = await ChatPage.open(page, deployment, room);
      await page.emulateMedia({ media: 'print' });

      await expect(page.locator('.bar .room-name')).toBeVisible();
      for (const hidden of ['.composer', '.rooms', '.presence', '.me', '.send', '.actions button']) {
        await expect(page.locator(hidden).filter({ visible: true }), hidden).toHaveCount(0);
      }
      const { log, boxes } = await chat.log.evaluate((log) => ({
        log: log.getBoundingClientRect().toJSON() as DOMRect,
        boxes: [...log.querySelectorAll('article')].map((row) => row.getBoundingClientRect().toJSON() as DOMRect),
      }));
      expect(boxes).toHaveLength(30);
      for (const [index, box] of boxes.entries()) {
        expect(box.height).toBeGreaterThan(10);
        expect(box.top, `message ${index} is inside of the log`).toBeGreaterThanOrEqual(log.top);
        expect(box.bottom).toBeLessThanOrEqual(log.bottom + 1);
        if (index > 0) expect(box.top, `message ${index} is below the one before`).toBeGreaterThanOrEqual(boxes[index - 1]!.bottom - 0.5);
      }
      const colours = await chat.messages.first().locator('.message-text').evaluate((text) => {
        const grounds = [];
        for (let element: Element | null = text; element; element = element.parentElement) grounds.push(getComputedStyle(element).backgroundColor);
        return { text: getComputedStyle(text).color, grounds };
      });
      expect(colours.text).toBe('rgb(0, 0, 0)');
      expect(new Set(colours.grounds)).toEqual(new Set(['rgba(0, 0, 0, 0)']));
    });
  });
}

test('an open dialog is not printed', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('printed alone');
  await chat.messageWithText('printed alone').hover();
  await page.getByRole('toolbar').getByRole('button', { name: 'More reactions' }).click();
  await expect(page.locator('.picker')).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('.picker')).toBeHidden();
  await expect(chat.messageWithText('printed alone')).toBeVisible();
});
