import { formatDuration } from '../core/base/duration.ts';
import type { AlertMatch } from '../core/rules/alert.ts';
import { probePlaceholders } from '../core/rules/render-probe.ts';
import { placeholdersIn } from '../core/rules/render-query.ts';
import type { CheckRule, Condition } from '../core/rules/rule-set.ts';
import { AlertSection } from './alert-file.ts';
import type { Cursor } from './cursor.ts';
import { reportOtherQuestions } from './other-questions.ts';
import { readUnless } from './read-unless.ts';
import { Check } from './rule-file.ts';
import { type CheckContext, type RulesContext, unknownInstance } from './rules-context.ts';

/** The keys of a check that make no sense for alerts. */
const inapplicable = ['fail_when', 'min_samples', 'direction', 'unit', 'never_seen', 'by'] as const;

/** Reads a check about alerts and reports its problems. Returns `null` if it names no labels. */
export function readAlertCheck(cursor: Cursor, name: string, { context, bake }: CheckContext): CheckRule | null {
  reportOtherQuestions(cursor, 'alert');
  for (const key of inapplicable)
    if (cursor.at(key).isPresent) {
      const hint = key === 'fail_when' ? 'remove it; damping is written as `alert: { …, for: 2 of 3 }`' : 'remove it';
      cursor.at(key).keyProblem('does not apply to alerts, which fire or do not', hint);
    }
  const at = cursor.at('alert');
  if (!at.isMapOf(Object.keys(AlertSection.shape))) return null;
  const provider = readProvider(cursor, context);
  const match = readMatch(at.at('match'));
  const damping = readDamping(at.at('for'), bake) ?? { k: 1, n: 1 };
  const critical = cursor.at('critical').take(Check.shape.critical) ?? true;
  const unless = readUnless(cursor.at('unless'));
  if (match === null) return null;
  return {
    name,
    provider: provider ?? '',
    question: { kind: 'value', alert: match },
    direction: 'up',
    failWhen: [{ analyzer: 'alert', params: {}, damping }],
    minSamples: 1,
    critical,
    ...(unless && { unless }),
  };
}

/** The provider may be named in `alert` or next to it, as in other checks. */
function readProvider(cursor: Cursor, { providers, isPartial }: RulesContext): string | undefined {
  const [inside, outside] = [cursor.at('alert').at('provider'), cursor.at('provider')];
  if (inside.isPresent && outside.isPresent) inside.keyProblem('the check already names its provider', 'remove one of the two');
  const at = inside.isPresent ? inside : outside;
  if (!at.isPresent) {
    inside.problem('is required', 'name the provider that knows the alerts');
    return undefined;
  }
  const name = at.take(AlertSection.shape.provider);
  if (name === undefined) return undefined;
  const unknown = isPartial ? null : unknownInstance('provider', name, providers);
  if (unknown) at.problem(...unknown);
  const known = providers?.get(name);
  if (known?.hasAlerts === false) at.problem(`the provider ${name} knows no alerts`, alertProviders(providers));
  return name;
}

function alertProviders(providers: RulesContext['providers']): string {
  const names = [...(providers ?? [])].flatMap(([name, { hasAlerts }]) => (hasAlerts === false ? [] : [name]));
  return names.length === 0 ? 'define one of type alertmanager or prometheus' : `these do: ${names.join(', ')}`;
}

function readMatch(cursor: Cursor): AlertMatch | null {
  if (!cursor.isMap('write labels and values, such as { alertname: HighErrorRate }')) return null;
  const match = cursor.take(AlertSection.shape.match);
  if (match === undefined) return null;
  const known: readonly string[] = probePlaceholders;
  for (const [label, value] of Object.entries(match))
    for (const placeholder of placeholdersIn(value).filter((word) => !known.includes(word)))
      cursor
        .at(label)
        .problem(
          `unknown placeholder $${placeholder.slice(0, 60)}`,
          `write one of ${known.map((word) => `$${word}`).join(', ')}; a plain dollar sign is $$`,
        );
  return match;
}

function readDamping(cursor: Cursor, bake: CheckContext['bake']): Condition['damping'] | undefined {
  const damping = cursor.take(AlertSection.shape.for);
  if (damping && damping.n * bake.everyMs > bake.forMs)
    cursor.problem(`${damping.n} ticks of ${formatDuration(bake.everyMs)} are longer than the bake of ${formatDuration(bake.forMs)}`);
  return damping;
}
