import type { CheckRule, Condition, RuleSet } from '../core/rules/rule-set.ts';
import { BareCondition, failWhenKeys } from './conditions.ts';
import type { Cursor } from './cursor.ts';
import { reportOtherQuestions } from './other-questions.ts';
import { readConditions } from './read-conditions.ts';
import { readProbe } from './read-probe.ts';
import { readUnless } from './read-unless.ts';
import { Check } from './rule-file.ts';
import { type CheckContext, unknownInstance } from './rules-context.ts';

/** The provider of a probe if the check names none. */
const defaultProvider = 'probe';

/** Reads a check with a probe and reports its problems. Returns `null` if the probe tries nothing. */
export function readProbeCheck(cursor: Cursor, name: string, { context, bake }: CheckContext): CheckRule | null {
  const provider = cursor.at('provider').take(Check.shape.provider) ?? defaultProvider;
  const unknown = context.isPartial ? null : unknownInstance('provider', provider, context.providers);
  if (unknown) cursor.at('provider').problem(...unknown);
  const knownProvider = context.providers?.get(provider);
  if (knownProvider && knownProvider.lintProbe === undefined)
    cursor.at('provider').problem(`the provider ${provider} makes no probes`, 'remove `provider`, or name a provider of type probe');
  reportOtherQuestions(cursor, 'probe');
  for (const key of ['by', 'min_samples', 'direction', 'unit', 'never_seen'] as const)
    if (cursor.at(key).isPresent) cursor.at(key).keyProblem('does not apply to a probe', 'remove it');
  const probe = readProbe(cursor.at('probe'), knownProvider);
  const failWhen = readFailWhen(cursor.at('fail_when'), bake);
  const critical = cursor.at('critical').take(Check.shape.critical) ?? true;
  const unless = readUnless(cursor.at('unless'));
  if (probe === null) return null;
  const question = { kind: 'ratio', probe } as const;
  return { name, provider, question, direction: 'up', failWhen, minSamples: 1, critical, ...(unless && { unless }) };
}

/** The maximum is ten attempts, so more than 90 % means all of them. */
const maxFailedShare = 0.9;

function readFailWhen(cursor: Cursor, bake: RuleSet['bake']): readonly Condition[] {
  const ticks = Math.min(2, Math.floor(bake.forMs / bake.everyMs)) || 1;
  if (!cursor.isPresent) return [{ analyzer: 'threshold', params: { above: maxFailedShare }, damping: { k: ticks, n: ticks } }];
  const areValid = cursor.items.map(hasOnlyBounds).every(Boolean);
  return areValid ? readConditions(cursor, 'ratio', { hasControl: false, bake }).failWhen : [];
}

/** Reports conditions that make no sense for a probe: it has no past, and few failed attempts are never bad. */
function hasOnlyBounds(item: Cursor): boolean {
  const bare = BareCondition.safeParse(item.value).data;
  const strays = bare === undefined ? item.keys.filter((key) => failWhenKeys.includes(key) && key !== 'above' && key !== 'for') : [];
  const hint = 'write the share of attempts that may fail, such as { above: 50%, for: 2 of 3 }, or remove `fail_when`';
  if (bare !== undefined) item.problem(`a probe has no past, so ${bare} does not apply to it`, hint);
  for (const key of strays) item.at(key).keyProblem(whyNot(key), hint);
  return bare === undefined && strays.length === 0;
}

function whyNot(key: string): string {
  if (key === 'below') return 'does not apply to a probe, which measures the share of failed attempts';
  if (key === 'slower_than' || key === 'for_more_than') return 'does not apply to a probe, whose attempts have the timeout `within`';
  return `a probe has no past, so ${key} does not apply to it`;
}
