import { didYouMean } from '../core/base/did-you-mean.ts';
import { formatDuration } from '../core/base/duration.ts';
import type { Condition, Question, RuleSet } from '../core/rules/rule-set.ts';
import { readBound, readShare } from './amounts.ts';
import type { Cursor } from './cursor.ts';
import { isStatistic, readStatistic, type Statistic, statistics, undamped, usualDamping } from './read-statistics.ts';
import { FailWhen, Relative } from './rule-file.ts';
import { show } from './values.ts';

type CheckKind = Question['kind'];
type ConditionParams = Record<string, unknown>;
type BoundSide = 'up' | 'down';
type ConditionContext = { readonly kind: CheckKind | null; readonly hasControl: boolean; readonly bake: RuleSet['bake'] };

const mostConditions = 20;
const shape = FailWhen.shape;
const known = 'known: above, below, slower_than with for_more_than, relative, regression, drop, anomaly, mann_whitney';
/** What a check fails on that does not say when it fails. */
const usual: Condition = { analyzer: 'regression', params: {}, damping: { k: 1, n: 1 } };

/** The conditions under which a check fails, and which ways they call worse. Everything wrong is reported. */
export function readConditions(
  cursor: Cursor,
  kind: CheckKind | null,
  scene: Pick<ConditionContext, 'hasControl' | 'bake'>,
): { readonly failWhen: readonly Condition[]; readonly ways: ReadonlySet<BoundSide> } {
  const items = cursor.items;
  if (!cursor.isPresent) return { failWhen: [usual], ways: new Set() };
  if (items.length === 0) cursor.problem('must have at least one entry', known);
  if (items.length > mostConditions) cursor.problem(`has ${items.length} entries, at most ${mostConditions} are allowed`);
  const around: ConditionContext = { kind, hasControl: scene.hasControl, bake: scene.bake };
  const ways = new Set<BoundSide>();
  const failWhen = items.slice(0, mostConditions).flatMap((item) => {
    const condition = readCondition(item, around, ways);
    return condition ? [condition] : [];
  });
  return { failWhen, ways };
}

function readCondition(cursor: Cursor, around: ConditionContext, ways: Set<BoundSide>): Condition | null {
  const { value } = cursor;
  if (typeof value === 'string') {
    if (isStatistic(value)) return { ...readStatistic(cursor, value, { around, ways }), damping: usualDamping(value, around.bake) };
    const isUnfinished = Object.hasOwn(shape, value);
    cursor.problem(
      isUnfinished ? `\`${value}\` says nothing by itself` : `${show(value)} is not a known condition`,
      isUnfinished ? known : didYouMean(value, statistics, 'bare words'),
    );
    return null;
  }
  if (!cursor.isMapOf(Object.keys(shape))) return null;
  const damping = readDamping(cursor.at('for'), around.bake);
  const families = familiesOf(cursor);
  const found = families.map((family) => readFamily(cursor, family, { around, ways }));
  const [only] = found;
  if (found.length > 1) {
    cursor.problem(
      `mixes ${cursor.keys.filter((key) => key !== 'for').join(', ')}`,
      'make them entries of their own; any one is enough to fail',
    );
    return null;
  }
  if (only === undefined && cursor.keys.every((key) => Object.hasOwn(shape, key))) cursor.problem('says nothing that could fail', known);
  return only === undefined ? null : { ...only, damping: damping ?? usualDamping(families[0], around.bake) };
}

type ConditionFamily = 'bounds' | 'slow' | 'relative' | Statistic;

function familiesOf(cursor: Cursor): readonly ConditionFamily[] {
  const families: ConditionFamily[] = [];
  if (cursor.at('above').isPresent || cursor.at('below').isPresent) families.push('bounds');
  if (cursor.at('slower_than').isPresent || cursor.at('for_more_than').isPresent) families.push('slow');
  if (cursor.at('relative').isPresent) families.push('relative');
  return [...families, ...statistics.filter((name) => cursor.at(name).isPresent)];
}

function readFamily(
  cursor: Cursor,
  family: ConditionFamily,
  { around, ways }: { around: ConditionContext; ways: Set<BoundSide> },
): Omit<Condition, 'damping'> {
  switch (family) {
    case 'bounds':
      return { analyzer: 'threshold', params: readBounds(cursor, around.kind, ways) };
    case 'slow':
      return { analyzer: 'threshold', params: readSlow(cursor, around.kind, ways) };
    case 'relative':
      return { analyzer: 'relative', params: readRelative(cursor.at('relative'), around, ways) };
    default:
      undamped(cursor.at('for'), family);
      return readStatistic(cursor.at(family), family, { around, ways });
  }
}

function readDamping(cursor: Cursor, bake: RuleSet['bake']): Condition['damping'] | undefined {
  const damping = cursor.take(shape.for);
  if (damping && damping.n * bake.everyMs > bake.forMs) {
    const wanted = `${damping.n} readings every ${formatDuration(bake.everyMs)} take ${formatDuration(damping.n * bake.everyMs)}`;
    cursor.problem(`${wanted}, longer than the bake of ${formatDuration(bake.forMs)}`);
  }
  return damping;
}

function readBounds(cursor: Cursor, kind: CheckKind | null, ways: Set<BoundSide>): ConditionParams {
  const params: { above?: number; below?: number } = {};
  for (const side of ['above', 'below'] as const) {
    const at = cursor.at(side);
    if (!at.isPresent) continue;
    ways.add(side === 'above' ? 'up' : 'down');
    if (kind === 'latency') at.keyProblem('is not for a latency check', 'write slower_than with for_more_than');
    const amount = at.take(shape[side]);
    const bound = amount === undefined || kind === null || kind === 'latency' ? null : readBound(at, amount, { kind, side });
    if (bound !== null) params[side] = bound;
  }
  if (params.above !== undefined && params.below !== undefined && params.above <= params.below) {
    cursor.at('above').problem('every value is above the one bound or below the other', '`above` must be greater than `below`');
  }
  return params;
}

function readSlow(cursor: Cursor, kind: CheckKind | null, ways: Set<BoundSide>): ConditionParams {
  ways.add('up');
  const slower = cursor.at('slower_than');
  const share = cursor.at('for_more_than');
  if (kind !== null && kind !== 'latency') {
    (slower.isPresent ? slower : share).keyProblem(`is for a latency check, and this one asks for a ${kind}`, 'write above or below');
  }
  if (!slower.isPresent) slower.problem('is required beside for_more_than', 'such as slower_than: 500ms');
  if (!share.isPresent) share.problem('is required beside slower_than', 'such as for_more_than: 5%');
  const slowerThan = slower.take(shape.slower_than);
  const amount = share.take(shape.for_more_than);
  const forMoreThan = amount === undefined ? null : readShare(share, amount);
  return { ...(slowerThan !== undefined && { slower_than: slowerThan }), ...(forMoreThan !== null && { for_more_than: forMoreThan }) };
}

function readRelative(cursor: Cursor, { kind, hasControl }: ConditionContext, ways: Set<BoundSide>): ConditionParams {
  if (!cursor.isMapOf(Object.keys(Relative.shape))) return {};
  const to = cursor.at('to').take(Relative.shape.to);
  if (to?.kind === 'control' && !hasControl) {
    cursor.at('to').problem('there is no control to compare with', 'add a `control:` section with `canary` and `stable` matchers');
  }
  const [more, less] = [cursor.at('more_than'), cursor.at('less_than')];
  if (more.isPresent && less.isPresent) less.keyProblem('cannot stand beside more_than', 'make them two entries of `fail_when`');
  if (!more.isPresent && !less.isPresent) cursor.problem('needs more_than or less_than', 'such as more_than: 50%');
  if (more.isPresent) ways.add('up');
  if (less.isPresent) ways.add('down');
  const moreAmount = more.take(Relative.shape.more_than);
  const lessAmount = less.take(Relative.shape.less_than);
  const moreThan = moreAmount === undefined ? null : readShare(more, moreAmount, 10);
  const lessThan = lessAmount === undefined ? null : readShare(less, lessAmount);
  const slower = cursor.at('slower_than');
  const slowerThan = slower.take(Relative.shape.slower_than);
  if (kind === 'latency' && !slower.isPresent)
    slower.problem('is required for a latency check', 'such as slower_than: 500ms: the share slower than that is compared');
  if (kind !== null && kind !== 'latency' && slower.isPresent) slower.keyProblem(`is for a latency check, and this one asks for a ${kind}`);
  return {
    ...(to !== undefined && { to }),
    ...(moreThan !== null && { more_than: moreThan }),
    ...(lessThan !== null && { less_than: lessThan }),
    ...(slowerThan !== undefined && { slower_than: slowerThan }),
  };
}
