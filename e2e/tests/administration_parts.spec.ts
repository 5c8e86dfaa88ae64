import type { Page } from '@playwright/test';
import { passphrase } from '../support/access_servers.ts';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { Moderation } from '../support/moderation.ts';
import { becomeOwner, deploymentAt, guest } from '../support/owner.ts';

// What the administration leads to: the rooms with their rules, people who are muted or banned, and the invitations.

test.beforeEach(({ deploymentName }) => test.skip(deploymentName !== 'local', 'only the local binary prints the owner link when it starts'));

const administration = (page: Page) => page.getByRole('dialog', { name: 'Administration' });
const directory = (page: Page) => page.getByRole('dialog', { name: 'All rooms' });
const invite = (page: Page) => page.getByRole('dialog', { name: 'Invite people' });

for (const [size, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test.describe(size, () => {
    const pictures = async (page: Page, outputDir: string, what: string) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${outputDir}/../${what}-${size}-${colorScheme}.png` });
        await expectAccessible(page);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    };

    test('the rooms are listed with their rules, and each leads to them', async ({ browser }, { outputDir }) => {
      await withDataDir(async (data) => {
        const server = await LocalServer.start(data);
        const context = await guest(browser, server, 'Olga', { viewport });
        const page = await context.newPage();
        const lobby = await becomeOwner(page, server);
        await lobby.sendMessage('hello');
        const cats = await ChatPage.open(page, deploymentAt(server.url), 'cats');
        await cats.sendMessage('meow');
        await new Moderation(cats).setRules('30 s', true);

        await page.goto(`${server.url}/admin`);
        await administration(page).getByRole('button', { name: 'All rooms' }).click();
        const [catsRow, lobbyRow] = ['cats', 'lobby'].map((room) => directory(page).getByRole('listitem').filter({ hasText: room }));
        await expect(lobbyRow!.locator('.badge')).toHaveText(['Open']);
        await expect(catsRow!.locator('.badge')).toHaveText(['Open', 'Read-only', 'Slow mode: 30 s']);
        await pictures(page, outputDir, 'rooms');

        await catsRow!.getByRole('button', { name: 'Rules of this room: cats' }).click();
        const rules = page.getByRole('dialog', { name: 'Rules of this room' });
        await expect(rules.getByRole('checkbox', { name: /^Only moderators/ })).toBeChecked();
        await expect(page).toHaveURL(`${server.url}/r/cats`);
        await rules.getByRole('checkbox', { name: 'Archive' }).check();
        await rules.getByRole('combobox', { name: 'Keep messages' }).selectOption('7');
        await rules.getByRole('button', { name: 'Save' }).click();
        await expect(rules).toBeHidden();

        await page.goto(`${server.url}/admin`);
        await administration(page).getByRole('button', { name: 'All rooms' }).click();
        await expect(lobbyRow!).toBeVisible();
        await expect(catsRow!).toHaveCount(0);
        await directory(page).getByRole('checkbox', { name: 'Archived rooms' }).check();
        await expect(catsRow!.locator('.badge')).toHaveText(['Archived', 'Read-only', 'Slow mode: 30 s', /^Messages kept for (7 days|1 week)$/]);
        await context.close();

        const visitor = await guest(browser, server, 'Ben', { viewport });
        const ben = await visitor.newPage();
        await ChatPage.open(ben, deploymentAt(server.url), 'lobby');
        await ben.locator('.room-switch').click();
        await ben.getByRole('button', { name: 'All rooms' }).click();
        await expect(directory(ben).getByRole('listitem')).toHaveCount(1);
        await expect(directory(ben).locator('.badge')).toHaveCount(0);
        await visitor.close();
        await server.stop();
      });
    });

    test('a banned person who left is found, and the ban is lifted', async ({ browser }, { outputDir }) => {
      await withDataDir(async (data) => {
        const server = await LocalServer.start(data);
        const context = await guest(browser, server, 'Olga', { viewport });
        const page = await context.newPage();
        const chat = await becomeOwner(page, server);
        const visitor = await guest(browser, server, 'Ben');
        const ben = await ChatPage.open(await visitor.newPage(), deploymentAt(server.url), 'lobby');
        await ben.sendMessage('bad');
        await new Moderation(chat).restrict('bad', 'Ban', '1 h');
        await ben.waitForState('over');
        await visitor.close();

        await page.goto(`${server.url}/admin`);
        const people = administration(page).getByRole('listitem');
        await expect(people).toHaveText([/Olga/, /Ben.*Banned until/]);
        await administration(page).getByRole('searchbox').fill('be');
        await expect(people.filter({ visible: true })).toHaveText([/Ben/]);
        await administration(page).getByRole('searchbox').fill('');
        await administration(page).getByRole('checkbox', { name: 'Only people who are muted or banned' }).check();
        await expect(people.filter({ visible: true })).toHaveText([/Ben/]);
        await pictures(page, outputDir, 'restricted');
        await administration(page).getByRole('searchbox').fill('nobody like this');
        await expect(administration(page).getByRole('status')).toContainText('“What moderators did”');
        await administration(page).getByRole('searchbox').fill('');

        await people.filter({ hasText: 'Ben' }).getByRole('button', { name: 'Mute or ban Ben' }).click();
        await new Moderation(chat).lift('Banned');
        await page.goto(`${server.url}/admin`);
        await expect(people).toHaveText([/Olga/]);
        await context.close();
        await server.stop();
      });
    });

    test('owners see and revoke invitations, and a revoked link is not shown', async ({ browser }, { outputDir }) => {
      await withDataDir(async (data) => {
        const server = await LocalServer.start(data, '--access', 'passphrase', '--passphrase', passphrase);
        const context = await guest(browser, server, 'Olga', { viewport });
        const page = await context.newPage();
        await page.goto(`${server.url}/`);
        await page.getByLabel('Passphrase').fill(passphrase);
        await page.getByRole('button', { name: 'Enter' }).click();
        await new ChatPage(page).waitForState('live');
        await becomeOwner(page, server);

        await page.goto(`${server.url}/admin`);
        await administration(page).getByRole('button', { name: 'Invitations' }).click();
        const link = invite(page).getByLabel('Link', { exact: true });
        await invite(page).getByLabel('Lets in').selectOption('1 person');
        await invite(page).getByRole('button', { name: 'Make an invitation' }).click();
        await expect(link).toHaveValue(/\/invite#/);
        await expect(invite(page).getByRole('listitem')).toContainText(['Used by 0 of 1 until']);
        await pictures(page, outputDir, 'invitations');
        await invite(page).getByRole('button', { name: 'Revoke' }).click();
        await expect(invite(page).getByRole('listitem')).toContainText(['Revoked, used by 0 of 1.']);
        await expect(link).toHaveValue(`${server.url}/`);
        await expect(invite(page).getByRole('button', { name: 'Show the link to the room' })).toHaveCount(0);

        // The link of another invitation stays.
        await invite(page).getByRole('button', { name: 'Make an invitation' }).click();
        await expect(link).toHaveValue(/\/invite#/);
        const first = await link.inputValue();
        await invite(page).getByRole('button', { name: 'Make an invitation' }).click();
        await expect(link).not.toHaveValue(first);
        const second = await link.inputValue();
        await invite(page).getByRole('button', { name: 'Revoke' }).nth(1).click();
        await expect(invite(page).getByRole('button', { name: 'Revoke' })).toHaveCount(1);
        await expect(link).toHaveValue(second);
        await context.close();
        await server.stop();
      });
    });
  });
}
