import { ChatPage } from '../support/chat_page.ts';
import { Message } from '../support/message.ts';
import { Moderation } from '../support/moderation.ts';
import { expect, localOnly, test } from '../support/moderation_fixtures.ts';
import { SocketProxy } from '../support/socket_proxy.ts';

// What moderators can do, and what it does to others.

test.beforeEach(({ deploymentName }) => test.skip(deploymentName !== 'local', localOnly));

test('a moderator’s deletion is audited without the text', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('spoilt');
  await (await Message.withText(mona.chat, 'spoilt')).delete();
  for (const chat of [mona.chat, ben.chat]) {
    await expect(chat.log.getByText('This message was deleted.')).toBeVisible();
    await expect(chat.messageWithText('spoilt')).toHaveCount(0);
  }
  const audit = await new Moderation(mona.chat).openAudit();
  await expect(audit.getByRole('listitem')).toContainText(['deleted a message of Ben']);
  await expect(audit).not.toContainText('spoilt');
});

test('a guest named Moderator has no moderator rights', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  await mona.chat.sendMessage('hello');
  const ben = await openAsGuest('Moderator');
  await ben.chat.sendMessage('I keep order');
  await expect(mona.chat.messages.filter({ hasText: 'I keep order' }).locator('.badge')).toHaveCount(0);
  await expect(ben.chat.messages.filter({ hasText: 'hello' }).locator('.badge')).toHaveText('Moderator');
  const menu = await (await Message.withText(ben.chat, 'hello')).menu();
  await expect(menu.getByRole('button', { name: 'Copy text' })).toBeVisible();
  await expect(menu.getByRole('button', { name: /Delete|Mute/ })).toHaveCount(0);
  await ben.page.keyboard.press('Escape');
  await ben.page.locator('.room-switch').click();
  await expect(ben.page.getByRole('button', { name: 'Rules of this room' })).toHaveCount(0);
});

test('a muted person sees until when and keeps the draft', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('loud');
  await ben.chat.composer.fill('a draft');
  await expect(ben.chat.composer).toBeEnabled();
  const moderation = new Moderation(mona.chat);
  await moderation.restrict('loud', 'Mute', '10 min');
  await expect(ben.page.locator('.leave')).toHaveText(/^A moderator muted you until \d\d:\d\d\.\s*$/);
  await expect(ben.chat.composer).toBeHidden();

  await ben.page.reload();
  await expect(ben.page.locator('.leave'), 'in the server-rendered page').toContainText('A moderator muted you until');
  await moderation.openPersonDialog('loud');
  await moderation.lift('Muted');
  await expect(ben.chat.composer).toHaveValue('a draft');
  await expect(ben.chat.composer).toBeEnabled();
  await ben.chat.composer.press('Enter');
  await expect(mona.chat.messageWithText('a draft')).toHaveCount(1);
});

test('a banned person is disconnected and does not reconnect', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('bad');
  await new Moderation(mona.chat).restrict('bad', 'Ban', '1 h');
  await expect(ben.page.locator('.chat')).toHaveAttribute('data-connection', 'over');
  await expect(ben.page.locator('.leave')).toContainText('You can’t take part until');
  await expect(ben.page.getByRole('button', { name: 'Reconnect now' })).toHaveCount(0);
});

test('a ban can be lifted when all their messages are deleted', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('bad');
  const moderation = new Moderation(mona.chat);
  await moderation.restrict('bad', 'Ban', '1 h');
  await ben.chat.waitForState('over');
  const bad = await Message.withText(mona.chat, 'bad');
  await bad.delete();
  await bad.expectDeleted();
  await expect((await bad.menu()).getByRole('button')).toHaveAccessibleName('Mute or ban…');
  await mona.page.keyboard.press('Escape');

  const banned = (await moderation.openAudit()).getByRole('listitem').filter({ hasText: 'banned Ben' });
  await banned.getByRole('button', { name: 'Mute or ban Ben' }).click();
  await expect(moderation.personDialog).toContainText(ben.id);
  await moderation.lift('Banned');
  await ben.page.reload();
  await ben.chat.waitForState('live');
});

test('people with the same name show the end of their ids', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const [one, other] = [await openAsGuest('Ann'), await openAsGuest('ANN')];
  await one.chat.sendMessage('from one');
  await other.chat.sendMessage('from the other');
  for (const { text, id } of [{ text: 'from one', id: one.id }, { text: 'from the other', id: other.id }]) {
    await expect(mona.chat.messages.filter({ hasText: text }).locator('.tag')).toHaveText(`·${id.slice(-4)}`);
  }
});

test('the audit log persists over a restart', async ({ moderated, room }) => {
  const { deployment, mona, openAsGuest, restart } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('loud');
  await new Moderation(mona.chat).restrict('loud', 'Mute', '1 day');
  await expect(ben.page.locator('.leave')).toContainText('A moderator muted you until');
  await restart();
  const chat = await ChatPage.open(mona.page, deployment, room);
  await expect((await new Moderation(chat).openAudit()).getByRole('listitem')).toContainText([`muted Ben (${ben.id}) until`]);
});

test('a purge deletes a user’s messages in all rooms', async ({ moderated, room }) => {
  const { deployment, mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  const more = 27;
  for (let index = 0; index < more; index += 1) await ben.chat.sendMessage(`line ${index}`);
  await expect(mona.chat.messageWithText(`line ${more - 1}`)).toHaveCount(1);
  const elsewhere = await ChatPage.open(ben.page, deployment, `${room}-b`);
  await elsewhere.sendMessage('elsewhere');
  await expect(elsewhere.messageWithText('elsewhere')).toHaveAttribute('data-state', 'sent');
  await mona.chat.sendMessage('stays');

  const proxy = await SocketProxy.install(mona.page);
  const chat = await ChatPage.open(mona.page, deployment, room);
  const moderation = new Moderation(chat);
  const dialog = await moderation.openPersonDialog('line 5');
  await dialog.getByRole('radio', { name: 'Delete everything they wrote' }).check();
  await expect(dialog.getByRole('combobox')).toBeHidden();
  await expect(dialog).toContainText('It cannot be undone.');
  await mona.page.keyboard.press('Escape');

  proxy.rejectNext('clear', 'tooFast', 3);
  await moderation.purgeUser('line 5');
  const progress = mona.page.locator('.note');
  await expect(progress).toHaveText('Deleting… Please leave this page open.');
  await expect(progress).toHaveText('All messages of Ben are gone: 28.');
  await expect(chat.log).toBeFocused();
  await expect(chat.log.getByText('This message was deleted.')).toHaveCount(more);
  await expect(chat.messageWithText('stays')).toHaveCount(1);
  await expect(chat.log.getByText('Ben', { exact: true })).toHaveCount(0);
  await expect(elsewhere.log.getByText('This message was deleted.')).toHaveCount(1);
  await expect((await moderation.openAudit()).getByRole('listitem')).toHaveText([new RegExp(`deleted everything that Ben \\(${ben.id}\\) wrote`)]);
});

test('changed rules are confirmed, and slow mode stays visible', async ({ moderated }) => {
  const { mona } = moderated;
  await new Moderation(mona.chat).setRules('30 s', false);
  await expect(mona.page.getByText('Rules of this room: One message every 30 s.')).toBeVisible();
  await expect(mona.page.locator('.leave')).toHaveText('Slow mode: one message every 30 s, but not for you.');
  await new Moderation(mona.chat).setRules('Off', false);
  await expect(mona.page.getByText('Rules of this room: Nothing special.')).toBeVisible();
  await expect(mona.page.locator('.leave')).toBeHidden();
});
