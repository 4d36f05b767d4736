import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Stretch } from '../core/series/ticks.ts';
import { storable } from './storable.ts';

/** A frozen past as it is stored: compressed, because seven days take 24 KB otherwise, for each check of each deploy. */
export function packStretch(stretch: Stretch | null): { readonly packed: string } | null {
  return stretch && { packed: deflateRawSync(JSON.stringify(storable(stretch))).toString('base64') };
}

/** The JSON of a stored past; rows of older versions hold it as it is. */
export function unpackStretch(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('packed' in value) || typeof value.packed !== 'string') return value;
  return JSON.parse(inflateRawSync(Buffer.from(value.packed, 'base64')).toString());
}
