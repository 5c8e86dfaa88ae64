import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { Message } from '../support/message.ts';
import { Moderation } from '../support/moderation.ts';
import { expect, test } from '../support/moderation_fixtures.ts';

test.beforeEach(({ deploymentName }) => test.skip(deploymentName !== 'local', 'only at home a test says who keeps order'));

test('a moderator deletes anybody’s message for everybody, and it is written down without what it said', async ({ moderated }) => {
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

test('nobody else has what moderators have, whatever they are called', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  await mona.chat.sendMessage('hello');
  const ben = await openAsGuest('Moderator');
  await ben.chat.sendMessage('I keep order');
  await expect(mona.chat.messages.filter({ hasText: 'I keep order' }).locator('.badge')).toHaveCount(0);
  await expect(ben.chat.messages.filter({ hasText: 'hello' }).locator('.badge')).toHaveText('Moderator');
  const toolbar = await (await Message.withText(ben.chat, 'hello')).toolbar();
  await expect(toolbar.getByRole('button', { name: 'Reply' })).toBeVisible();
  await expect(toolbar.getByRole('button', { name: /Delete|Mute/ })).toHaveCount(0);
  await ben.page.locator('.room-switch').click();
  await expect(ben.page.getByRole('button', { name: 'Rules of this room' })).toHaveCount(0);
});

test('somebody who is muted is told until when, keeps their draft, and writes again when it is lifted', async ({ moderated }) => {
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
  await expect(ben.page.locator('.leave'), 'the first paint has it').toContainText('A moderator muted you until');
  await moderation.openPersonDialog('loud');
  await moderation.lift('Muted');
  await expect(ben.chat.composer).toHaveValue('a draft');
  await expect(ben.chat.composer).toBeEnabled();
  await ben.chat.composer.press('Enter');
  await expect(mona.chat.messageWithText('a draft')).toHaveCount(1);
});

test('somebody who is banned is out at once, says so calmly, and does not try again', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('bad');
  await new Moderation(mona.chat).restrict('bad', 'Ban', '1 h');
  await expect(ben.page.locator('.chat')).toHaveAttribute('data-connection', 'over');
  await expect(ben.page.locator('.leave')).toContainText('You can’t take part until');
  await expect(ben.page.getByRole('button', { name: 'Reconnect now' })).toHaveCount(0);
});

test('a ban is lifted even when nothing of what they wrote is left', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('bad');
  const moderation = new Moderation(mona.chat);
  await moderation.restrict('bad', 'Ban', '1 h');
  await ben.chat.waitForState('over');
  const bad = await Message.withText(mona.chat, 'bad');
  await bad.delete();
  await bad.expectDeleted();
  await expect((await bad.toolbar()).getByRole('button')).toHaveAccessibleName('Mute or ban…');

  const banned = (await moderation.openAudit()).getByRole('listitem').filter({ hasText: 'banned Ben' });
  await banned.getByRole('button', { name: 'Mute or ban Ben' }).click();
  await expect(moderation.personDialog).toContainText(ben.id);
  await moderation.lift('Banned');
  await ben.page.reload();
  await ben.chat.waitForState('live');
});

test('the dialog about a person names them, and Escape does nothing to them', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('hm');
  const dialog = await new Moderation(mona.chat).openPersonDialog('hm');
  await expect(dialog).toContainText('Ben');
  await expect(dialog).toContainText(ben.id);
  await mona.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await ben.chat.sendMessage('still here');
  await expect(mona.chat.messageWithText('still here')).toHaveCount(1);
});

test('a moderator mutes from the list of people, too', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await mona.page.getByRole('button', { name: /online/ }).click();
  await mona.page.getByRole('button', { name: 'Mute or ban Ben' }).click();
  await new Moderation(mona.chat).personDialog.getByRole('button', { name: 'Mute', exact: true }).click();
  await expect(ben.page.locator('.leave')).toContainText('A moderator muted you until');
});

test('two people of one name are told apart by the ends of their ids', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const [one, other] = [await openAsGuest('Ann'), await openAsGuest('ANN')];
  await one.chat.sendMessage('from one');
  await other.chat.sendMessage('from the other');
  for (const { text, id } of [{ text: 'from one', id: one.id }, { text: 'from the other', id: other.id }]) {
    await expect(mona.chat.messages.filter({ hasText: text }).locator('.tag')).toHaveText(`·${id.slice(-4)}`);
  }
});

test('what moderators did stays over a restart', async ({ moderated, room }) => {
  const { deployment, mona, openAsGuest, restart } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('loud');
  await new Moderation(mona.chat).restrict('loud', 'Mute', '1 day');
  await expect(ben.page.locator('.leave')).toContainText('A moderator muted you until');
  await restart();
  const chat = await ChatPage.open(mona.page, deployment, room);
  await expect((await new Moderation(chat).openAudit()).getByRole('listitem')).toContainText([`muted Ben (${ben.id}) until`]);
});

test('the dialog says what holds, and chooses what does not shorten it', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('loud');
  const moderation = new Moderation(mona.chat);
  const dialog = await moderation.openPersonDialog('loud');
  await expect(dialog.getByRole('heading')).toHaveText('Mute or ban Ben');
  await expect(dialog).toContainText('They can take part and write.');
  await expect(dialog.getByRole('button', { name: /^Lift/ })).toHaveCount(0);
  await mona.page.keyboard.press('Escape');

  await moderation.restrict('loud', 'Mute', '7 days');
  await moderation.openPersonDialog('loud');
  await expect(dialog).toContainText('Muted until ');
  await expect(dialog.getByRole('radio', { name: 'Mute' })).toBeChecked();
  await expect(dialog.getByRole('combobox')).toHaveValue('604800');
  await mona.page.keyboard.press('Escape');

  await moderation.restrict('loud', 'Ban', '1 h');
  await moderation.openPersonDialog('loud');
  await expect(dialog).toContainText(/Muted until .*Banned until /);
  await expect(dialog.getByRole('radio', { name: 'Ban' })).toBeChecked();
  await expect(dialog.getByRole('combobox'), 'the mute would be shorter otherwise').toHaveValue('604800');
  await moderation.lift('Muted');
  await moderation.openPersonDialog('loud');
  await expect(dialog).toContainText('Banned until ');
  await expect(dialog).not.toContainText('Muted until ');
});

test('what is said on a socket that is lost may be done: the dialog stays, and says what holds when there is another', async ({ moderated, room }) => {
  const { deployment, mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('loud');
  const proxy = await SocketProxy.install(mona.page);
  const chat = await ChatPage.open(mona.page, deployment, room);
  const dialog = await new Moderation(chat).openPersonDialog('loud');
  const mute = dialog.getByRole('button', { name: 'Mute', exact: true });
  await expect(mute).toBeEnabled();
  proxy.dropReplies();
  await mute.click();
  await expect(ben.page.locator('.leave')).toContainText('A moderator muted you until');
  await expect(mute).toBeDisabled();
  await proxy.disconnect();
  await expect(dialog).toContainText('You are offline.');
  proxy.restore();
  await expect(dialog).toContainText('Muted until ');
  await expect(mute).toBeEnabled();
});

test('a moderator has everything deleted that somebody wrote, in every room, and is told how far it is', async ({ moderated, room }) => {
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
  const told = mona.page.locator('.note');
  await expect(told).toHaveText('Deleting… Please leave this page open.');
  await expect(told).toHaveText('All messages of Ben are gone: 28.');
  await expect(chat.log).toBeFocused();
  await expect(chat.log.getByText('This message was deleted.')).toHaveCount(more);
  await expect(chat.messageWithText('stays')).toHaveCount(1);
  await expect(chat.log.getByText('Ben', { exact: true })).toHaveCount(0);
  await expect(elsewhere.log.getByText('This message was deleted.')).toHaveCount(1);
  await expect((await moderation.openAudit()).getByRole('listitem')).toHaveText([new RegExp(`deleted everything that Ben \\(${ben.id}\\) wrote`)]);
});

test('what was done is said in passing: nothing moves, nothing is red, and it goes by itself', async ({ moderated, room }) => {
  const { deployment, mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('loud');
  await mona.page.clock.install();
  const chat = await ChatPage.open(mona.page, deployment, room);
  await expect(chat.messageWithText('loud')).toHaveCount(1);
  const places = () => Promise.all([chat.messageWithText('loud').boundingBox(), chat.composer.boundingBox()]);
  const before = await places();
  await new Moderation(chat).restrict('loud', 'Mute', '10 min');
  const told = mona.page.getByRole('status').filter({ hasText: /^Ben can’t write until \d\d:\d\d\.$/ });
  await expect(told).toBeInViewport({ ratio: 1 });
  await expect(mona.page.getByRole('alert')).toHaveCount(0);
  expect(await places()).toEqual(before);
  await mona.page.clock.runFor(11_000);
  await expect(told).toHaveCount(0);
});

test('a moderator is told what holds in the room from now on, and sees all the time that it is slow', async ({ moderated }) => {
  const { mona } = moderated;
  await new Moderation(mona.chat).setRules('30 s', false);
  await expect(mona.page.getByText('Rules of this room: One message every 30 s.')).toBeVisible();
  await expect(mona.page.locator('.leave')).toHaveText('Slow mode: one message every 30 s, but not for you.');
  await new Moderation(mona.chat).setRules('Off', false);
  await expect(mona.page.getByText('Rules of this room: Nothing special.')).toBeVisible();
  await expect(mona.page.locator('.leave')).toBeHidden();
});

test('without a connection nothing is decided, and the dialogs say so and stay', async ({ moderated, room }) => {
  const { deployment, mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('hm');
  const proxy = await SocketProxy.install(mona.page);
  const moderation = new Moderation(await ChatPage.open(mona.page, deployment, room));
  for (const [open, act] of [[() => moderation.openPersonDialog('hm'), 'Mute'], [() => moderation.openRules(), 'Save']] as const) {
    const dialog = await open();
    const decide = dialog.getByRole('button', { name: act, exact: true });
    await expect(decide).toBeEnabled();
    await proxy.disconnect();
    await expect(dialog).toContainText('You are offline. Nothing can be changed right now.');
    await expect(decide).toBeDisabled();
    await decide.click({ force: true });
    await expect(dialog).toBeVisible();
    proxy.restore();
    await decide.click();
    await expect(dialog).toBeHidden();
  }
  await expect(ben.page.locator('.leave')).toContainText('A moderator muted you until');
});

test('what a moderator may not do is not done, and they are told why', async ({ moderated, room }) => {
  const { deployment, mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('hm');
  const proxy = await SocketProxy.install(mona.page);
  const chat = await ChatPage.open(mona.page, deployment, room);
  proxy.rejectNext('mute', 'notAllowed');
  await new Moderation(chat).restrict('hm', 'Mute', '10 min');
  await expect(mona.page.getByRole('alert')).toContainText('You are not allowed to do this here.');
});

test('a decision that is given up with the keyboard leaves the focus at the message', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('one');
  await ben.chat.sendMessage('two');
  const [one, two] = [await Message.withText(mona.chat, 'one'), await Message.withText(mona.chat, 'two')];
  await two.article.focus();
  for (let step = 0; step < 9; step += 1) await mona.page.keyboard.press('ArrowRight');
  await expect(two.article.getByRole('button', { name: 'Mute or ban…' })).toBeFocused();
  await mona.page.keyboard.press('Enter');
  await expect(mona.page.getByRole('dialog')).toBeVisible();
  await mona.page.keyboard.press('Escape');
  await expect(two.article).toBeFocused();
  await mona.page.keyboard.press('ArrowUp');
  await expect(one.article).toBeFocused();
});

test.describe('on a phone', () => {
  test.use({ device: { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } } });

  test('all that a moderator can do about a message is on the screen', async ({ moderated }) => {
    const { mona, openAsGuest } = moderated;
    await (await openAsGuest('Ben')).chat.sendMessage('hm');
    const { article } = await Message.withText(mona.chat, 'hm');
    for (const width of [320, 338, 360, 390, 412]) {
      await mona.page.setViewportSize({ width, height: 844 });
      await article.focus();
      const buttons = article.getByRole('toolbar').getByRole('button');
      await expect(buttons.filter({ visible: true }).last()).toHaveAccessibleName('Mute or ban…');
      for (const button of await buttons.filter({ visible: true }).all()) {
        const { x, width: wide } = (await button.boundingBox())!;
        expect(x >= 0 && x + wide <= width, `${await button.getAttribute('aria-label')} at ${width} pixels`).toBe(true);
      }
    }
  });

  test('whatever people are called, the list of them shows what tells them apart', async ({ moderated }) => {
    const { mona, openAsGuest } = moderated;
    const name = 'Benjamin of the very long name that goes on and on and on for ev';
    const people = [await openAsGuest(name), await openAsGuest(name)];
    await mona.page.setViewportSize({ width: 320, height: 640 });
    await mona.page.getByRole('button', { name: /online/ }).click();
    const list = mona.page.getByRole('dialog', { name: 'People here' });
    const told = [list.locator('.badge'), ...people.map(({ id }) => list.getByText(`·${id.slice(-4)}`)), ...(await list.getByRole('button').all())];
    expect(told).toHaveLength(6);
    for (const part of told) await expect(part).toBeInViewport({ ratio: 1 });
    expect(await list.locator('ul').evaluate((list) => list.scrollWidth - list.clientWidth)).toBe(0);
  });
});
