import { Moderation } from '../support/moderation.ts';
import { expect, test } from '../support/order.ts';

test.beforeEach(({ homeName }) => test.skip(homeName !== 'local', 'only at home a test says who keeps order'));

test.describe('where four messages are allowed in ten seconds', () => {
  test.use({ flags: ['--limit-person-rate', '12'] });

  test('whoever writes faster than is allowed loses nothing: all of it arrives by itself, once and in order', async ({ order }) => {
    const { mona, guest } = order;
    const ben = await guest('Ben');
    const texts = Array.from({ length: 12 }, (_, index) => `fast ${index}`);
    for (const text of texts) await ben.chat.say(text);
    await expect(ben.page.locator('.leave .countdown')).toHaveText(/^It goes out in \d+ s$/);
    await expect(ben.chat.log.getByRole('button', { name: 'Retry' })).toHaveCount(0);
    await expect(ben.chat.log.locator('[data-state="pending"]')).toHaveCount(0, { timeout: 55_000 });
    const own = mona.chat.messages.locator('.message-text', { hasText: /^fast / });
    await expect(own).toHaveText(texts.slice(-(await own.count())));
    expect(await own.count()).toBe(texts.length);
  });
});

test('a slow room says so, counts down, and holds the next message until its turn', async ({ order }) => {
  const { mona, guest } = order;
  const ben = await guest('Ben');
  await new Moderation(mona.chat).rule('5 s', false);
  const told = ben.page.locator('.leave');
  await expect(told).toContainText('One message every 5 s.');
  await ben.chat.say('first');
  await expect(mona.chat.saying('first')).toHaveCount(1);
  await expect(told).toContainText(/The next one in \d s/);
  await ben.chat.say('second');
  await expect(told).toContainText(/It goes out in \d s/);
  await expect(ben.chat.saying('second')).toHaveAttribute('data-state', 'pending');
  await expect(mona.chat.saying('second')).toHaveCount(1);
  await expect(ben.chat.saying('second')).toHaveAttribute('data-state', 'sent');
});

test('a message that waits for its turn can be taken back with the keyboard, and nobody ever sees it', async ({ order }) => {
  const { mona, guest } = order;
  const ben = await guest('Ben');
  await new Moderation(mona.chat).rule('1 h', false);
  await expect(ben.page.locator('.leave')).toContainText('One message every 1 h.');
  await ben.chat.say('said');
  await expect(mona.chat.saying('said')).toHaveCount(1);
  await ben.chat.say('regretted');
  await expect(ben.chat.saying('regretted')).toContainText('Waiting for its turn…');
  await expect(ben.chat.saying('said').getByRole('button', { name: 'Cancel' })).toHaveCount(0);
  const cancel = ben.chat.saying('regretted').getByRole('button', { name: 'Cancel' });
  await cancel.focus();
  await ben.page.keyboard.press('Enter');
  await expect(ben.chat.saying('regretted')).toHaveCount(0);
  await ben.page.reload();
  await ben.chat.is('live');
  await expect(ben.chat.saying('regretted')).toHaveCount(0);
  await expect(mona.chat.saying('regretted')).toHaveCount(0);
});

test('moderators are not slow', async ({ order }) => {
  const { mona, guest } = order;
  const ben = await guest('Ben');
  await new Moderation(mona.chat).rule('1 h', false);
  await expect(ben.page.locator('.leave')).toContainText('One message every 1 h.');
  for (const text of ['one', 'two']) await mona.chat.say(text);
  for (const text of ['one', 'two']) await expect(ben.chat.saying(text)).toHaveCount(1);
});

test('in a room that is only read there is no composer, but for moderators, and it comes back', async ({ order }) => {
  const { mona, guest } = order;
  const ben = await guest('Ben');
  const moderation = new Moderation(mona.chat);
  await ben.chat.composer.fill('later');
  await moderation.rule('Off', true);
  await expect(ben.page.locator('.leave')).toHaveText('This room can only be read at the moment.');
  await expect(ben.chat.composer).toBeHidden();
  await expect(mona.page.locator('.leave')).toHaveText('Only moderators can write here at the moment.');
  await mona.chat.say('an announcement');
  await expect(ben.chat.saying('an announcement')).toHaveCount(1);

  const late = await guest('Cleo');
  await expect(late.page.locator('.leave'), 'whoever comes now sees it, too').toHaveText('This room can only be read at the moment.');
  await moderation.rule('Off', false);
  await expect(ben.chat.composer).toHaveValue('later');
  await expect(late.chat.composer).toBeVisible();
});

test('the composer and its substitute are as high: nothing moves when a room is only read', async ({ order }) => {
  const { mona, guest } = order;
  const ben = await guest('Ben');
  const height = async () => (await ben.page.locator('.composer').boundingBox())!.height;
  const before = await height();
  await new Moderation(mona.chat).rule('Off', true);
  await expect(ben.page.locator('.leave')).toBeVisible();
  expect(Math.abs((await height()) - before)).toBeLessThanOrEqual(1);
});
