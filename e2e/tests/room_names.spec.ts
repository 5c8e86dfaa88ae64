import type { Page } from '@playwright/test';
import { loadAttacks, expandPayload, type Attack, type Payload } from '../support/attacks.ts';
import { Canary } from '../support/canary.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';

// Finding a room while typing, names of rooms in any script, and titles and topics, on both deployments.

const header = (page: Page) => page.getByRole('heading', { level: 1 }).getByRole('button');
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Rooms' });
const field = (page: Page) => dialog(page).getByRole('combobox', { name: 'Name of a room' });
const options = (page: Page) => dialog(page).getByRole('option');

/** Stores these rooms as visited. */
const visit = (page: Page, rooms: string[]) => page.addInitScript((rooms) => localStorage.setItem('rooms', JSON.stringify(rooms)), rooms);

async function openDialog(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await expect(dialog(page)).toBeVisible();
}

for (const [size, viewport] of [['desktop', { width: 1280, height: 800 }], ['phone', { width: 390, height: 844 }]] as const) {
  test.describe(size, () => {
    test.use({ viewport });

    test('typing finds a room of thirty, and Enter opens it @page', async ({ page, deployment, room }) => {
      await visit(page, Array.from({ length: 30 }, (_, number) => `${room}-${number + 1}`));
      await ChatPage.open(page, deployment, room);
      await openDialog(page);
      // The random name of the test may have a number in it.
      const number = [17, 18, 19, 21, 22, 23, 24, 25].map(String).find((number) => !room.includes(number))!;
      await field(page).fill(number);
      await expect(options(page)).toHaveText([`#${room}-${number}`, `Create #${number}`, `Create the private room “${number}”`]);
      await expect(options(page).first().locator('mark')).toHaveText(number);
      await expect(options(page).first()).toHaveAttribute('aria-selected', 'true');
      await field(page).press('Enter');
      await expect(page).toHaveURL(deployment.pageUrl(`${room}-${number}`));
    });

    test('arrow keys choose, also the room to create @page', async ({ page, deployment, room }) => {
      await visit(page, [`${room}-cats`, `${room}-catalogue`]);
      await ChatPage.open(page, deployment, room);
      await openDialog(page);
      await field(page).fill(`${room} cat`);
      const toCreate = [`Create #${room} cat${room}-cat`, `Create the private room “${room} cat”`];
      await expect(options(page)).toHaveText([`#${room}-cats`, `#${room}-catalogue`, ...toCreate]);
      const active = () => field(page).evaluate((field) => document.getElementById(field.getAttribute('aria-activedescendant')!)?.textContent);
      expect(await active()).toBe(`#${room}-cats`);
      await field(page).press('ArrowDown');
      expect(await active()).toBe(`#${room}-catalogue`);
      await field(page).press('ArrowUp');
      await field(page).press('ArrowUp');
      expect(await active()).toContain('Create the private room');
      await field(page).press('ArrowUp');
      expect(await active()).toContain('Create #');
      await field(page).press('Enter');
      await expect(page).toHaveURL(deployment.pageUrl(`${room}-cat`));
      await expect(header(page)).toHaveText(`#${room} cat`);
    });

    test('a name in Japanese has one address, and is the title of the room', async ({ page, deployment, room, browser }) => {
      const name = `日本語の部屋 ${room}`;
      await ChatPage.open(page, deployment, room);
      await openDialog(page);
      await field(page).fill(name);
      await field(page).press('Enter');
      await expect(page).toHaveURL(/\/r\/t-[0-9a-f-]+-[0-9a-z]{6}$/);
      await expect(header(page)).toHaveText(`#${name}`);
      await expect(page).toHaveTitle(`#${name} · Chat`);
      const address = page.url();

      // Another person who types the same name meets the first one.
      const other = await (await browser.newContext({ locale: 'en-GB', viewport })).newPage();
      await ChatPage.open(other, deployment, room);
      await openDialog(other);
      await field(other).fill(name);
      await field(other).press('Enter');
      await expect(other).toHaveURL(address);
      await expect(header(other)).toHaveText(`#${name}`);
      await other.context().close();

      // The title is known in other rooms, and finds the room.
      await ChatPage.open(page, deployment, room);
      await openDialog(page);
      await expect(dialog(page).getByRole('link')).toHaveText(['#lobby', `#${room}`, `#${name}`]);
      await field(page).fill('日本語');
      await expect(options(page).first()).toContainText(name);
      await field(page).press('Enter');
      await expect(page).toHaveURL(address);
    });

    test('title, topic and description are set before the first message and read by all', async ({ page, deployment, room, browser }) => {
      const chat = await ChatPage.open(page, deployment, room);
      await openDialog(page);
      await dialog(page).getByRole('button', { name: 'About this room' }).click();
      const about = page.getByRole('dialog', { name: 'About this room' });
      await about.getByRole('textbox', { name: 'Title' }).fill('猫 Cats');
      await about.getByRole('textbox', { name: 'Topic' }).fill('a\u202eb');
      await about.getByRole('button', { name: 'Save' }).click();
      await expect(about).toContainText('This has an invisible character');
      const topic = `Cats only, see https://example.com/${'long/'.repeat(20)} for more.`;
      await about.getByRole('textbox', { name: 'Topic' }).fill(topic);
      await about.getByRole('textbox', { name: 'Description' }).fill('One\n\nTwo <b>');
      await about.getByRole('button', { name: 'Save' }).click();
      await expect(about).toBeHidden();
      await expect(header(page)).toHaveText('#猫 Cats');

      await chat.sendMessage('meow');
      await expect(chat.messages).toHaveAttribute('data-state', 'sent');
      // Without scripts, the page of a later visitor has all of it.
      const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB', viewport });
      const still = await context.newPage();
      await still.goto(deployment.pageUrl(room));
      await expect(header(still)).toHaveText('#猫 Cats');
      await expect(still).toHaveTitle('#猫 Cats · Chat');
      await expect(still.locator('.topic')).toHaveText(topic);
      await context.close();

      const reader = await (await browser.newContext({ locale: 'en-GB', viewport })).newPage();
      await ChatPage.open(reader, deployment, room);
      await openDialog(reader);
      await dialog(reader).getByRole('button', { name: 'About this room' }).click();
      const shown = reader.getByRole('dialog', { name: 'About this room' });
      await expect(shown.locator('.about-text')).toHaveText('One\n\nTwo <b>');
      await expect(shown.getByRole('link')).toHaveAttribute('rel', 'noopener noreferrer nofollow ugc');
      await expect(shown.getByRole('button', { name: 'Save' })).toBeHidden();
      expect(await reader.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await reader.context().close();
    });
  });
}

test('what cannot be a name of a room is explained @page', async ({ page, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  await openDialog(page);
  for (const [typed, sentence] of [
    ['', 'Please enter the name of a room.'],
    ['   ', 'Please enter the name of a room.'],
    ['!?', 'needs a letter or a digit'],
    ['a\u202eb', 'no invisible characters'],
    ['x'.repeat(81), 'at most 80 characters'],
  ] as const) {
    await field(page).fill(typed);
    await field(page).press('Enter');
    await expect(dialog(page)).toContainText(sentence);
    await expect(field(page)).toHaveAttribute('aria-invalid', 'true');
  }
});

test.describe('with a finger', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('opening the list of rooms raises no keyboard @page', async ({ page, deployment, room }) => {
    await ChatPage.open(page, deployment, room);
    await header(page).click();
    await expect(dialog(page)).toBeVisible();
    await expect(field(page)).not.toBeFocused();
    await field(page).click();
    await expect(field(page)).toBeFocused();
  });
});

test('attacks in titles, topics and descriptions are shown as text', async ({ page, context, deployment, room, connect }) => {
  type Text = Attack & { payload: Payload; as?: string };
  const payloads = loadAttacks<Text>('texts', deployment)
    .map(({ payload }) => expandPayload(payload).trim())
    .filter((text) => text.length > 0 && !/[\n\r\t]| {2}/.test(text));
  const canary = await Canary.in(context);
  const titles: [string, string][] = [];
  for (const [number, text] of payloads.filter((text) => text.length <= 80).entries()) {
    if (titles.length >= 20) break;
    const there = await connect(`${room}-${number}`);
    const answer = await there.request({ action: 'describe', details: { title: text, topic: text, description: text } }, 'details');
    if (answer['type'] === 'details') titles.push([`${room}-${number}`, text]);
    there.close();
  }
  expect(titles.length).toBe(20);
  await visit(page, titles.map(([name]) => name));
  await ChatPage.open(page, deployment, room);
  await openDialog(page);
  const link = (name: string) => dialog(page).locator(`a[href="/r/${name}"] .room-name`);
  for (const [name, title] of titles) await expect(link(name)).toHaveText(title, { useInnerText: false });
  expect(await canary.findings(page)).toEqual([]);
  for (const [name, text] of titles.slice(0, 6)) {
    await page.goto(deployment.pageUrl(name));
    await expect(header(page)).toHaveText(`#${text}`);
    await expect(page).toHaveTitle(`#${text} · Chat`);
    await expect(page.locator('.topic')).toHaveText(text);
    expect(await canary.findings(page)).toEqual([]);
  }
});
