import type { Browser, BrowserContextOptions, Locator, Page } from '@playwright/test';
import { leave, withProviderServer } from '../support/access_servers.ts';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, noPicture, test, type Deployment } from '../support/fixtures.ts';
import { expectNoShift, recordShifts } from '../support/layout_shifts.ts';
import { png, stripes, transparentPng } from '../support/images.ts';
import { openPeople } from '../support/people.ts';
import { SocketProxy } from '../support/socket_proxy.ts';

// The profile of a person: picture, colour and status.

const devices: { [name: string]: BrowserContextOptions } = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};

/** Three stripes, of which the middle one is the picture. */
const threeStripes = stripes(300, 100, [[200, 40, 40], [40, 160, 60], [40, 40, 200]]);

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Your profile' });
const status = (page: Page) => dialog(page).getByRole('textbox', { name: 'Status' });
/** The sentence of the whole form. What signs in with a passkey has one of its own. */
const note = (page: Page) => dialog(page).locator('.name-hint[role="status"]');
const preview = (page: Page) => dialog(page).locator('.profile-picture .avatar');
const colour = (page: Page, name: string) => dialog(page).getByRole('radio', { name, exact: true });
const cardOf = (page: Page, name: string) => page.getByRole('dialog', { name });

async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  return (await browser.newContext({ locale: 'en-GB', ...options })).newPage();
}

/** Opens the dialog and waits until the profile is loaded. */
async function openProfile(page: Page): Promise<void> {
  await page.locator('.me').click();
  await expect(dialog(page)).toBeVisible();
  await expect(colour(page, 'Automatic')).toBeEnabled();
}

async function choosePicture(page: Page, buffer: Buffer, name = 'boat.png', mimeType = 'image/png'): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await dialog(page).getByRole('button', { name: 'Choose picture' }).click();
  await (await choosing).setFiles({ name, mimeType, buffer });
}

async function save(page: Page): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await expect(dialog(page)).toBeHidden();
}

/** Returns colours of an image, once it is loaded: red, green and blue of these points, in parts of the width and the height. */
async function coloursOf(image: Locator, ...points: [number, number][]): Promise<number[][]> {
  await expect.poll(() => image.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)).toBe(96);
  return image.evaluate((image: HTMLImageElement, points) => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 96;
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    return points.map(([x, y]) => [...context.getImageData(x * 95, y * 95, 1, 1).data].slice(0, 3));
  }, points);
}

const addressOf = (image: Locator): Promise<string> => image.evaluate((image: HTMLImageElement) => image.src);

/** Expects colours, which the encoding of the picture changes by a little. */
function expectColours(colours: number[][], ...expected: number[][]): void {
  const difference = colours.flat().map((value, index) => Math.abs(value - expected.flat()[index]!));
  expect(Math.max(...difference), JSON.stringify(colours)).toBeLessThan(24);
}

/** Shows the people in the room. Returns the list. */
async function showPeople(page: Page): Promise<Locator> {
  await openPeople(page);
  return page.locator('.people-panel, .people[open]').first();
}

/** Opens the room as Ann, who has written a message. */
async function openAsAnn(page: Page, deployment: Deployment, room: string): Promise<ChatPage> {
  const chat = await ChatPage.open(page, deployment, room);
  await openProfile(page);
  await dialog(page).getByLabel('Your name').fill('Ann');
  await save(page);
  await chat.sendMessage('first');
  await expect(chat.messageWithText('first')).toHaveAttribute('data-state', 'sent');
  return chat;
}

for (const [name, device] of Object.entries(devices)) {
  test.describe(`on a ${name}`, () => {
    test.use(device);

    test('others see a new picture, colour and status at once, and so does every browser of the person', async ({ page, browser, deployment, room }) => {
      test.setTimeout(120_000);
      const ann = await openAsAnn(page, deployment, room);
      const other = await newPage(browser, device);
      await recordShifts(other);
      const ben = await ChatPage.open(other, deployment, room);
      const seen = ben.messageWithText('first');
      await expect(seen.locator('.picture')).toHaveCount(0);

      await openProfile(page);
      await expectAccessible(page);
      await choosePicture(page, threeStripes);
      expectColours(await coloursOf(preview(page).locator('.picture'), [0.02, 0.5], [0.98, 0.5]), [40, 160, 60], [40, 160, 60]);
      await colour(page, 'Blue').click();
      await expect(preview(page)).toHaveClass(/hue-8/);
      await expect(dialog(page)).toContainText('80 characters left');
      await status(page).fill('On holiday 🏖');
      await expect(dialog(page)).toContainText('68 characters left');
      await expectAccessible(page);
      await save(page);

      // Nobody has reloaded, and nothing has moved.
      const source = /^\/pictures\/[\w-]+\?v=\d+$/;
      await expect(seen.locator('.picture')).toHaveAttribute('src', source);
      expectColours(await coloursOf(seen.locator('.picture'), [0.5, 0.5]), [40, 160, 60]);
      await expect(seen).toHaveClass(/hue-8/);
      await expectNoShift(other);
      await expect(ann.messageWithText('first').locator('.picture')).toHaveAttribute('src', source);
      await expect(page.locator('.me .picture')).toHaveAttribute('src', source);
      const people = await showPeople(other);
      const row = people.getByRole('button', { name: /^Ann/ });
      await expect(row.locator('.picture')).toHaveAttribute('src', source);
      await expect(row).toContainText('On holiday 🏖');
      await expectAccessible(other);
      await row.click();
      await expect(cardOf(other, 'Ann').locator('.picture')).toHaveAttribute('src', source);
      await expect(cardOf(other, 'Ann')).toContainText('On holiday 🏖');
      await expectAccessible(other);

      // After a reload, and in a second browser of the same person.
      await page.reload();
      await ann.waitForState('live');
      const second = await newPage(browser, { ...device, storageState: await page.context().storageState() });
      await ChatPage.open(second, deployment, `${room}-2`);
      for (const reloaded of [page, second]) {
        await expect(reloaded.locator('.me .picture')).toHaveAttribute('src', source);
        await openProfile(reloaded);
        await expect(status(reloaded)).toHaveValue('On holiday 🏖');
        await expect(colour(reloaded, 'Blue')).toBeChecked();
        await expect(preview(reloaded).locator('.picture')).toHaveAttribute('src', source);
      }

      // What the second browser removes is gone for everybody.
      await dialog(second).getByRole('button', { name: 'Remove picture' }).click();
      await expect(dialog(second).getByRole('button', { name: 'Choose picture' })).toBeFocused();
      await expect(preview(second).locator('.picture')).toHaveCount(0);
      await colour(second, 'Automatic').click();
      await status(second).fill('');
      await save(second);
      await expect(seen.locator('.picture')).toHaveCount(0);
      await expect(page.locator('.me .picture')).toHaveCount(0);
      await expect(second.locator('.me .picture')).toHaveCount(0);
      await other.reload();
      await ben.waitForState('live');
      await expect(ben.messageWithText('first').locator('.picture')).toHaveCount(0);
      if (name === 'phone') await showPeople(other);
      const after = other.locator('.people-panel, .people[open]').first().getByRole('button', { name: /^Ann/ });
      await after.click();
      await expect(cardOf(other, 'Ann').locator('code')).toBeVisible();
      await expect(cardOf(other, 'Ann')).not.toContainText('On holiday');
    });

    test('the page that the server renders shows pictures without scripts, and the initial where there is none', async ({ page, browser, deployment, room }) => {
      const ann = await openAsAnn(page, deployment, room);
      await openProfile(page);
      await choosePicture(page, png(120, 120, [200, 120, 40]));
      await save(page);
      await ann.sendMessage('second');
      await expect(ann.messageWithText('second')).toHaveAttribute('data-state', 'sent');

      const reader = await newPage(browser, { ...device, javaScriptEnabled: false });
      await reader.goto(deployment.pageUrl(room));
      // The newest message says what its author looks like, and the first one of the group shows it.
      const picture = reader.locator('.message.head .picture');
      await expect(picture).toHaveCount(1);
      expectColours(await coloursOf(picture, [0.5, 0.5]), [200, 120, 40]);

      await openProfile(page);
      await dialog(page).getByRole('button', { name: 'Remove picture' }).click();
      await save(page);
      // Stored messages still say that there is a picture. The server has it no more.
      await expect.poll(async () => (await reader.request.get(await addressOf(picture))).status()).toBe(noPicture(deployment));
      const late = await newPage(browser, { ...device, javaScriptEnabled: false });
      await late.goto(deployment.pageUrl(room));
      await expect(late.locator('.message.head .picture')).toHaveCount(1);
      const avatar = (await late.locator('.message.head').boundingBox())!;
      const clip = { x: avatar.x, y: avatar.y, width: 56, height: Math.min(avatar.height, 48) };
      const broken = await late.screenshot({ clip });
      await late.locator('.picture').evaluate((picture) => picture.remove());
      expect(broken.equals(await late.screenshot({ clip })), 'the initial is seen as if there were no picture').toBe(true);
    });

    test('a picture that cannot be loaded leaves the initial, and nothing moves', async ({ page, browser, deployment, room }) => {
      await openAsAnn(page, deployment, room);
      await openProfile(page);
      await choosePicture(page, threeStripes);
      await save(page);
      const other = await newPage(browser, device);
      await other.route(/\/pictures\//, (route) => route.abort());
      await recordShifts(other);
      const ben = await ChatPage.open(other, deployment, room);
      const picture = ben.messageWithText('first').locator('.picture');
      await expect(picture).toHaveAttribute('data-image', 'missing');
      await expect(picture).toBeHidden();
      await expectNoShift(other);
      // A later picture is tried again.
      await other.unroute(/\/pictures\//);
      await openProfile(page);
      await choosePicture(page, png(96, 96));
      await save(page);
      await expect(picture).toHaveAttribute('data-image', 'there');
      await expect(picture).toBeVisible();
      await expectNoShift(other);
    });

    test('an error is shown beside its field, and the typed text stays @page', async ({ page, deployment, room }) => {
      const proxy = await SocketProxy.install(page);
      await ChatPage.open(page, deployment, room);
      await openProfile(page);
      await choosePicture(page, Buffer.from('not an image'), 'notes.txt', 'text/plain');
      await expect(dialog(page)).toContainText('notes.txt: ');
      await expect(preview(page).locator('.picture')).toHaveCount(0);
      await choosePicture(page, threeStripes);
      await expect(dialog(page)).not.toContainText('notes.txt: ');

      await status(page).fill('x'.repeat(81));
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await expect(dialog(page)).toContainText('A status has at most 80 characters.');
      await expect(status(page)).toBeFocused();
      await expect(status(page)).toHaveAttribute('aria-invalid', 'true');
      await status(page).fill('hidden \u202e text');
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await expect(dialog(page)).toContainText('a character that nobody could see');
      await expectAccessible(page);
      await status(page).fill('Back soon');

      for (const [action, code, sentence] of [['upload', 'tooFast', 'a lot in a short time'], ['setProfile', 'unavailable', 'could not take it'], ['setProfile', 'badField', 'could not be saved'], ['setProfile', 'noImage', 'Please save again']] as const) {
        proxy.rejectNext(action, code, 1);
        await dialog(page).getByRole('button', { name: 'Save' }).click();
        await expect(note(page), action).toContainText(sentence);
        await expect(status(page)).toHaveValue('Back soon');
      }

      await proxy.disconnect();
      await expect(note(page)).toHaveText('You are offline. Nothing can be changed right now.');
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await expect(dialog(page)).toBeVisible();
      proxy.restore();
      await expect(note(page)).not.toContainText('offline', { timeout: 30_000 });
      await save(page);
      await expect(page.locator('.me .picture')).toBeVisible();
      await openProfile(page);
      await expect(status(page)).toHaveValue('Back soon');
    });
  });
}

for (const [name, options, texts] of [
  ['a phone', { ...devices['phone'] }, { title: 'Your profile', name: 'Your name', status: 'Status', save: 'Save', sending: 'Sending…', offline: 'You are offline.', lost: 'The connection was lost. Please save again.' }],
  ['a desktop', { ...devices['desktop'] }, { title: 'Your profile', name: 'Your name', status: 'Status', save: 'Save', sending: 'Sending…', offline: 'You are offline.', lost: 'The connection was lost. Please save again.' }],
  ['a desktop, in Japanese', { ...devices['desktop'], locale: 'ja-JP' }, { title: 'プロフィール', name: '名前', status: 'ステータス', save: '保存', sending: '送信中', offline: 'オフライン', lost: '接続が切れました。もう一度保存してください。' }],
] as const) {
  test(`a connection that is lost while saving leaves the dialog with what was typed, on ${name} @page`, async ({ browser, deployment, room }) => {
    const page = await newPage(browser, { serviceWorkers: 'block', ...options });
    const proxy = await SocketProxy.install(page);
    await ChatPage.open(page, deployment, room);
    const profile = page.getByRole('dialog', { name: texts.title });
    const [typed, note] = [profile.getByLabel(texts.name), profile.locator('.name-hint[role="status"]')];
    const save = profile.getByRole('button', { name: texts.save });
    const openDialog = async () => {
      await page.locator('.me').click();
      await expect(profile.getByRole('radio').first()).toBeEnabled();
    };
    // A new name with a new status, and then a new name alone.
    for (const [you, said] of [['Grace', 'At lunch'], ['Ada', 'At lunch']] as const) {
      await openDialog();
      await typed.fill(you);
      const field = profile.getByRole('textbox', { name: texts.status });
      await field.fill(said);
      proxy.dropReplies();
      await save.click();
      await expect(page.locator('.me-name')).toHaveText(you);
      if (you === 'Grace') await expect(note).toContainText(texts.sending);
      await proxy.disconnect();
      await expect(note).toContainText(texts.offline);
      await expect(typed).toHaveValue(you);
      await expect(field).toHaveValue(said);
      proxy.restore();
      await expect(note).toHaveText(texts.lost, { timeout: 30_000 });
      await expect(typed).toHaveValue(you);
      await expect(field).toHaveValue(said);
      await expectAccessible(page);
      await save.click();
      await expect(profile).toBeHidden();
    }
    await openDialog();
    await expect(profile.getByRole('textbox', { name: texts.status })).toHaveValue('At lunch');
    await expect(typed).toHaveValue('Ada');
    await page.context().close();
  });
}

test('a picture is only saved by the answer to it, and a status that another device stored is shown @page', async ({ page, deployment, room }) => {
  const proxy = await SocketProxy.install(page);
  await openAsAnn(page, deployment, room);
  await openProfile(page);
  await status(page).fill('Away');
  await save(page);
  await (await showPeople(page)).getByRole('button', { name: /^Ann/ }).click();
  const person = await cardOf(page, 'Ann').locator('code').innerText();
  await page.keyboard.press('Escape');

  // While the picture is uploaded, the statuses of the room arrive: they are no answer.
  let upload: (() => void) | undefined;
  await page.route(/\/uploads\//, async (route) => {
    await new Promise<void>((resolve) => (upload = resolve));
    await route.continue();
  });
  await openProfile(page);
  await choosePicture(page, threeStripes);
  await expect(preview(page).locator('.picture')).toHaveCount(1);
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => upload !== undefined).toBe(true);
  for (const profiles of [[], [{ person, status: 'Away' }], [{ person, status: 'Away' }, { person: 'another', status: 'Here' }]]) {
    proxy.injectFrame({ type: 'profiles', profiles });
  }
  await expect(note(page)).toHaveText('Sending…');
  await expect(dialog(page)).toBeVisible();
  upload!();
  await expect(dialog(page)).toBeHidden();
  await expect(page.locator('.me .picture')).toHaveAttribute('src', /\/pictures\//);

  // The answer says what another device stored at the same time.
  await openProfile(page);
  await status(page).fill('Back soon');
  proxy.replaceNextProfiles({ type: 'profiles', profiles: [{ person, status: 'At lunch', appearance: { colour: 3 } }] });
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await expect(note(page)).toContainText('Another device changed your profile');
  await expect(status(page)).toHaveValue('At lunch');
  await expect(colour(page, 'Olive')).toBeChecked();
  await save(page);
});

test('a file that is no image leaves the picture that was chosen before @page', async ({ page, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  await openProfile(page);
  const picture = preview(page).locator('.picture');
  await choosePicture(page, threeStripes);
  await expect(picture).toHaveCount(1);
  // The second file is chosen while the first one is being prepared.
  await choosePicture(page, stripes(3000, 1000, [[200, 40, 40]]));
  await choosePicture(page, Buffer.from('not an image'), 'notes.txt', 'text/plain');
  await expect(dialog(page)).toContainText('notes.txt: ');
  await expect(picture).toHaveCount(1);
  await save(page);
  await expect(page.locator('.me .picture')).toBeVisible();
});

test('the middle of an image becomes the picture, upright and without transparency @page', async ({ page, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  await openProfile(page);
  const picture = preview(page).locator('.picture');
  // Red on the left and blue on the right; the camera was turned, so that red is at the top.
  const jpeg = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 400, height: 200 });
    const context = canvas.getContext('2d')!;
    for (const [colour, left] of [['rgb(200,40,40)', 0], ['rgb(40,40,200)', 200]] as const) {
      context.fillStyle = colour;
      context.fillRect(left, 0, 200, 200);
    }
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.95));
    return [...new Uint8Array(await blob!.arrayBuffer())];
  });
  await choosePicture(page, turned(Buffer.from(jpeg), 6), 'turned.jpg', 'image/jpeg');
  await expect(picture).toHaveCount(1);
  expectColours(await coloursOf(picture, [0.5, 0.05], [0.5, 0.95]), [200, 40, 40], [40, 40, 200]);
  await choosePicture(page, transparentPng(200, 100, 0));
  await expect.poll(async () => (await coloursOf(picture, [0.5, 0.5]))[0]![0]).toBeGreaterThan(240);
  // A huge image becomes a small one.
  await choosePicture(page, stripes(3000, 1000, [[200, 40, 40], [40, 160, 60], [40, 40, 200]]));
  await expect.poll(async () => (await coloursOf(picture, [0.5, 0.5]))[0]![0]).toBeLessThan(70);
  await save(page);
  const image = page.locator('.me .picture');
  await expect(image).toHaveAttribute('src', /pictures/);
  const answer = await page.request.get(await addressOf(image));
  expect(answer.status()).toBe(200);
  expect((await answer.body()).length).toBeLessThan(24 * 1024);
  expect(answer.headers()['content-type']).toMatch(/^image\/(webp|jpeg)$/);
});

test('the colour is chosen with the keyboard @page', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('hi');
  await openProfile(page);
  await expect(dialog(page).getByLabel('Your name')).toBeFocused();
  await status(page).focus();
  await page.keyboard.press('Tab');
  await expect(colour(page, 'Automatic')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(colour(page, 'Red')).toBeChecked();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(colour(page, 'Pink')).toBeChecked();
  await expect(preview(page)).toHaveClass(/hue-11/);
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeHidden();
  await expect(page.locator('.me')).toBeFocused();
  await expect(chat.messageWithText('hi')).toHaveClass(/hue-11/);
  await expect(page.locator('.me .avatar')).toHaveClass(/hue-11/);
});

test('a person who chose a colour has it everywhere, and others have another one', async ({ page, browser, deployment, room }) => {
  const ann = await openAsAnn(page, deployment, room);
  const automatic = /hue-\d+/.exec((await ann.messageWithText('first').getAttribute('class'))!)![0];
  const other = await newPage(browser);
  const ben = await ChatPage.open(other, deployment, room);
  await ben.sendMessage('second');
  await expect(ben.messageWithText('second')).toHaveAttribute('data-state', 'sent');
  const names = ['Red', 'Orange', 'Amber', 'Olive', 'Green', 'Sea green', 'Turquoise', 'Sky blue', 'Blue', 'Violet', 'Purple', 'Pink'];
  // Ben chooses the colour that Ann has by herself.
  await openProfile(other);
  await colour(other, names[Number(automatic.slice(4))]!).click();
  await save(other);
  await expect(ann.messageWithText('second')).toHaveClass(new RegExp(`${automatic}( |$)`));
  await page.reload();
  await ann.waitForState('live');
  await expect(ann.messageWithText('second')).toHaveClass(new RegExp(`${automatic}( |$)`));
  // Ben's choice is in what he writes from now on, so that the server renders it, too.
  await ben.sendMessage('third');
  await expect(ann.messageWithText('third')).toBeVisible();
  await page.reload();
  await ann.waitForState('live');
  await expect(ann.messageWithText('first')).not.toHaveClass(new RegExp(`${automatic}( |$)`));
  await expect(ann.messageWithText('second')).toHaveClass(new RegExp(`${automatic}( |$)`));
});

test.describe('in Japanese', () => {
  test.use({ locale: 'ja-JP' });

  test('the profile can be changed @page', async ({ page, deployment, room }) => {
    await ChatPage.open(page, deployment, room);
    await page.locator('.me').click();
    const profile = page.getByRole('dialog', { name: 'プロフィール' });
    await expect(profile.getByRole('radio', { name: '自動' })).toBeEnabled();
    await profile.getByRole('radio', { name: '空色' }).click();
    await profile.getByRole('textbox', { name: 'ステータス' }).fill('休暇中です');
    await expect(profile).toContainText('残り75文字');
    await expectAccessible(page);
    await profile.getByRole('button', { name: '保存' }).click();
    await expect(profile).toBeHidden();
    await expect(page.locator('.me .avatar')).toHaveClass(/hue-7/);
  });
});

test('a name from a provider stays, and everything else can be changed @page', async ({ page, deployment }) => {
  test.skip(deployment.name === 'stack', 'the access policy is a setting of the process');
  await withProviderServer(async (server) => {
    await page.goto(`${server.url}/sign-in?to=/r/cats`);
    const chat = new ChatPage(page);
    await chat.waitForState('live');
    await openProfile(page);
    await expect(dialog(page).getByLabel('Your name')).toHaveAttribute('readonly');
    await choosePicture(page, threeStripes);
    await status(page).fill('At work');
    await save(page);
    await expect(page.locator('.me .picture')).toBeVisible();
    await expect(page.locator('.me-name')).toHaveText('Ann Oakley');
    await openProfile(page);
    await expect(status(page)).toHaveValue('At work');
    await leave(page);
  });
});

/** Adds the orientation of a camera to a JPEG. */
function turned(jpeg: Buffer, orientation: number): Buffer {
  const entry = Buffer.from([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
  const directory = Buffer.concat([Buffer.from([1, 0]), entry, Buffer.alloc(4)]);
  const body = Buffer.concat([Buffer.from('Exif\0\0II*\0\x08\0\0\0', 'latin1'), directory]);
  const head = Buffer.from([0xff, 0xe1, 0, body.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}
