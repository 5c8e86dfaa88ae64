import type { Locator } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';

// Forced colours and reduced motion.

test.describe('with forced colours', () => {
  test.use({ contextOptions: { forcedColors: 'active' } });

  /** Returns computed style properties of an element. */
  const computedStyle = (element: Locator, ...properties: string[]): Promise<string[]> =>
    element.evaluate((element, properties) => properties.map((property) => getComputedStyle(element).getPropertyValue(property)), properties);

  test('selection, focus and connection state stay visible', async ({ page, deployment, room, connect }) => {
    const [ann, proxy] = [await connect(room), await SocketProxy.install(page)];
    const chat = await ChatPage.open(page, deployment, room);
    const { seq } = await ann.sendMessage('Cake?');
    for (const emoji of ['🎉', '👍']) ann.send({ action: 'react', seq, emoji, on: true });
    const message = await Message.withText(chat, 'Cake?');
    await message.reaction(/👍 1/).click();
    const [own, other] = [message.reaction(/👍 2/), message.reaction(/🎉 1/)];
    await expect(own).toHaveAttribute('aria-pressed', 'true');
    expect(await computedStyle(own, 'background-color')).not.toEqual(await computedStyle(other, 'background-color'));

    // Focuses with the keyboard, because the outline is not drawn for a focus by mouse.
    await chat.composer.press('Home');
    expect(await computedStyle(page.locator('.composer-box'), 'outline-style')).toEqual(['solid']);
    await message.article.focus();
    expect(await computedStyle(message.article, 'outline-style')).toEqual(['solid']);

    // The dot is filled while connected, and a ring while offline.
    const dot = page.locator('.dot');
    expect(await computedStyle(dot, 'border-top-width')).toEqual(['4px']);
    await proxy.disconnect();
    await chat.waitForState('offline');
    expect(await computedStyle(dot, 'border-top-width')).toEqual(['2px']);
  });
});

test.describe('with reduced motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('animations and transitions are off', async ({ page, deployment, room, connect }) => {
    const proxy = await SocketProxy.install(page);
    const chat = await ChatPage.open(page, deployment, room);
    // These steps show a spinner, a note that appears, and a state that changes its colour.
    await page.locator('input[type=file]').setInputFiles({ name: 'a.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') });
    await (await connect(room)).sendMessage('Hello');
    proxy.holdSends();
    await chat.sendMessage('Hello, too');
    await expect(chat.messageWithText('Hello, too')).toHaveAttribute('data-state', 'pending');
    await proxy.disconnect();
    await chat.waitForState('offline');
    const longest = await page.evaluate(() => {
      const times = [...document.querySelectorAll('*')].flatMap((element) =>
        ['', '::before', '::after'].flatMap((part) => {
          const style = getComputedStyle(element, part);
          const seconds = (list: string) => list.split(',').map((time) => parseFloat(time));
          return [...(style.animationName === 'none' ? [0] : seconds(style.animationDuration)), ...seconds(style.transitionDuration)];
        }),
      );
      return Math.max(...times);
    });
    expect(longest).toBeLessThan(0.001);
  });
});
