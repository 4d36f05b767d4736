import type { Context } from 'hono';
import { stampOf } from '../core/bake/bake-stamp.ts';
import type { DeployRecord } from '../ports/bake-store.ts';

/** Matches `*`, or entity tags with commas between them (RFC 9110, section 13.1.1). */
export const ifMatchPattern = /^\s*(?:\*|(?:W\/)?"[^"]*"(?:\s*,\s*(?:W\/)?"[^"]*")*)\s*$/;

/** Sets the ETag of a deploy: the position of its bake. It stays while passes only measure, so it says nothing about the numbers in the answer. */
export function setPosition(c: Context, { bake }: Pick<DeployRecord, 'bake'>): void {
  c.header('etag', `"${stampOf(bake)}"`);
}

/**
 * The position that an If-Match demands of a bake; `undefined`: any. Of several tags, the one where the bake is now counts. A proxy that compresses answers
 * makes tags weak, so `W/` is ignored.
 */
export function expectedPosition(header: string | undefined, { bake }: Pick<DeployRecord, 'bake'>): string | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = [...header.matchAll(/"([^"]*)"/g)].map(([, tag = '']) => tag);
  const now = stampOf(bake);
  return tags.includes(now) ? now : (tags[0] ?? '');
}
