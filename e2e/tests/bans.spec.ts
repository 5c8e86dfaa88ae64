import { ChatPage } from '../support/chat_page.ts';
import { Moderation } from '../support/moderation.ts';
import { expect, localOnly, test } from '../support/moderation_fixtures.ts';

test.beforeEach(({ deploymentName }) => test.skip(deploymentName !== 'local', localOnly));

test('a banned person cannot see presence, search or erase data', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('bad');
  await new Moderation(mona.chat).restrict('bad', 'Ban', '1 h');
  await ben.chat.waitForState('over');
  await expect(ben.page.locator('.presence')).toHaveText('Offline');
  await ben.page.getByRole('button', { name: 'Search' }).click();
  const search = ben.page.getByRole('dialog', { name: 'Search' });
  await search.getByRole('searchbox').fill('bad');
  await search.getByRole('searchbox').press('Enter');
  await expect(search.getByRole('status')).toHaveText(/^You can’t take part until/);
  await ben.page.keyboard.press('Escape');
  await ben.page.locator('.me').click();
  await ben.page.getByRole('button', { name: 'You and your data' }).click();
  const dialog = ben.page.getByRole('dialog', { name: 'You and your data' });
  await expect(dialog.getByRole('button', { name: 'Delete everything I wrote…' })).toBeDisabled();
  await expect(dialog).toContainText(/You can’t take part until .* Until then a moderator can delete your messages for you\./);
});

test('a lifted ban takes effect on retry, on open and new pages', async ({ moderated, room }) => {
  const { deployment, mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('bad');
  const moderation = new Moderation(mona.chat);
  await moderation.restrict('bad', 'Ban', '1 h');
  await ben.chat.waitForState('over');
  const late = await ben.context.newPage();
  await late.goto(deployment.pageUrl(room));
  await expect(late.getByText('You, or somebody at your address, were sent away by a moderator.')).toBeVisible();
  await expect(late.getByRole('time')).toHaveText(/ UTC$/);
  const retry = ben.page.locator('.leave').getByRole('button', { name: 'Try again' });
  const answer = ben.page.waitForResponse(/\/state\//);
  await retry.click();
  expect((await answer).status(), 'the ban still holds').toBe(403);
  await expect(retry).toBeVisible();

  await moderation.openPersonDialog('bad');
  await moderation.lift('Banned');
  await retry.click();
  await ben.chat.waitForState('live');
  await late.getByRole('link', { name: 'Try again' }).click();
  await new ChatPage(late).waitForState('live');
});

test('a muted person cannot change their name', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await ben.chat.sendMessage('loud');
  await new Moderation(mona.chat).restrict('loud', 'Mute', '10 min');
  await expect(ben.chat.composer).toBeHidden();
  await ben.page.locator('.me').click();
  await ben.page.getByRole('textbox', { name: 'Your name' }).fill('Queen');
  await ben.page.getByRole('button', { name: 'Save' }).click();
  const profile = ben.page.getByRole('dialog', { name: 'Your profile' });
  await expect(profile.getByText('A moderator has muted you for now.')).toBeVisible();
  await expect(ben.page.locator('.me-name')).toHaveText('Ben');
  await ben.page.reload();
  await expect(ben.page.locator('.me-name')).toHaveText('Ben');
});
