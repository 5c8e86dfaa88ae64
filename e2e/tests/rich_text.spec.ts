import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { eachOf } from '../support/locators.ts';

// Markdown in messages is rendered, and cannot run scripts.

test('Markdown is rendered in loaded, live and own messages', async ({ page, browser, deployment, room, connect }) => {
  const ann = await connect(room);
  const text = '**bold** _italic_ ~~gone~~ `code`\n> quoted\n\n- one\n- two\n\n```\nlet x = 1 < 2;\n```\nhttps://example.org/a?b=1&c=2';
  await ann.sendMessage(text);
  const chat = await ChatPage.open(page, deployment, room);
  const live = await ann.sendMessage(`${text} again`);
  expect(live['html']).toContain('<strong>bold</strong>');
  for (const message of await eachOf(chat.messages, 2)) {
    const body = message.locator('.message-text');
    for (const [element, content] of [['strong', 'bold'], ['em', 'italic'], ['del', 'gone'], ['p code', 'code'], ['pre code', 'let x = 1 < 2;']] as const) {
      await expect(body.locator(element)).toHaveText(content);
    }
    await expect(body.locator('blockquote')).toHaveText('quoted');
    await expect(body.locator('li')).toHaveText(['one', 'two']);
    const link = body.getByRole('link', { name: /^https:\/\/example.org/ });
    await expect(link).toHaveAttribute('href', 'https://example.org/a?b=1&c=2');
    await expect(link).toHaveAttribute('rel', /noopener.*nofollow/);
  }
  await chat.sendMessage('**mine**');
  await expect(chat.messages.nth(2).locator('strong')).toHaveText('mine');

  const plain = await browser.newPage({ javaScriptEnabled: false });
  await plain.goto(deployment.pageUrl(room));
  await expect(plain.locator('.message-text strong')).toHaveText(['bold', 'bold', 'mine']);
  await plain.close();
});

test('what people type is what people read', async ({ page, deployment, room, connect }) => {
  const asTyped = ['*', '2026.', '##', '___', '- -', 'cp ~/notes.txt~ ~/notes.txt', '\\*not bold\\*', '&lt;b&gt;', '2*3*4', '(*´▽｀*)', '[a]: b'];
  const ann = await connect(room);
  for (const text of asTyped) {
    await ann.sendMessage(text);
    await ann.sendMessage(`${text}\n\n**bold**`);
  }
  await ann.sendMessage('> quoted\nmy answer');
  await ann.sendMessage('これは**「大事」**です。詳細はhttps://example.com/aをご覧ください。');
  await ann.sendMessage('https://example.com/_foo_/*a*/[x](y)');
  const chat = await ChatPage.open(page, deployment, room);
  const texts = chat.messages.locator('.message-text');
  const shown = await texts.evaluateAll((elements) => elements.map((element) => (element as HTMLElement).innerText.split('\n')[0]));
  expect(shown.slice(0, 2 * asTyped.length)).toEqual(asTyped.flatMap((text) => [text, text]));

  const [quote, japanese, address] = [0, 1, 2].map((index) => texts.nth(2 * asTyped.length + index));
  await expect(quote!.locator('blockquote')).toHaveText('quoted');
  await expect(quote!.locator('> p')).toHaveText('my answer');
  await expect(japanese!.locator('strong')).toHaveText('「大事」');
  await expect(japanese!.getByRole('link')).toHaveAttribute('href', 'https://example.com/a');
  await expect(address!.getByRole('link')).toHaveAttribute('href', 'https://example.com/_foo_/*a*/[x](y)');
});

test('no script in Markdown runs', async ({ page, deployment, room, connect }) => {
  const attacks = [
    '<script>window.pwned = 1</script>',
    '<img src=x onerror="window.pwned = 2">',
    '**<svg onload="window.pwned = 3">**',
    '[x](javascript:window.pwned=4)',
    '[x](JaVaScRiPt:window.pwned=5)',
    '[x](data:text/html,<script>window.pwned=6</script>)',
    '![x](https://example.org/" onerror="window.pwned=7)',
    '[x](https://example.org/"onmouseover="window.pwned=8)',
    '`</code><script>window.pwned = 9</script>`',
    '```\n</code></pre><img src=x onerror="window.pwned = 10">\n```',
    '&lt;img src=x onerror=window.pwned=11&gt;',
    '<a href="javascript:window.pwned=12">click</a>',
    '</script><script>window.pwned = 13</script>',
    '<!--><img src=x onerror="window.pwned = 14">-->',
    '\u202e**right to left**',
  ];
  const ann = await connect(room);
  for (const attack of attacks) await ann.sendMessage(attack);
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  const chat = await ChatPage.open(page, deployment, room);
  for (const attack of attacks) await ann.sendMessage(`again ${attack}`);
  await expect(chat.messages).toHaveCount(2 * attacks.length);
  for (const link of await chat.log.locator('a').all()) await link.hover();
  expect(await page.evaluate(() => (window as any).pwned)).toBeUndefined();
  await expect(chat.messages.locator('.message-text :is(script, img, svg, iframe, style, [onerror], [onload], [onmouseover])')).toHaveCount(0);
  const addresses = await chat.log.locator('a').evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).protocol));
  expect(addresses.filter((protocol) => !/^(https?|mailto):$/.test(protocol))).toEqual([]);
  expect(requested.filter((url) => url.includes('example.org'))).toEqual([]);
});
