import { expect, test } from '../support/fixtures.ts';
import { Local, withData } from '../support/local.ts';
import { needed, smallLimit } from '../support/settings.ts';
import { Refused, Wire } from '../support/wire.ts';

test('of 50 who come at once exactly as many get in as the limit says', async ({ home, room }) => {
  if (home.name === 'stack') {
    await holds(`${needed('STACK_SMALL_SOCKET')}?room=${room}`);
    return;
  }
  await withData(async (data) => {
    const local = await Local.start(data, '--limit-connection-count', String(smallLimit));
    await holds(`${local.url.replace('http', 'ws')}/ws?room=${room}`);
    expect(local.log, 'the reason is in the log').toMatch(new RegExp(`refused.*\\b${smallLimit}\\b`));
    await local.stop();
  });
});

async function holds(url: string): Promise<void> {
  expect(smallLimit).toBeLessThan(50);
  const tries = await Promise.allSettled(Array.from({ length: 50 }, () => Wire.open(url)));
  const open = tries.filter((attempt) => attempt.status === 'fulfilled').map((attempt) => attempt.value);
  const refused = tries.filter((attempt) => attempt.status === 'rejected').map((attempt) => attempt.reason);

  expect(open).toHaveLength(smallLimit);
  expect(refused.every((reason) => reason instanceof Refused), String(refused)).toBe(true);

  // Whoever got in can talk, and who leaves makes room for one more.
  await open[0]!.say('we are full');
  await expect(Wire.open(url)).rejects.toThrow(Refused);
  open.pop()!.close();
  await expect(async () => open.push(await Wire.open(url))).toPass({ timeout: 15_000 });
  await expect(Wire.open(url)).rejects.toThrow(Refused);
  for (const wire of open) wire.close();
}
