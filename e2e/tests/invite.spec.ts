import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { leave, withProviderServer } from '../support/access_servers.ts';

// The dialog with the link to the room.

for (const [name, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test.describe(name, () => {
    test.use({ viewport });

    test('the header opens the link to the room @page', async ({ page, context, deployment, room }) => {
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      const chat = await ChatPage.open(page, deployment, room);
      await page.locator('header').getByRole('button', { name: 'Invite people' }).click();
      const dialog = page.getByRole('dialog', { name: 'Invite people' });
      const field = dialog.getByLabel('Link', { exact: true });
      await expect(field).toHaveValue(deployment.pageUrl(room));
      await expect(dialog).toContainText('Everybody who opens this link can read and write in this room.');
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Copy link' }).click();
      await expect(dialog.getByRole('button', { name: 'Link copied' })).toBeVisible();
      // The policy of the page forbids reading the clipboard, so the text is pasted.
      await dialog.getByRole('button', { name: 'Close' }).click();
      await chat.composer.press('ControlOrMeta+V');
      await expect(chat.composer).toHaveValue(deployment.pageUrl(room));
      await page.locator('header').getByRole('button', { name: 'Invite people' }).click();
      // A computer has no share sheet that its users expect.
      await expect(dialog.getByRole('button', { name: 'Share…' })).toHaveCount(0);
      await dialog.getByRole('button', { name: 'Close' }).click();
      await expect(dialog).toBeHidden();
      await chat.waitForState('live');
    });
  });
}

test('a room without messages offers to invite people @page', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const button = chat.log.getByRole('button', { name: 'Invite people' });
  await button.click();
  await expect(page.getByRole('dialog', { name: 'Invite people' })).toBeVisible();
  await page.keyboard.press('Escape');
  await chat.sendMessage('hello');
  await expect(button).toHaveCount(0);
});

test('the QR code is dark on white in both colour schemes, with a quiet zone @page', async ({ page, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  await page.locator('header').getByRole('button', { name: 'Invite people' }).click();
  const code = page.getByRole('img', { name: 'QR code of the link' });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(code).toHaveCSS('background-color', 'rgb(255, 255, 255)');
    await expect(code.locator('path')).toHaveCSS('fill', 'rgb(0, 0, 0)');
  }
  const margins = await code.evaluate((svg: SVGSVGElement) => {
    const [box, all] = [(svg.firstElementChild as SVGPathElement).getBBox(), svg.viewBox.baseVal];
    return [box.x, box.y, all.width - box.x - box.width, all.height - box.y - box.height];
  });
  expect(margins).toEqual([4, 4, 4, 4]);
});

test('a link that may not be copied is selected @page', async ({ page, deployment, room }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await ChatPage.open(page, deployment, room);
  await page.locator('header').getByRole('button', { name: 'Invite people' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite people' });
  await dialog.getByRole('button', { name: 'Copy link' }).click();
  await expect(dialog).toContainText('The link is selected: please copy it yourself.');
  const field = dialog.getByLabel('Link', { exact: true });
  await expect(field).toBeFocused();
  const selected = await field.evaluate((input: HTMLInputElement) => input.value.slice(input.selectionStart!, input.selectionEnd!));
  expect(selected).toBe(deployment.pageUrl(room));
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('the link can be shared with another app @page', async ({ page, deployment, room }) => {
    await page.addInitScript(() => {
      const shared: unknown[] = [];
      Object.assign(window, { shared });
      Object.defineProperty(navigator, 'share', { value: async (data: unknown) => void shared.push(data) });
    });
    await ChatPage.open(page, deployment, room);
    await page.locator('header').getByRole('button', { name: 'Invite people' }).tap();
    const dialog = page.getByRole('dialog', { name: 'Invite people' });
    await dialog.getByRole('button', { name: 'Share…' }).tap();
    const shared = () => page.evaluate(() => (window as unknown as { shared: unknown[] }).shared);
    await expect.poll(shared).toEqual([{ title: `#${room} · Chat`, url: deployment.pageUrl(room) }]);
  });
});

test('where people sign in with a provider, the dialog says why a link cannot let them in @page', async ({ page, deployment }) => {
  test.skip(deployment.name !== 'local', 'the local binary lets a test choose the access mode');
  await withProviderServer(async (server) => {
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await new ChatPage(page).waitForState('live');
    await page.locator('header').getByRole('button', { name: 'Invite people' }).click();
    await expect(page.getByRole('dialog', { name: 'Invite people' })).toContainText('a link cannot let them in');
    await page.keyboard.press('Escape');
    await page.locator('.me').click();
    await expect(page.getByRole('button', { name: 'Use on another device' })).toHaveCount(0);
    await leave(page);
  });
});
