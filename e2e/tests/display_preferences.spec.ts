import type { Locator } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';

// For those whose system chooses the colours, and for those who want nothing to move.

test.describe('with the colours of the system', () => {
  test.use({ contextOptions: { forcedColors: 'active' } });

  /** Some of how an element is drawn. */
  const drawn = (element: Locator, ...properties: string[]): Promise<string[]> =>
    element.evaluate((element, properties) => properties.map((property) => getComputedStyle(element).getPropertyValue(property)), properties);

  test('what is chosen, what has the focus and how the connection is can be told', async ({ page, deployment, room, connect }) => {
    const [ann, proxy] = [await connect(room), await SocketProxy.install(page)];
    const chat = await ChatPage.open(page, deployment, room);
    const { seq } = await ann.sendMessage('Cake?');
    for (const emoji of ['🎉', '👍']) ann.send({ action: 'react', seq, emoji, on: true });
    const message = await Message.withText(chat, 'Cake?');
    await message.reaction(/👍 1/).click();
    const [own, other] = [message.reaction(/👍 2/), message.reaction(/🎉 1/)];
    await expect(own).toHaveAttribute('aria-pressed', 'true');
    expect(await drawn(own, 'background-color')).not.toEqual(await drawn(other, 'background-color'));

    // With the keyboard, for the focus that follows a mouse is not shown.
    await chat.composer.press('Home');
    expect(await drawn(page.locator('.composer-box'), 'outline-style')).toEqual(['solid']);
    await message.article.focus();
    expect(await drawn(message.article, 'outline-style')).toEqual(['solid']);

    // It is a filled dot while all is well, and a ring while it is not.
    const dot = page.locator('.dot');
    expect(await drawn(dot, 'border-top-width')).toEqual(['4px']);
    await proxy.disconnect();
    await chat.waitForState('offline');
    expect(await drawn(dot, 'border-top-width')).toEqual(['2px']);
  });
});

test.describe('for those who want nothing to move', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('nothing moves', async ({ page, deployment, room, connect }) => {
    const proxy = await SocketProxy.install(page);
    const chat = await ChatPage.open(page, deployment, room);
    // A wheel that turns while an image is prepared, a note that appears, a state that changes its colour.
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
