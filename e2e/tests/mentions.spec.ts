import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import type { WireClient } from '../support/wire_client.ts';

// Mentions, and the list of people.

async function renamed(client: WireClient, name: string): Promise<WireClient> {
  client.send({ action: 'hello' });
  await client.next('page');
  client.send({ action: 'rename', name });
  await client.next('welcome');
  return client;
}

test('a mention is completed with the keyboard and marked', async ({ page, deployment, room, connect }) => {
  const ann = await renamed(await connect(room), 'Ann of Cleves');
  await renamed(await connect(room), 'Andrew');
  const chat = await ChatPage.open(page, deployment, room);
  await expect(page.getByText('3 online')).toBeVisible();
  const list = page.getByRole('listbox', { name: 'People to mention' });

  await chat.composer.pressSequentially('hi @an');
  await expect(list.getByRole('option')).toHaveText([/Andrew$/, /Ann of Cleves$/]);
  await expect(list.getByRole('option', { selected: true })).toHaveText(/Andrew$/);
  await chat.composer.press('ArrowDown');
  await chat.composer.press('Enter');
  await expect(chat.composer).toHaveValue('hi @Ann of Cleves ');
  await expect(list).toBeHidden();
  await chat.composer.press('Enter');
  const message = await ann.next('message');
  expect(message).toMatchObject({ text: 'hi @Ann of Cleves', mentions: [{ name: 'Ann of Cleves' }] });
  await expect(chat.messageWithText('hi @Ann of Cleves').locator('.mention')).toHaveText('@Ann of Cleves');
  await expect(chat.messageWithText('hi @Ann of Cleves')).not.toHaveClass(/calling/);
});

test('names match and have initials without regard to case', async ({ page, deployment, room, connect }) => {
  const queries = { straße: 'STRASSE', ΝΊΚΟΣ: 'νίκος', ömer: 'ÖM', İpek: 'İP', ısı: 'IS' };
  for (const name of Object.keys(queries)) {
    await renamed(await connect(room), name);
  }
  const chat = await ChatPage.open(page, deployment, room);
  await expect(page.getByText('6 online')).toBeVisible();
  const options = page.getByRole('listbox', { name: 'People to mention' }).getByRole('option');
  for (const [name, query] of Object.entries(queries)) {
    await chat.composer.fill('');
    await chat.composer.pressSequentially(`@${query}`);
    await expect(options.locator('.person-name')).toHaveText([name]);
    const initial = [...name].slice(0, 1).join('').toUpperCase();
    await expect(options.locator('.avatar')).toHaveText([initial], { useInnerText: true });
  }
});

test('two people whose names differ only in case have a tag', async ({ page, deployment, room, connect }) => {
  for (const [name, text] of [['Straße', 'one'], ['STRASSE', 'two'], ['Straße 2', 'three']] as const) {
    (await renamed(await connect(room), name)).send({ action: 'send', text });
  }
  const chat = await ChatPage.open(page, deployment, room);
  for (const [text, tags] of [['one', 1], ['two', 1], ['three', 0]] as const) {
    await expect(chat.messageWithText(text)).toBeVisible();
    await expect(chat.messageWithText(text).locator('.tag')).toHaveCount(tags);
  }
});

test('the mention list works with Escape and the mouse', async ({ page, deployment, room, connect }) => {
  await renamed(await connect(room), 'Ann');
  const chat = await ChatPage.open(page, deployment, room);
  await expect(page.getByText('2 online')).toBeVisible();
  const list = page.getByRole('listbox');
  await chat.composer.pressSequentially('@a');
  await expect(list).toBeVisible();
  await chat.composer.press('Escape');
  await expect(list).toBeHidden();
  await expect(chat.composer).toHaveValue('@a');
  await chat.composer.pressSequentially('n');
  await list.getByRole('option').click();
  await expect(chat.composer).toHaveValue('@Ann ');
  await expect(chat.composer).toBeFocused();
});

test('only the mentioned person has the message highlighted', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room);
  const chat = await ChatPage.open(page, deployment, room);
  const people = async () => (ann.send({ action: 'people' }), (await ann.next('presence'))['people']);
  ann.send({ action: 'hello' });
  const me = (await ann.next('welcome'))['you'];
  const other = (await people()).find((person: { id: string }) => person.id !== me.id);
  ann.send({ action: 'send', text: `hello @${other.name}`, mentions: [other] });
  await expect(chat.messageWithText(`hello @${other.name}`)).toHaveClass(/calling/);
  await expect(chat.messageWithText(`hello @${other.name}`).locator('.mention')).toHaveText(`@${other.name}`);
  ann.send({ action: 'send', text: `hello @${me.name}`, mentions: [me] });
  await expect(chat.messageWithText(`hello @${me.name}`).locator('.mention')).toBeVisible();
  await expect(chat.messageWithText(`hello @${me.name}`)).not.toHaveClass(/calling/);
});

test('the people dialog follows who is online', async ({ page, deployment, room, connect }) => {
  // On wider windows it is a panel.
  await page.setViewportSize({ width: 1024, height: 768 });
  const ann = await renamed(await connect(room), 'Ann');
  await ChatPage.open(page, deployment, room);
  const online = page.getByRole('button', { name: /online/ });
  await expect(online).toHaveText('2 online');
  await online.click();
  const people = page.getByRole('dialog', { name: 'People here' });
  await expect(people.getByRole('listitem')).toHaveCount(2);
  await expect(people.getByText('Ann', { exact: true })).toBeVisible();
  await expect(people.getByText('(you)')).toBeVisible();
  ann.close();
  await expect(people.getByRole('listitem')).toHaveCount(1);
  await expect(online).toHaveText('1 online');
  await page.keyboard.press('Escape');
  await expect(people).toBeHidden();
  await expect(online).toBeFocused();
});
