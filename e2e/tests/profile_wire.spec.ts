import { expect, noPicture, test, type Deployment } from '../support/fixtures.ts';
import { imageMetadata, personId, png, putBytes, requestUploadUrl } from '../support/images.ts';
import type { Frame, WireClient } from '../support/wire_client.ts';

// Profiles without a page, on both deployments.

/** Returns the address of a person's picture. */
const pictureUrl = (deployment: Deployment, person: string, query = ''): string =>
  new URL(`/pictures/${person}${query}`, deployment.pageUrl('lobby')).href;

/** Uploads a picture. Returns how `setProfile` names it. */
async function upload(client: WireClient, deployment: Deployment, nonce: string, bytes: Buffer, type = 'image/png'): Promise<object> {
  const url = await requestUploadUrl(client, deployment, nonce, imageMetadata(bytes, type, 96, 96));
  expect(await putBytes(url, type, bytes)).toBe(200);
  return { nonce, type, size: bytes.length };
}

/** Sends `setProfile` with these fields. Returns the answer: the profile or an error. */
async function setProfile(client: WireClient, fields: object): Promise<Frame> {
  const answer = await client.request({ action: 'setProfile', ...fields }, 'profiles');
  return answer['type'] === 'profiles' ? answer['profiles'][0] : answer;
}

/** Waits until a `presence` frame shows a person with this appearance. */
async function expectAppearance(client: WireClient, person: string, appearance: unknown): Promise<void> {
  for (;;) {
    const presence = await client.next('presence');
    const shown = (presence['people'] ?? []).find((other: Frame) => other['id'] === person);
    if (shown && JSON.stringify(shown['appearance']) === JSON.stringify(appearance)) return;
  }
}

test('a profile is seen by the others at once, in messages and by those who come later', async ({ deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  const me = await personId(ann);
  const ben = await connect(room, { name: 'Ben' });
  await personId(ben);
  const bytes = png(96, 96);
  const picture = await upload(ann, deployment, 'n-1', bytes);
  const profile = await setProfile(ann, { status: ' On holiday\nuntil Monday 🏖 ', colour: 3, picture });
  expect(profile).toMatchObject({ person: me, status: 'On holiday until Monday 🏖', appearance: { colour: 3 } });
  const appearance = profile['appearance'];
  expect(appearance.picture).toBeGreaterThan(1_700_000_000_000);
  await expectAppearance(ben, me, appearance);

  await ann.sendMessage('hi');
  expect((await ben.next('message'))['author']).toEqual({ id: me, name: 'Ann', appearance });
  const cy = await connect(room, { name: 'Cy' });
  const welcome = await cy.request({ action: 'hello' }, 'welcome');
  expect(welcome['people'].find((person: Frame) => person['id'] === me)['appearance']).toEqual(appearance);
  expect((await cy.next('page'))['messages'][0]['author']['appearance']).toEqual(appearance);
  expect((await cy.request({ action: 'profile' }, 'profiles'))['profiles']).toEqual([profile]);

  // The retry of a command whose answer was lost.
  expect(await setProfile(ann, { status: profile['status'], colour: 3, picture })).toEqual(profile);
  // Also of somebody who is absent.
  ann.close();
  await expect(async () => {
    expect((await cy.request({ action: 'profile' }, 'profiles'))['profiles']).toEqual([]);
  }).toPass();
  expect((await cy.request({ action: 'profile', person: me }, 'profiles'))['profiles']).toEqual([profile]);
});

test('a picture is served, replaced and removed', async ({ deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  const me = await personId(ann);
  expect((await fetch(pictureUrl(deployment, me))).status).toBe(noPicture(deployment));
  let version = 0;
  for (const [nonce, colour] of [['n-1', [200, 40, 40]], ['n-2', [40, 40, 200]]] as const) {
    const bytes = png(96, 96, [...colour]);
    const profile = await setProfile(ann, { picture: await upload(ann, deployment, nonce, bytes) });
    expect(profile['appearance'].picture).toBeGreaterThan(version);
    version = profile['appearance'].picture;
    for (const query of ['', `?v=${version}`]) {
      const answer = await fetch(pictureUrl(deployment, me, query));
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=3600');
      expect(answer.headers.get('content-disposition')).toBe('inline; filename="picture.png"');
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    }
  }
  // It stays when only the colour changes.
  expect((await setProfile(ann, { colour: 0, keepPicture: true }))['appearance']).toEqual({ picture: version, colour: 0 });
  expect((await fetch(pictureUrl(deployment, me))).status).toBe(200);
  expect(await setProfile(ann, {})).toEqual({ person: me });
  expect((await fetch(pictureUrl(deployment, me))).status).toBe(noPicture(deployment));
});

test('the local server answers a picture with the headers of an image', async ({ deployment, room, connect }) => {
  test.skip(deployment.name !== 'local', 'CloudFront adds the headers on AWS');
  const ann = await connect(room, { name: 'Ann' });
  const me = await personId(ann);
  for (const status of [noPicture(deployment), 200]) {
    const answer = await fetch(pictureUrl(deployment, me));
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    if (status !== 200) await setProfile(ann, { picture: await upload(ann, deployment, 'n-1', png(96, 96)) });
  }
  for (const path of ['..%2fchat.redb', '%2e%2e%2fimages', 'a%00b', 'a.b', 'x'.repeat(65)]) {
    expect((await fetch(pictureUrl(deployment, path))).status, path).toBe(noPicture(deployment));
  }
});

test('what is no profile is refused', async ({ deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  const small = await upload(ann, deployment, 'n-1', png(95, 96));
  expect(await setProfile(ann, { picture: small })).toMatchObject({ code: 'badImage', nonce: 'n-1' });
  const forged = await upload(ann, deployment, 'n-2', png(96, 96), 'image/webp');
  expect(await setProfile(ann, { picture: forged })).toMatchObject({ code: 'badImage', nonce: 'n-2' });
  const missing = { nonce: 'n-3', type: 'image/png', size: 9 };
  expect(await setProfile(ann, { picture: missing })).toMatchObject({ code: 'noImage', nonce: 'n-3' });
  for (const bad of [
    { status: 'x'.repeat(81) },
    { status: 'a\u202eb' },
    { status: 'a\u0000b' },
    { colour: 12 },
    { colour: -1 },
    { picture: { nonce: 'n-4', type: 'image/gif', size: 9 } },
    { picture: { nonce: 'n-4', type: 'image/png', size: 24_577 } },
  ]) {
    expect(await setProfile(ann, bad), JSON.stringify(bad)).toMatchObject({ code: 'badField' });
  }
  expect((await ann.request({ action: 'profile' }, 'profiles'))['profiles']).toEqual([]);
});

test('erasing all data removes the profile', async ({ deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  const me = await personId(ann);
  const ben = await connect(room, { name: 'Ben' });
  await personId(ben);
  await setProfile(ann, { status: 'hi', colour: 5, picture: await upload(ann, deployment, 'n-1', png(96, 96)) });
  expect(await ann.request({ action: 'forget' }, 'forgotten')).toMatchObject({ more: false });
  expect((await fetch(pictureUrl(deployment, me))).status).toBe(noPicture(deployment));
  expect((await ben.request({ action: 'profile', person: me }, 'profiles'))['profiles']).toEqual([{ person: me }]);
  await expectAppearance(ben, me, undefined);
});
