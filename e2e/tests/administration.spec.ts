import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { becomeOwner, guest } from '../support/owner.ts';

// The administration at its own address: name and icon of the chat, usage figures, and when people were here.

test('visitors who are no owners get a sentence and a way to the lobby', async ({ page, deployment }) => {
  const answer = await page.goto(new URL('/admin', deployment.pageUrl('lobby')).href);
  expect(answer?.status()).toBe(403);
  await expect(page.getByRole('heading', { name: 'Administration' })).toBeVisible();
  await expect(page.getByText('Only owners of this chat can open its administration.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link').click();
  await expect(page).toHaveURL(deployment.pageUrl('lobby'));
  await new ChatPage(page).waitForState('live');
});

test('the manifest and an icon are served to everybody', async ({ deployment, request }) => {
  const at = (path: string) => new URL(path, deployment.pageUrl('lobby')).href;
  const manifest = await request.get(at('/manifest.webmanifest'));
  expect(manifest.headers()['content-type']).toBe('application/manifest+json');
  expect(await manifest.json()).toMatchObject({ start_url: '/', display: 'standalone' });
  const icon = await request.get(at(`/chat-icon.svg?emoji=${encodeURIComponent('🦊')}`));
  expect([icon.status(), icon.headers()['content-type']]).toEqual([200, 'image/svg+xml']);
  expect(await icon.text()).toContain('🦊');
  expect((await request.get(at('/chat-icon.svg?emoji=%3Cscript%3E'))).status()).toBe(404);
});

for (const [name, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test(`owners administer the chat at its address on a ${name}`, async ({ browser, deploymentName }, { outputDir }) => {
    test.skip(deploymentName !== 'local', 'only the local binary prints the owner link when it starts');
    await withDataDir(async (data) => {
      const server = await LocalServer.start(data);
      const context = await guest(browser, server, 'Olga', { viewport });
      const page = await context.newPage();
      const chat = await becomeOwner(page, server);
      await chat.sendMessage('hello');
      const pictures = async (what: string) => {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: `${outputDir}/../${what}-${name}-${colorScheme}.png` });
          await expectAccessible(page);
        }
        const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
        expect(await fits()).toBe(true);
      };

      await page.goto(`${server.url}/admin`);
      const dialog = page.getByRole('dialog', { name: 'Administration' });
      await expect(dialog.getByRole('combobox', { name: 'Role of Olga' })).toHaveValue('0');
      await page.reload();
      await expect(dialog.getByRole('combobox', { name: 'Role of Olga' })).toHaveValue('0');
      await expect(dialog.getByText('last read here:')).toBeVisible();
      await pictures('admin');

      await dialog.getByRole('button', { name: 'Name and icon' }).click();
      const identity = page.getByRole('dialog', { name: 'Name and icon' });
      await identity.getByRole('textbox', { name: 'Icon: one emoji' }).fill('fox');
      await identity.getByRole('button', { name: 'Save' }).click();
      await expect(identity.getByText('Please enter one emoji.')).toBeVisible();
      await identity.getByRole('textbox', { name: 'Name of the chat' }).fill('Foxes & <b>hounds</b>');
      await identity.getByRole('textbox', { name: 'Icon: one emoji' }).fill('🦊');
      await pictures('identity');
      await identity.getByRole('button', { name: 'Save' }).click();
      await expect(identity).toBeHidden();
      await expect(page).toHaveTitle('#lobby · Foxes & <b>hounds</b>');

      await dialog.getByRole('button', { name: 'Usage' }).click();
      const usage = page.getByRole('dialog', { name: 'Usage' });
      await expect(usage.getByText('1 connection is open now.')).toBeVisible();
      await pictures('usage');
      await usage.getByRole('button', { name: 'Close' }).click();
      await dialog.getByRole('button', { name: 'What moderators did' }).click();
      await expect(page.getByText('named the chat 🦊 Foxes & <b>hounds</b>')).toBeVisible();
      await expect(page, 'the administration is closed').toHaveURL(`${server.url}/`);

      await page.goto(`${server.url}/`);
      await chat.waitForState('live');
      await expect(page).toHaveTitle('#lobby · Foxes & <b>hounds</b>');
      await expect(page.locator('link[rel=icon]')).toHaveAttribute('href', `/chat-icon.svg?emoji=${encodeURIComponent('🦊')}`);
      if (name === 'desktop') await expect(page.locator('.rooms-bar')).toContainText('Foxes & <b>hounds</b>');
      const { data: manifest = '', errors } = await (await context.newCDPSession(page)).send('Page.getAppManifest');
      expect(errors).toEqual([]);
      expect(JSON.parse(manifest)).toMatchObject({ name: 'Foxes & <b>hounds</b>' });
      await page.screenshot({ path: `${outputDir}/../named-${name}.png` });
      await server.stop();

      // The clean-up of the next start counts what was written.
      const next = await LocalServer.start(data);
      await page.goto(`${next.url}/admin`);
      await expect(dialog.getByRole('combobox', { name: 'Role of Olga' })).toHaveValue('0');
      await dialog.getByRole('button', { name: 'Usage' }).click();
      await expect(usage.getByRole('row')).toHaveCount(1);
      await expect(usage.getByRole('row')).toContainText('1');
      await pictures('counted');
      await context.close();
      await next.stop();
    });
  });
}

test('without scripts the address says what is missing', async ({ browser, deploymentName }) => {
  test.skip(deploymentName !== 'local', 'only the local binary prints the owner link when it starts');
  await withDataDir(async (data) => {
    const server = await LocalServer.start(data);
    const context = await guest(browser, server, 'Olga');
    await becomeOwner(await context.newPage(), server);
    const state = await context.storageState();
    await context.close();
    // Playwright does not draw the content of `noscript`.
    const plain = await guest(browser, server, 'Olga', { javaScriptEnabled: false, storageState: state });
    const answer = await plain.request.get(`${server.url}/admin`);
    expect(await answer.text()).toMatch(/<noscript><div class="failure" role="status"><p>The administration needs JavaScript/);
    await plain.close();
    await server.stop();
  });
});
