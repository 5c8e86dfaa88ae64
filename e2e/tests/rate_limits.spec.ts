import { Moderation } from '../support/moderation.ts';
import { expect, localOnly, test } from '../support/moderation_fixtures.ts';

test.beforeEach(({ deploymentName }) => test.skip(deploymentName !== 'local', localOnly));

test.describe('with a limit of four messages in ten seconds', () => {
  test.use({ flags: ['--limit-person-rate', '12'] });

  test('messages over the rate limit are sent later, once and in order', async ({ moderated }) => {
    const { mona, openAsGuest } = moderated;
    const ben = await openAsGuest('Ben');
    const texts = Array.from({ length: 12 }, (_, index) => `fast ${index}`);
    for (const text of texts) await ben.chat.sendMessage(text);
    await expect(ben.page.locator('.leave .countdown')).toHaveText(/^It goes out in \d+ s$/);
    await expect(ben.chat.log.getByRole('button', { name: 'Retry' })).toHaveCount(0);
    await expect(ben.chat.log.locator('[data-state="pending"]')).toHaveCount(0, { timeout: 55_000 });
    const own = mona.chat.messages.locator('.message-text', { hasText: /^fast / });
    await expect(own).toHaveText(texts);
  });
});

test('slow mode counts down and holds the next message', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await new Moderation(mona.chat).setRules('5 s', false);
  const notice = ben.page.locator('.leave');
  await expect(notice).toContainText('One message every 5 s.');
  await ben.chat.sendMessage('first');
  await expect(mona.chat.messageWithText('first')).toHaveCount(1);
  await expect(notice).toContainText(/The next one in \d s/);
  await ben.chat.sendMessage('second');
  await expect(notice).toContainText(/It goes out in \d s/);
  await expect(ben.chat.messageWithText('second')).toHaveAttribute('data-state', 'pending');
  await expect(mona.chat.messageWithText('second')).toHaveCount(1);
  await expect(ben.chat.messageWithText('second')).toHaveAttribute('data-state', 'sent');
});

test('a message held by slow mode can be cancelled by keyboard', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await new Moderation(mona.chat).setRules('1 h', false);
  await expect(ben.page.locator('.leave')).toContainText('One message every 1 h.');
  await ben.chat.sendMessage('said');
  await expect(mona.chat.messageWithText('said')).toHaveCount(1);
  await ben.chat.sendMessage('regretted');
  await expect(ben.chat.messageWithText('regretted')).toContainText('Waiting for its turn…');
  await expect(ben.chat.messageWithText('said').getByRole('button', { name: 'Cancel' })).toHaveCount(0);
  const cancel = ben.chat.messageWithText('regretted').getByRole('button', { name: 'Cancel' });
  await cancel.focus();
  await ben.page.keyboard.press('Enter');
  await expect(ben.chat.messageWithText('regretted')).toHaveCount(0);
  await ben.page.reload();
  await ben.chat.waitForState('live');
  await expect(ben.chat.messageWithText('regretted')).toHaveCount(0);
  await expect(mona.chat.messageWithText('regretted')).toHaveCount(0);
});

test('slow mode does not apply to moderators', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  await new Moderation(mona.chat).setRules('1 h', false);
  await expect(ben.page.locator('.leave')).toContainText('One message every 1 h.');
  for (const text of ['one', 'two']) await mona.chat.sendMessage(text);
  for (const text of ['one', 'two']) await expect(ben.chat.messageWithText(text)).toHaveCount(1);
});

test('read-only mode hides the composer for all but moderators', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  const moderation = new Moderation(mona.chat);
  await ben.chat.composer.fill('later');
  await moderation.setRules('Off', true);
  await expect(ben.page.locator('.leave')).toHaveText('This room can only be read at the moment.');
  await expect(ben.chat.composer).toBeHidden();
  await expect(mona.page.locator('.leave')).toHaveText('Only moderators can write here at the moment.');
  await mona.chat.sendMessage('an announcement');
  await expect(ben.chat.messageWithText('an announcement')).toHaveCount(1);

  const late = await openAsGuest('Cleo');
  await expect(late.page.locator('.leave'), 'a new visitor sees it, too').toHaveText('This room can only be read at the moment.');
  await moderation.setRules('Off', false);
  await expect(ben.chat.composer).toHaveValue('later');
  await expect(late.chat.composer).toBeVisible();
});

test('read-only mode does not change the height of the composer', async ({ moderated }) => {
  const { mona, openAsGuest } = moderated;
  const ben = await openAsGuest('Ben');
  const height = async () => (await ben.page.locator('.composer').boundingBox())!.height;
  const before = await height();
  await new Moderation(mona.chat).setRules('Off', true);
  await expect(ben.page.locator('.leave')).toBeVisible();
  expect(Math.abs((await height()) - before)).toBeLessThanOrEqual(1);
});
