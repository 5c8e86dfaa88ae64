import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { becomeOwner, guest } from '../support/owner.ts';
import { WireClient } from '../support/wire_client.ts';

// Names that only one person in a room can have, where an owner wants it.

async function open(page: Page, url: string): Promise<ChatPage> {
  const chat = new ChatPage(page);
  await page.goto(url);
  await chat.waitForState('live');
  return chat;
}

for (const [name, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test(`an owner wants unique names, and others get a number or a sentence, on a ${name}`, async ({ browser, deploymentName }, { outputDir }) => {
    test.skip(deploymentName !== 'local', 'only the local binary prints the owner link when it starts');
    await withDataDir(async (data) => {
      const server = await LocalServer.start(data);
      const owner = await guest(browser, server, 'Olga', { viewport });
      const page = await owner.newPage();
      await becomeOwner(page, server);
      await page.goto(`${server.url}/admin`);
      const administration = page.getByRole('dialog', { name: 'Administration' });
      const identity = page.getByRole('dialog', { name: 'Name and icon' });
      const openIdentity = () => administration.getByRole('button', { name: 'Name and icon' }).click();
      const unique = identity.getByRole('checkbox', { name: 'People in a room have different names' });
      await openIdentity();
      await expect(unique).not.toBeChecked();
      await unique.check();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${outputDir}/../unique-names-switch-${name}-${colorScheme}.png` });
        await expectAccessible(page);
      }
      await identity.getByRole('button', { name: 'Save' }).click();
      await expect(identity).toBeHidden();
      await openIdentity();
      await expect(unique).toBeChecked();
      await identity.getByRole('textbox', { name: 'Name of the chat' }).fill('Foxes');
      await identity.getByRole('button', { name: 'Save' }).click();
      await expect(identity).toBeHidden();
      await openIdentity();
      await expect(unique, 'a new name leaves it as it is').toBeChecked();
      await identity.getByRole('button', { name: 'Close' }).click();
      await administration.getByRole('button', { name: 'What moderators did' }).click();
      await expect(page.getByText('wanted different names in a room').first()).toBeVisible();
      await open(page, `${server.url}/`);

      const other = await guest(browser, server, 'olga', { viewport });
      const second = await other.newPage();
      const chat = await open(second, `${server.url}/`);
      await expect(second.getByText('Somebody here has your name already. You are “\u2068olga 2\u2069” for now.')).toBeVisible();
      await chat.sendMessage('from the second one');
      await expect(page.locator('.message').filter({ hasText: 'from the second one' })).toContainText('olga 2');

      await expect(second.locator('.me-name')).toHaveText('olga 2');
      await second.locator('.me').click();
      const profile = second.getByRole('dialog', { name: 'Your profile' });
      const field = profile.getByRole('textbox').first();
      await field.fill('ＯＬＧＡ');
      await profile.getByRole('button', { name: 'Save' }).click();
      await expect(profile.getByText('Somebody here has this name already. Please choose another one.')).toBeVisible();
      await expect(field, 'it keeps what was typed').toHaveValue('ＯＬＧＡ');
      await expect(field).toHaveAttribute('aria-invalid', 'true');
      await expect(field).toBeFocused();
      await expect(field).toBeInViewport();
      for (const colorScheme of ['light', 'dark'] as const) {
        await second.emulateMedia({ colorScheme });
        await second.screenshot({ path: `${outputDir}/../name-taken-${name}-${colorScheme}.png` });
        await expectAccessible(second);
      }
      await field.fill('Oleg');
      await expect(profile.getByText('Somebody here has this name already')).toBeHidden();
      await profile.getByRole('button', { name: 'Save' }).click();
      await expect(profile).toBeHidden();
      await expect(second.locator('.me-name')).toHaveText('Oleg');

      await page.goto(`${server.url}/admin`);
      await openIdentity();
      await unique.uncheck();
      await identity.getByRole('button', { name: 'Save' }).click();
      await expect(identity).toBeHidden();
      await administration.getByRole('button', { name: 'What moderators did' }).click();
      await expect(page.getByText('allowed equal names in a room').first()).toBeVisible();
      const socket = await WireClient.open(`${server.url.replace('http', 'ws')}/ws?room=lobby&name=Olga`);
      expect(await socket.request({ action: 'hello' }, 'welcome')).toMatchObject({ you: { name: 'Olga' } });
      await owner.close();
      await other.close();
      await server.stop();
    });
  });
}

test('a refused name stays out of the cookie and of other tabs', async ({ browser, deploymentName }) => {
  test.skip(deploymentName !== 'local', 'only the local binary prints the owner link when it starts');
  await withDataDir(async (data) => {
    const server = await LocalServer.start(data);
    const owner = await guest(browser, server, 'Olga');
    const page = await owner.newPage();
    await becomeOwner(page, server);
    await page.goto(`${server.url}/admin`);
    await page.getByRole('dialog', { name: 'Administration' }).getByRole('button', { name: 'Name and icon' }).click();
    const identity = page.getByRole('dialog', { name: 'Name and icon' });
    await identity.getByRole('checkbox', { name: 'People in a room have different names' }).check();
    await identity.getByRole('button', { name: 'Save' }).click();
    await expect(identity).toBeHidden();
    await open(page, `${server.url}/`);

    const other = await guest(browser, server, 'Olga');
    const storedName = async () => (await other.cookies()).find((cookie) => cookie.name === 'name')?.value;
    const lobby = await other.newPage();
    await open(lobby, `${server.url}/`);
    const cats = await other.newPage();
    const chatOfCats = await open(cats, `${server.url}/r/cats`);
    const ownName = (tab: Page) => tab.locator('.me-name');
    await expect(ownName(cats)).toHaveText('Olga');
    await expect(ownName(lobby)).toHaveText('Olga 2');
    // A tab follows as soon as its dialogs are loaded.
    await expect(cats.locator('dialog.search')).toHaveCount(1);
    const openProfile = () => lobby.locator('.me').click();
    const profile = lobby.getByRole('dialog', { name: 'Your profile' });
    const field = profile.getByRole('textbox').first();
    const save = () => profile.getByRole('button', { name: 'Save' }).click();

    await openProfile();
    await expect(field).toHaveValue('Olga 2');
    await save();
    await expect(profile).toBeHidden();
    const dogs = await other.newPage();
    await open(dogs, `${server.url}/r/dogs`);
    await expect(ownName(dogs), 'a number is not chosen').toHaveText('Olga');
    await dogs.close();
    await openProfile();
    await field.fill('Olga');
    await save();
    await expect(profile.getByText('Somebody here has this name already')).toBeVisible();
    expect(await storedName(), 'neither the number nor a refusal changes the chosen name').toBe('Olga');

    await field.fill('Oleg');
    await save();
    await expect(profile).toBeHidden();
    await expect(ownName(cats), 'another tab takes an accepted name').toHaveText('Oleg');
    expect(await storedName()).toBe('Oleg');

    await openProfile();
    await field.fill('OLGA');
    await save();
    await expect(profile.getByText('Somebody here has this name already')).toBeVisible();
    await chatOfCats.sendMessage('from the other tab');
    await expect(cats.locator('.message').filter({ hasText: 'from the other tab' })).toContainText('Oleg');
    await expect(ownName(cats)).toHaveText('Oleg');
    expect(await storedName()).toBe('Oleg');
    await owner.close();
    await other.close();
    await server.stop();
  });
});
