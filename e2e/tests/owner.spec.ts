import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { Message } from '../support/message.ts';
import { becomeOwner, deploymentAt, guest, ownerLink } from '../support/owner.ts';

// The owner link of the first start, and what an owner can do with it.

test.beforeEach(({ deploymentName }) => test.skip(deploymentName !== 'local', 'only the local binary prints the link when it starts'));

test('the first visitor with the link makes a moderator who deletes without a reload', async ({ browser }) => {
  await withDataDir(async (data) => {
    const server = await LocalServer.start(data);
    const deployment = deploymentAt(server.url);
    const [olga, ben] = [await guest(browser, server, 'Olga'), await guest(browser, server, 'Ben')];
    const benPage = await ben.newPage();
    const benChat = await ChatPage.open(benPage, deployment, 'lobby');

    const page = await olga.newPage();
    const link = ownerLink(server);
    await page.goto(link);
    await expect(page.getByRole('textbox')).toHaveValue(link.split('#')[1]!);
    expect(new URL(page.url()).hash, 'the token is in no address any more').toBe('');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Become the owner' }).click();
    await expect(page).toHaveURL(`${server.url}/`);
    const chat = new ChatPage(page);
    await chat.waitForState('live');
    await chat.sendMessage('of the owner');

    await page.locator('.room-switch').click();
    await page.getByRole('button', { name: 'Administration' }).click();
    const dialog = page.getByRole('dialog', { name: 'Administration' });
    await expect(dialog.getByRole('combobox', { name: 'Role of Olga' })).toHaveValue('0');
    await expectAccessible(page);
    await dialog.getByRole('searchbox').fill('be');
    await expect(dialog.getByRole('combobox')).toHaveCount(1);
    await dialog.getByRole('combobox', { name: 'Role of Ben' }).selectOption('Moderator');
    await expect(page.getByText('Ben is a moderator now.')).toBeVisible();

    await expect(benPage.getByText('You are a moderator now.')).toBeVisible();
    const message = await Message.withText(benChat, 'of the owner');
    await message.delete();
    await message.expectDeleted();

    await dialog.getByRole('searchbox').fill('');
    await dialog.getByRole('combobox', { name: 'Role of Olga' }).selectOption('Member');
    await expect(dialog.getByRole('status')).toContainText('A chat keeps one owner');
    await expect(dialog.getByRole('combobox', { name: 'Role of Olga' })).toHaveValue('0');
    await dialog.getByRole('combobox', { name: 'Role of Ben' }).selectOption('Member');
    await expect(benPage.getByText('You have no role now.')).toBeVisible();
    await benPage.locator('.room-switch').click();
    await expect(benPage.getByRole('button', { name: 'Rules of this room' })).toHaveCount(0);

    await benPage.goto(link);
    await benPage.getByRole('button', { name: 'Become the owner' }).click();
    await expect(benPage.getByRole('alert')).toContainText('This link was used before');
    await olga.close();
    await ben.close();
    await server.stop();
    const restarted = await LocalServer.start(data);
    expect(restarted.log).not.toContain('/claim#');
    await restarted.stop();
  });
});

test('the only owner cannot delete their data', async ({ browser }) => {
  await withDataDir(async (data) => {
    const server = await LocalServer.start(data);
    const olga = await guest(browser, server, 'Olga');
    const page = await olga.newPage();
    const chat = await becomeOwner(page, server);
    await chat.sendMessage('of the owner');
    await page.locator('.me').click();
    await page.getByRole('button', { name: 'You and your data' }).click();
    const dialog = page.getByRole('dialog', { name: 'You and your data' });
    await dialog.getByRole('button', { name: 'Delete everything I wrote…' }).click();
    await expect(dialog).toContainText('You leave your private rooms and direct messages');
    await expect(dialog).toContainText('Then you are somebody new here.');
    await dialog.getByRole('button', { name: 'Delete everything', exact: true }).click();
    await expect(dialog).toContainText('A chat keeps one owner. Make another person an owner first.');
    await chat.expectMessages('of the owner');
    await expectAccessible(page);
    await olga.close();
    await server.stop();
  });
});

test('without scripts the visitor pastes the code', async ({ browser }) => {
  await withDataDir(async (data) => {
    const server = await LocalServer.start(data);
    const context = await guest(browser, server, 'Olga', { javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${server.url}/claim`);
    await page.getByRole('textbox').fill('AQIDBAUGBwgJCgsMDQ4PEBES');
    await page.getByRole('button', { name: 'Become the owner' }).click();
    await expect(page.getByRole('alert')).toContainText('This is not an owner link of this chat');
    await page.getByRole('textbox').fill(ownerLink(server).split('#')[1]!);
    await page.getByRole('button', { name: 'Become the owner' }).click();
    await expect(page).toHaveURL(`${server.url}/`);
    await context.close();
    await server.stop();
  });
});

for (const [name, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test(`the administration dialog fits on a ${name}`, async ({ browser }, { outputDir }) => {
    await withDataDir(async (data) => {
      const server = await LocalServer.start(data);
      for (const colorScheme of ['light', 'dark'] as const) {
        const context = await guest(browser, server, 'Olga', { viewport, colorScheme });
        const page = await context.newPage();
        await page.goto(`${server.url}/claim`);
        await page.screenshot({ path: `${outputDir}/../claim-${name}-${colorScheme}.png` });
        if (colorScheme === 'dark') {
          await context.close();
          continue;
        }
        await page.goto(ownerLink(server));
        await page.getByRole('button', { name: 'Become the owner' }).click();
        await new ChatPage(page).waitForState('live');
        await page.locator('.room-switch').click();
        await page.getByRole('button', { name: 'Administration' }).click();
        const dialog = page.getByRole('dialog', { name: 'Administration' });
        await expect(dialog.getByRole('combobox')).toHaveCount(1);
        for (const scheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme: scheme });
          await page.screenshot({ path: `${outputDir}/../administration-${name}-${scheme}.png` });
        }
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
        await context.close();
      }
      await server.stop();
    });
  });
}
