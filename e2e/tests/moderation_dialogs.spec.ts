import { ChatPage } from '../support/chat_page.ts';
import { eachOf } from '../support/locators.ts';
import { Message } from '../support/message.ts';
import { Moderation } from '../support/moderation.ts';
import { expect, localOnly, test } from '../support/moderation_fixtures.ts';
import { SocketProxy } from '../support/socket_proxy.ts';

// The dialogs of moderators: what they show, keyboard use, and small screens.

test.beforeEach(({ deploymentName }) => test.skip(deploymentName !== 'local', localOnly));

test('the person dialog shows name and id, Escape changes nothing', async ({ moderated }) => {
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

test('a moderator can mute from the people dialog', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await mona.page.getByRole('button', { name: /online/ }).click();
  await mona.page.getByRole('button', { name: 'Mute or ban Ben' }).click();
  await new Moderation(mona.chat).personDialog.getByRole('button', { name: 'Mute', exact: true }).click();
  await expect(ben.page.locator('.leave')).toContainText('A moderator muted you until');
});

test('the person dialog preselects the current restriction', async ({ moderated }) => {
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
  await expect(dialog.getByRole('combobox'), 'the default does not shorten the mute').toHaveValue('604800');
  await moderation.lift('Muted');
  await moderation.openPersonDialog('loud');
  await expect(dialog).toContainText('Banned until ');
  await expect(dialog).not.toContainText('Muted until ');
});

test('the person dialog reloads the state after a lost answer', async ({ moderated, room }) => {
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

test('a confirmation shifts nothing and disappears', async ({ moderated, room }) => {
  const { deployment, mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('loud');
  await mona.page.clock.install();
  const chat = await ChatPage.open(mona.page, deployment, room);
  await expect(chat.messageWithText('loud')).toHaveCount(1);
  const positions = () => Promise.all([chat.messageWithText('loud').boundingBox(), chat.composer.boundingBox()]);
  const before = await positions();
  await new Moderation(chat).restrict('loud', 'Mute', '10 min');
  const notice = mona.page.getByRole('status').filter({ hasText: /^Ben can’t write until \d\d:\d\d\.$/ });
  await expect(notice).toBeInViewport({ ratio: 1 });
  await expect(mona.page.getByRole('alert')).toHaveCount(0);
  expect(await positions()).toEqual(before);
  await mona.page.clock.runFor(11_000);
  await expect(notice).toHaveCount(0);
});

test('moderation dialogs are disabled while offline', async ({ moderated, room }) => {
  const { deployment, mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('hm');
  const proxy = await SocketProxy.install(mona.page);
  const moderation = new Moderation(await ChatPage.open(mona.page, deployment, room));
  for (const [open, submit] of [[() => moderation.openPersonDialog('hm'), 'Mute'], [() => moderation.openRules(), 'Save']] as const) {
    const dialog = await open();
    const button = dialog.getByRole('button', { name: submit, exact: true });
    await expect(button).toBeEnabled();
    await proxy.disconnect();
    await expect(dialog).toContainText('You are offline. Nothing can be changed right now.');
    await expect(button).toBeDisabled();
    await button.click({ force: true });
    await expect(dialog).toBeVisible();
    proxy.restore();
    await button.click();
    await expect(dialog).toBeHidden();
  }
  await expect(ben.page.locator('.leave')).toContainText('A moderator muted you until');
});

test('a rejected moderation action shows why', async ({ moderated, room }) => {
  const { deployment, mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('hm');
  const proxy = await SocketProxy.install(mona.page);
  const chat = await ChatPage.open(mona.page, deployment, room);
  proxy.rejectNext('mute', 'notAllowed');
  await new Moderation(chat).restrict('hm', 'Mute', '10 min');
  await expect(mona.page.getByRole('alert')).toContainText('You are not allowed to do this here.');
});

test('closing the person dialog by keyboard keeps the focus', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('one');
  await ben.chat.sendMessage('two');
  const [one, two] = [await Message.withText(mona.chat, 'one'), await Message.withText(mona.chat, 'two')];
  await two.article.focus();
  for (let step = 0; step < 10; step += 1) await mona.page.keyboard.press('ArrowRight');
  await expect(two.article.getByRole('button', { name: 'More actions' })).toBeFocused();
  await mona.page.keyboard.press('Enter');
  // The menu is a dialog, too: each step waits for its own one, or Escape could close the menu.
  const [menu, { personDialog }] = [two.article.getByRole('dialog', { name: 'More actions' }), new Moderation(mona.chat)];
  await expect(menu).toBeVisible();
  await mona.page.keyboard.press('ArrowUp');
  await expect(menu.getByRole('button', { name: 'Mute or ban…' })).toBeFocused();
  await mona.page.keyboard.press('Enter');
  await expect(personDialog).toBeVisible();
  await expect(menu).toBeHidden();
  await mona.page.keyboard.press('Escape');
  await expect(personDialog).toBeHidden();
  await expect(two.article).toBeFocused();
  await mona.page.keyboard.press('ArrowUp');
  await expect(one.article).toBeFocused();
});

test.describe('on a phone', () => {
  test.use({ device: { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } } });

  test('all moderator actions of a message fit the screen', async ({ moderated }) => {
    const { mona, openAsGuest } = moderated;
    await (await openAsGuest('Ben')).chat.sendMessage('hm');
    const { article } = await Message.withText(mona.chat, 'hm');
    for (const width of [320, 338, 360, 390, 412]) {
      await mona.page.setViewportSize({ width, height: 844 });
      await article.focus();
      const buttons = article.getByRole('toolbar').getByRole('button').filter({ visible: true });
      const fit = async () => {
        for (const button of await buttons.all()) {
          const { x, width: wide, y, height } = (await button.boundingBox())!;
          expect(x >= 0 && x + wide <= width && y >= 0 && y + height <= 844, `${await button.textContent()} at ${width} pixels`).toBe(true);
        }
      };
      await expect(buttons.last()).toHaveAccessibleName('More actions');
      await fit();
      const tops = new Set(await Promise.all((await buttons.all()).map(async (button) => (await button.boundingBox())!.y)));
      expect(tops.size, `rows at ${width} pixels`).toBe(1);
      await buttons.last().tap();
      await expect(buttons.last()).toHaveAccessibleName('Mute or ban…');
      await fit();
      await mona.page.keyboard.press('Escape');
    }
  });

  test('long names in the people dialog leave ids and buttons visible', async ({ moderated }) => {
    const { mona, openAsGuest } = moderated;
    const name = 'Benjamin of the very long name that goes on and on and on for ev';
    const people = [await openAsGuest(name), await openAsGuest(name)];
    await mona.page.setViewportSize({ width: 320, height: 640 });
    await mona.page.getByRole('button', { name: /online/ }).click();
    const list = mona.page.getByRole('dialog', { name: 'People here' });
    const parts = [list.locator('.badge'), ...people.map(({ id }) => list.getByText(`·${id.slice(-4)}`)), ...(await eachOf(list.getByRole('button'), 9))];
    for (const part of parts) await expect(part).toBeInViewport({ ratio: 1 });
    expect(await list.locator('ul').evaluate((list) => list.scrollWidth - list.clientWidth)).toBe(0);
  });
});
