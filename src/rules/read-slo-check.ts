import type { CheckRule } from '../core/rules/rule-set.ts';
import type { Amount } from '../core/rules/written-values.ts';
import type { Cursor } from './cursor.ts';
import { reportOtherQuestions } from './other-questions.ts';
import { readProvider } from './read-provider.ts';
import { readRatio } from './read-source.ts';
import { readUnless } from './read-unless.ts';
import { Check } from './rule-file.ts';
import type { CheckContext } from './rules-context.ts';
import { SloSection } from './slo-file.ts';

const defaultMinSamples = 20;
const defaultWindowMs = 2_592_000_000;

/** Reads a check with an objective and reports its problems. Returns `null` if it measures nothing. */
export function readSloCheck(cursor: Cursor, name: string, { context, hasControl, bake }: CheckContext): CheckRule | null {
  reportOtherQuestions(cursor, 'slo');
  if (cursor.at('fail_when').isPresent)
    cursor.at('fail_when').keyProblem('does not apply to an objective, which has limits of its own', 'remove it, or write two checks');
  for (const key of ['direction', 'by'] as const)
    if (cursor.at(key).isPresent) cursor.at(key).keyProblem('does not apply to an objective', 'remove it');
  const provider = readProvider(cursor.at('provider'), context);
  const knownProvider = provider === undefined ? undefined : context.providers?.get(provider);
  const at = cursor.at('slo');
  if (!at.isMapOf(Object.keys(SloSection.shape))) return null;
  const objective = readObjective(at.at('objective'));
  const window = at.at('window').take(SloSection.shape.window) ?? defaultWindowMs;
  const question = readRatio(at.at('ratio'), { kind: 'ratio', needsPast: true, provider: knownProvider, hasControl, stepMs: bake.everyMs });
  const minSamples = cursor.at('min_samples').take(Check.shape.min_samples) ?? defaultMinSamples;
  const critical = cursor.at('critical').take(Check.shape.critical) ?? true;
  const unit = cursor.at('unit').take(Check.shape.unit);
  const neverSeen = cursor.at('never_seen').take(Check.shape.never_seen);
  const unless = readUnless(cursor.at('unless'));
  if (question === null || objective === null) return null;
  return {
    name,
    provider: provider ?? '',
    question,
    direction: 'up',
    failWhen: [{ analyzer: 'burn_rate', params: { objective, window }, damping: { k: 1, n: 1 } }],
    minSamples,
    critical,
    ...(unit !== undefined && { unit }),
    ...(neverSeen && { neverSeen }),
    ...(unless && { unless }),
  };
}

function readObjective(cursor: Cursor): number | null {
  const amount = cursor.take(SloSection.shape.objective);
  if (amount === undefined) return null;
  if (isObjective(amount)) return amount.value;
  cursor.problem(`${amount.text} is no objective`, 'write the share of good events, such as 99.9%');
  return null;
}

/** A whole budget of bad events would never burn, and no budget at all always does. */
function isObjective({ value }: Amount): boolean {
  return value >= 0.5 && value < 1;
}
