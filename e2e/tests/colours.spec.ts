import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';

// Colours of people.

for (const [size, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test.describe(size, () => {
    test.use({ viewport });

    test('people in a room have different colours', async ({ page, deployment, room, connect }) => {
      const hue = (element: string | null) => /hue-\d+/.exec(element ?? '')?.[0];
      for (let index = 0; index < 10; index += 1) await (await connect(room)).sendMessage(`from ${index}`);
      const chat = await ChatPage.open(page, deployment, room);
      const hues = async () => (await chat.messages.evaluateAll((all) => all.map((message) => message.className))).map(hue);
      const before = await hues();
      expect(new Set(before).size).toBe(10);
      await (await connect(room)).sendMessage('one more');
      await expect(chat.messages).toHaveCount(11);
      expect(new Set(await hues()).size).toBe(11);
      expect((await hues()).slice(0, 10)).toEqual(before);
      await expectAccessible(page);
    });
  });
}
