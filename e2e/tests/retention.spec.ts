import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { Moderation } from '../support/moderation.ts';
import { localOnly, test as moderatedTest } from '../support/moderation_fixtures.ts';
import { openPeople } from '../support/people.ts';

// How long a room keeps messages: who sets it, and where it is shown. The clean-up is tested with a clock of its own in `backend/chat`.

const roomName = (page: Page) => page.getByRole('heading', { level: 1 }).getByRole('button');
const dialog = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true });
const keep = (rules: Locator) => rules.getByRole('combobox', { name: 'Keep messages' });

/** Makes a private room, of which the person is the host. */
async function makePrivateRoom(page: Page, title: string): Promise<void> {
  await roomName(page).click();
  await dialog(page, 'Rooms').getByRole('combobox').fill(title);
  await dialog(page, 'Rooms').getByRole('option', { name: `Create the private room “${title}”` }).click();
  await expect(page).toHaveURL(/\/r\/p-[a-z0-9]{20}$/);
  await new ChatPage(page).waitForState('live');
  await expect(roomName(page)).toContainText(title);
}

/** Opens the rules as a host, from the dialog of the members. */
async function openRulesAsHost(page: Page): Promise<Locator> {
  await openPeople(page);
  await page.getByRole('button', { name: 'Members' }).click();
  await dialog(page, 'Members').getByRole('button', { name: 'Rules of this room' }).click();
  return dialog(page, 'Rules of this room');
}

async function save(rules: Locator, label: string): Promise<void> {
  await keep(rules).selectOption({ label });
  await rules.getByRole('button', { name: 'Save' }).click();
  await expect(rules).toBeHidden();
}

/** Checks what the details of the room say about the retention. */
async function expectInDetails(page: Page, sentence: string): Promise<void> {
  await roomName(page).click();
  await dialog(page, 'Rooms').getByRole('button', { name: 'About this room' }).click();
  await expect(dialog(page, 'About this room')).toContainText(sentence);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog[open]')).toHaveCount(0);
}

for (const [name, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test.describe(name, () => {
    test.use({ viewport });

    test('a host sets how long a private room keeps messages', async ({ page, deployment, room }) => {
      // Another client than the page can choose any number of days.
      await page.routeWebSocket(/\/ws/, (socket) => {
        const server = socket.connectToServer();
        socket.onMessage((frame) => server.send(typeof frame === 'string' ? frame.replace('"keepDays":90', '"keepDays":45') : frame));
      });
      await ChatPage.open(page, deployment, room);
      await makePrivateRoom(page, 'Short memory');
      let rules = await openRulesAsHost(page);
      await expect(keep(rules)).toHaveValue('0');
      await expect(rules).toContainText('Older messages are deleted for everybody within a day, and cannot be restored.');
      await expectAccessible(page);
      await save(rules, '30 days');
      await expect(page.getByText('Rules of this room: Messages are deleted after 30 days.')).toBeVisible();
      await page.reload();
      await new ChatPage(page).waitForState('live');
      rules = await openRulesAsHost(page);
      await expect(keep(rules)).toHaveValue('30');
      await save(rules, '90 days');
      rules = await openRulesAsHost(page);
      await expect(keep(rules)).toHaveValue('45');
      await expect(keep(rules).getByRole('option', { name: '45 days' })).toHaveCount(1);
      await save(rules, '1 year');
      rules = await openRulesAsHost(page);
      await expect(keep(rules)).toHaveValue('365');
      await expect(keep(rules).getByRole('option')).toHaveCount(6);
      await save(rules, 'As long as the chat does');
      rules = await openRulesAsHost(page);
      await expect(keep(rules)).toHaveValue('0');
    });
  });

  moderatedTest.describe(`${name}, with a moderator`, () => {
    moderatedTest.use({ device: { viewport } });
    moderatedTest.beforeEach(({ deploymentName }) => moderatedTest.skip(deploymentName !== 'local', localOnly));

    moderatedTest('everybody in a room can read how long it keeps messages', async ({ moderated }) => {
      const { mona, openAsGuest } = moderated;
      const ben = await openAsGuest('Ben');
      await ben.chat.sendMessage('first');
      const moderation = new Moderation(mona.chat);
      await save(await moderation.openRules(), '7 days');
      await expectInDetails(ben.page, 'Messages are deleted after 7 days.');
      await ben.page.reload();
      await ben.chat.waitForState('live');
      await expectInDetails(ben.page, 'Messages are deleted after 7 days.');
      await expect(keep(await moderation.openRules())).toHaveValue('7');
      await mona.page.keyboard.press('Escape');
      await expect(await moderation.openAudit()).toContainText('Messages are deleted after 7 days.');
    });
  });
}

test('a client is told of the retention, and a wrong one is refused', async ({ room, connect }) => {
  const host = await connect(room);
  const created = await host.request({ action: 'createRoom', title: 'Short memory' }, 'roomCreated');
  const ask = (rules: object) => host.request({ action: 'rules', rules }, 'rules');
  expect(await ask({ keepDays: 30 }), 'an open room').toMatchObject({ type: 'error', code: 'notAllowed' });
  expect(await host.request({ action: 'enter', room: created['room'] }, 'welcome')).not.toHaveProperty('rules');
  for (const keepDays of [3_651, 65_535, 65_536, -1, 1.5, '30', [30], true]) {
    expect(await ask({ keepDays }), JSON.stringify(keepDays)).toMatchObject({ type: 'error', code: 'badField', action: 'rules' });
  }
  for (const [sent, told] of [[{ keepDays: 45 }, { keepDays: 45 }], [{ slow: 5 }, { slow: 5, keepDays: 45 }], [{ keepDays: 0 }, { keepDays: 0 }], [{}, {}]]) {
    expect(await ask(sent!), JSON.stringify(sent)).toMatchObject({ type: 'rules', rules: told });
  }
  await ask({ keepDays: 3_650 });
  expect(await host.request({ action: 'hello' }, 'welcome')).toMatchObject({ rules: { keepDays: 3_650 } });
});
