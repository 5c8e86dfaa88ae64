import { readFileSync } from 'node:fs';
import type { Deployment } from './fixtures.ts';

/** A text, or a list of parts, some of which are repeated. */
export type Payload = string | (string | { times: number; of: string })[];

/** The fields that every entry of the corpus has: an id, and why the entry exists. */
export type Attack = {
  id: string;
  why: string;
  /** The only deployment to run the entry on. The AWS emulator does not behave like API Gateway in every case. */
  deployment?: Deployment['name'];
};

/** Loads the entries of one corpus file that apply to a deployment. The corpus is data: a new entry needs no new test. */
export function loadAttacks<T extends Attack>(file: string, deployment: Deployment): T[] {
  const entries: T[] = JSON.parse(readFileSync(new URL(`../attacks/${file}.json`, import.meta.url), 'utf8'));
  return entries.filter((entry) => !entry.deployment || entry.deployment === deployment.name);
}

/** Expands a payload into one string. */
export function expandPayload(payload: Payload): string {
  const parts = Array.isArray(payload) ? payload : [payload];
  return parts.map((part) => (typeof part === 'string' ? part : part.of.repeat(part.times))).join('');
}

/** Splits a list into batches of at most `size` entries. */
export function batches<T>(entries: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(entries.length / size) }, (_, number) => entries.slice(number * size, (number + 1) * size));
}
