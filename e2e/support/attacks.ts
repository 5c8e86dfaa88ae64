import { readFileSync } from 'node:fs';
import type { Home } from './fixtures.ts';

/** A text, or parts of which some are repeated. */
export type Payload = string | (string | { times: number; of: string })[];

/** What every line of the corpus has: a name, and a few words why it is there. */
export type Attack = {
  id: string;
  why: string;
  /** The only home that it is for: the stand-in for AWS is no API Gateway. */
  home?: Home['name'];
};

/** The lines of one file of the corpus that are for a home. Nothing of it is code: another line needs no other test. */
export function attacks<T extends Attack>(file: string, home: Home): T[] {
  const lines: T[] = JSON.parse(readFileSync(new URL(`../attacks/${file}.json`, import.meta.url), 'utf8'));
  return lines.filter((line) => !line.home || line.home === home.name);
}

/** A payload, written out. */
export function written(payload: Payload): string {
  const parts = Array.isArray(payload) ? payload : [payload];
  return parts.map((part) => (typeof part === 'string' ? part : part.of.repeat(part.times))).join('');
}

/** So many at a time. */
export function batches<T>(lines: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(lines.length / size) }, (_, number) => lines.slice(number * size, (number + 1) * size));
}
