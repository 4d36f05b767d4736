import type { CheckRule, Condition, RuleSet } from '../core/rules/rule-set.ts';
import { type CheckContext, unknownInstance } from './context.ts';
import type { Cursor } from './cursor.ts';
import { readConditions } from './read-conditions.ts';
import { readProbe } from './read-probe.ts';
import { Check, FailWhen } from './rule-file.ts';
import { BareCondition } from './statistics.ts';

/** The provider that makes probes unless a check names another one. */
const defaultProvider = 'probe';

/** Reads a check that probes; `null` where it is so wrong that it tries nothing. Everything wrong is reported. */
export function readProbeCheck(cursor: Cursor, name: string, { context, bake }: CheckContext): CheckRule | null {
  const provider = cursor.at('provider').take(Check.shape.provider) ?? defaultProvider;
  const unknown = context.isPartial ? null : unknownInstance('provider', provider, context.providers);
  if (unknown) cursor.at('provider').problem(...unknown);
  const known = context.providers?.get(provider);
  if (known && known.lintProbe === undefined)
    cursor.at('provider').problem(`${provider} makes no probes`, 'leave `provider` out, or name one of type probe');
  for (const key of ['ratio', 'rate', 'exposure', 'latency', 'value'] as const)
    if (cursor.at(key).isPresent) cursor.at(key).keyProblem('a check asks one thing, and this one already has probe', 'make it two checks');
  for (const key of ['min_samples', 'direction'] as const)
    if (cursor.at(key).isPresent) cursor.at(key).keyProblem('does not apply to a probe', 'leave it out');
  const probe = readProbe(cursor.at('probe'), known);
  const failWhen = readFailWhen(cursor.at('fail_when'), bake);
  const critical = cursor.at('critical').take(Check.shape.critical) ?? true;
  return probe && { name, provider, question: { kind: 'ratio', probe }, direction: 'up', failWhen, minSamples: 1, critical };
}

/** With ten attempts at most, more than nine tenths are all of them. */
const maxFailedShare = 0.9;

function readFailWhen(cursor: Cursor, bake: RuleSet['bake']): readonly Condition[] {
  const ticks = Math.min(2, Math.floor(bake.forMs / bake.everyMs)) || 1;
  if (!cursor.isPresent) return [{ analyzer: 'threshold', params: { above: maxFailedShare }, damping: { k: ticks, n: ticks } }];
  const isFit = cursor.items.map(hasOnlyBounds).every(Boolean);
  return isFit ? readConditions(cursor, 'ratio', { hasControl: false, bake }).failWhen : [];
}

/** A probe is made now and has no past; and less than a share of its attempts failing is nothing bad. */
function hasOnlyBounds(item: Cursor): boolean {
  const bare = BareCondition.safeParse(item.value).data;
  const strays =
    bare === undefined ? item.keys.filter((key) => Object.hasOwn(FailWhen.shape, key) && key !== 'above' && key !== 'for') : [];
  const hint = 'write the share of attempts that may fail, such as { above: 50%, for: 2 of 3 }, or leave `fail_when` out';
  if (bare !== undefined) item.problem(`a probe has no past, so there is no ${bare} of it`, hint);
  for (const key of strays) item.at(key).keyProblem(whyNot(key), hint);
  return bare === undefined && strays.length === 0;
}

function whyNot(key: string): string {
  if (key === 'below') return 'does not apply to a probe, of which the share of failed attempts is measured';
  if (key === 'slower_than' || key === 'for_more_than') return 'does not apply to a probe, whose attempts must end `within` a time';
  return `a probe has no past, so there is no ${key} of it`;
}
