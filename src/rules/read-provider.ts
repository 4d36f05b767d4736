import { didYouMean } from '../core/base/did-you-mean.ts';
import type { Cursor } from './cursor.ts';
import { Check } from './rule-file.ts';
import { type RulesContext, unknownInstance } from './rules-context.ts';

/** Reads the provider of a check, which must be named, and reports its problems. */
export function readProvider(cursor: Cursor, { providers, isPartial }: RulesContext): string | undefined {
  if (!cursor.isPresent) {
    cursor.problem('is required', providers === undefined ? undefined : didYouMean('', [...providers.keys()], 'defined'));
    return undefined;
  }
  const name = cursor.take(Check.shape.provider);
  const unknown = name === undefined || isPartial ? null : unknownInstance('provider', name, providers);
  if (unknown) cursor.problem(...unknown);
  return name;
}
