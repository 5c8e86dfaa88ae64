import { ChatPage } from '../support/chat_page.ts';
import { Message } from '../support/message.ts';
import { Moderation } from '../support/moderation.ts';
import { expect, test } from '../support/order.ts';

test.beforeEach(({ homeName }) => test.skip(homeName !== 'local', 'only at home a test says who keeps order'));

test('a moderator deletes anybody’s message for everybody, and it is written down without what it said', async ({ order }) => {
  const { mona, guest } = order;
  const ben = await guest('Ben');
  await ben.chat.say('spoilt');
  await (await Message.saying(mona.chat, 'spoilt')).delete();
  for (const chat of [mona.chat, ben.chat]) {
    await expect(chat.log.getByText('This message was deleted.')).toBeVisible();
    await expect(chat.saying('spoilt')).toHaveCount(0);
  }
  const audit = await new Moderation(mona.chat).audit();
  await expect(audit.getByRole('listitem')).toContainText(['deleted a message of Ben']);
  await expect(audit).not.toContainText('spoilt');
});

test('nobody else has what moderators have, whatever they are called', async ({ order }) => {
  const { mona, guest } = order;
  await mona.chat.say('hello');
  const ben = await guest('Moderator');
  await ben.chat.say('I keep order');
  await expect(mona.chat.messages.filter({ hasText: 'I keep order' }).locator('.badge')).toHaveCount(0);
  await expect(ben.chat.messages.filter({ hasText: 'hello' }).locator('.badge')).toHaveText('Moderator');
  const toolbar = await (await Message.saying(ben.chat, 'hello')).toolbar();
  await expect(toolbar.getByRole('button', { name: 'Reply' })).toBeVisible();
  await expect(toolbar.getByRole('button', { name: /Delete|Mute/ })).toHaveCount(0);
  await ben.page.locator('.room-switch').click();
  await expect(ben.page.getByRole('button', { name: 'Rules of this room' })).toHaveCount(0);
});

test('somebody who is muted is told until when, keeps their draft, and writes again when it is lifted', async ({ order }) => {
  const { mona, guest } = order;
  const ben = await guest('Ben');
  await ben.chat.say('loud');
  await ben.chat.composer.fill('a draft');
  await expect(ben.chat.composer).toBeEnabled();
  const moderation = new Moderation(mona.chat);
  await moderation.sanction('loud', 'Mute', '10 min');
  await expect(ben.page.locator('.leave')).toHaveText(/^A moderator muted you until \d\d:\d\d\.\s*$/);
  await expect(ben.chat.composer).toBeHidden();

  await ben.page.reload();
  await expect(ben.page.locator('.leave'), 'the first paint has it').toContainText('A moderator muted you until');
  await moderation.sanction('loud', 'Mute', 'Lift it now');
  await expect(ben.chat.composer).toBeEnabled();
  await expect(ben.chat.composer).toHaveValue('a draft');
  await ben.chat.composer.press('Enter');
  await expect(mona.chat.saying('a draft')).toHaveCount(1);
});

test('somebody who is banned is out at once, says so calmly, and does not try again', async ({ order }) => {
  const { mona, guest } = order;
  const ben = await guest('Ben');
  await ben.chat.say('bad');
  await new Moderation(mona.chat).sanction('bad', 'Ban', '1 h');
  await expect(ben.page.locator('.chat')).toHaveAttribute('data-connection', 'over');
  await expect(ben.page.locator('.leave')).toContainText('You can’t take part until');
  await expect(ben.page.getByRole('button', { name: 'Reconnect now' })).toHaveCount(0);
});

test('the dialog about a person names them, and Escape does nothing to them', async ({ order }) => {
  const { mona, guest } = order;
  const ben = await guest('Ben');
  await ben.chat.say('hm');
  const dialog = await new Moderation(mona.chat).about('hm');
  await expect(dialog).toContainText('Ben');
  await expect(dialog).toContainText(ben.id);
  await mona.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await ben.chat.say('still here');
  await expect(mona.chat.saying('still here')).toHaveCount(1);
});

test('a moderator mutes from the list of people, too', async ({ order }) => {
  const { mona, guest } = order;
  const ben = await guest('Ben');
  await mona.page.getByRole('button', { name: /online/ }).click();
  await mona.page.getByRole('button', { name: 'Mute or ban Ben…' }).click();
  await mona.page.getByRole('dialog', { name: 'Mute or ban…' }).getByRole('button', { name: 'Mute', exact: true }).click();
  await expect(ben.page.locator('.leave')).toContainText('A moderator muted you until');
});

test('two people of one name are told apart by the ends of their ids', async ({ order }) => {
  const { mona, guest } = order;
  const [one, other] = [await guest('Ann'), await guest('ANN')];
  await one.chat.say('from one');
  await other.chat.say('from the other');
  for (const { text, id } of [{ text: 'from one', id: one.id }, { text: 'from the other', id: other.id }]) {
    await expect(mona.chat.messages.filter({ hasText: text }).locator('.tag')).toHaveText(`·${id.slice(-4)}`);
  }
});

test('what moderators did stays over a restart', async ({ order, room }) => {
  const { home, mona, guest, restart } = order;
  const ben = await guest('Ben');
  await ben.chat.say('loud');
  await new Moderation(mona.chat).sanction('loud', 'Mute', '1 day');
  await expect(ben.page.locator('.leave')).toContainText('A moderator muted you until');
  await restart();
  const chat = await ChatPage.open(mona.page, home, room);
  await expect((await new Moderation(chat).audit()).getByRole('listitem')).toContainText([`muted Ben (${ben.id}) until`]);
});
