import { type Effect, type QueuedEffect, toQueuedEffects } from '../core/bake/effect.ts';
import { describeNeighbors, failedChecks, lateOnset, neighborWindow, roundedDuration, unchangedFor } from '../core/bake/look-around.ts';
import type { TimelineEntry } from '../core/bake/narrate.ts';
import { notify } from '../core/bake/transition-result.ts';
import { entryOf, type VerdictMark, type VerdictMarkChange, wasTakenBack } from '../core/bake/verdict-mark.ts';
import { ProviderError } from '../core/base/errors.ts';
import { turnedBad } from '../core/judge/turned-bad.ts';
import type { CheckRule } from '../core/rules/rule-set.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { DispatchDeps } from './deps.ts';

type LookAroundEffect = Extract<QueuedEffect, { kind: 'look_around' }>;

/** How many neighbors are asked, how many checks of each, and for how long in all. */
const maxNeighbors = 20;
const maxChecks = 2;
const askMs = 8_000;
/** How many of the newest services are searched for neighbors. */
const maxCandidates = 100;

/** How often a finding is committed anew where the bake changes meanwhile. */
const maxCommits = 5;

/** What a look around found: signs that the cause lies elsewhere, strong enough for a mark, or that the rollback helped. */
type ElsewhereSigns = { readonly signs: readonly string[]; readonly hints: readonly string[]; readonly hasHelped: boolean };

/**
 * Looks for signs that the cause of a failure lies outside of the deploy. Runs after the verdict, next to the rollback, and never delays or changes it.
 * A strong sign becomes a mark, a timeline entry and a notice. A neighbor may depend on this service: where the rollback helped at once, a mark that an
 * earlier look set is taken back.
 */
export async function lookAround(deps: DispatchDeps, effect: LookAroundEffect, signal: AbortSignal): Promise<void> {
  const record = await deps.store.find(effect.bakeId);
  if (record === null) return;
  const measurements = await deps.store.measurements(effect.bakeId);
  const data = { record, measurements };
  const unchanged = effect.after === 'rollback' ? unchangedFor(data) : null;
  const hasHelped = record.bake.state === 'rolled_back' && unchanged !== null && unchanged.isShort;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(askMs)]);
  const neighbors = hasHelped ? [] : await badNeighbors(deps, { record, until: effect.until, checks: failedChecks(data) }, limited);
  const late = lateOnset(data);
  await commitFinding(deps, effect, {
    signs: [
      ...(neighbors.length > 0 ? [describeNeighbors(neighbors)] : []),
      ...(unchanged?.isLong ? [`the rollback made no difference for ${roundedDuration(unchanged.ms)}`] : []),
    ],
    hints: effect.after === 'failure' && late !== null ? [late] : [],
    hasHelped,
  });
}

/** The services of the same environment and provider that turned bad in the same minutes. One that cannot be asked says nothing. */
async function badNeighbors(
  deps: DispatchDeps,
  { record, until, checks }: { readonly record: DeployRecord; readonly until: number; readonly checks: readonly string[] },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { service, environment } = record.deploy;
  const providers = new Set(record.ruleSet.checks.filter(({ name }) => checks.includes(name)).map(({ provider }) => provider));
  const places = (await deps.store.services()).filter((place) => place.environment === environment && place.service !== service);
  const newest = places.map(({ latest }) => latest.deploy).toSorted((a, b) => b.registeredAt - a.registeredAt);
  const neighbors: { readonly record: DeployRecord; readonly rules: readonly CheckRule[] }[] = [];
  for (const { id } of newest.slice(0, maxCandidates)) {
    if (neighbors.length === maxNeighbors) break;
    const record = await deps.store.find(id);
    const rules = record?.ruleSet.checks.filter((rule) => isComparable(rule, providers)).slice(0, maxChecks) ?? [];
    if (record !== null && rules.length > 0) neighbors.push({ record, rules });
  }
  const found = await Promise.all(
    neighbors.map(async (one) => {
      const answers = await Promise.all(one.rules.map((rule) => isBad(deps, { record: one.record, rule, until }, signal)));
      return answers.some(Boolean) ? [one.record.deploy.service] : [];
    }),
  );
  return found.flat().toSorted();
}

function isComparable({ critical, question, provider }: CheckRule, providers: ReadonlySet<string>): boolean {
  return critical && question.kind === 'ratio' && !('probe' in question) && providers.has(provider);
}

async function isBad(
  { askPast, log }: DispatchDeps,
  { record, rule, until }: { readonly record: DeployRecord; readonly rule: CheckRule; readonly until: number },
  signal: AbortSignal,
): Promise<boolean> {
  if (askPast === undefined) return false;
  const { window, recent } = neighborWindow(until, record.plan.stepMs);
  try {
    const ticks = await askPast(record, rule, window, signal);
    return ticks.kind === 'ratio' && turnedBad(ticks, recent) !== null;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    log.debug({ err: error, service: record.deploy.service, check: rule.name }, 'neighbor could not be asked');
    return false;
  }
}

/** A person may set or take back a mark at the same time: the finding is then compared with what they did. */
async function commitFinding(deps: DispatchDeps, effect: LookAroundEffect, finding: ElsewhereSigns): Promise<void> {
  for (let tries = 0; tries < maxCommits; tries += 1) if (await tryCommit(deps, effect, finding)) return;
}

/** Returns false where the bake changed between the reading of its timeline and the commit. */
async function tryCommit({ store, clock }: DispatchDeps, { bakeId }: LookAroundEffect, finding: ElsewhereSigns): Promise<boolean> {
  const record = await store.find(bakeId);
  if (record === null) return true;
  const isTakenBack = wasTakenBack('elsewhere', await store.timeline(bakeId));
  const result = await store.update(bakeId, record.version, ({ deploy, bake, version, ruleSet, marks = [] }) => {
    const mark = marks.find(({ kind }) => kind === 'elsewhere') ?? null;
    const { changes, entries, notice } = changesFor(finding, { mark, isTakenBack }, clock.now());
    if (entries.length === 0) return { ok: false, refusal: 'nothing was found' };
    const place = `${deploy.service}/${deploy.environment}`;
    // After a recovery there is no notice: where notices are held back, it would replace the one that says that the service is well again.
    const effects =
      notice === null || bake.state === 'rolled_back'
        ? []
        : toQueuedEffects([notice], { id: bake.id, version: version + 1, place }, ruleSet.notify);
    return { ok: true, next: bake, effects, timeline: entries, marks: changes };
  });
  return result.kind !== 'lost';
}

/** The mark as it is now, and whether a person took it back before. */
type MarkNow = { readonly mark: VerdictMark | null; readonly isTakenBack: boolean };

type FindingChanges = {
  readonly changes: readonly VerdictMarkChange[];
  readonly entries: readonly TimelineEntry[];
  readonly notice: Extract<Effect, { kind: 'notify' }> | null;
};

/** What a finding changes. What a person set or took back stays as it is. A sign that the mark names already is no news. */
function changesFor({ signs, hints, hasHelped }: ElsewhereSigns, { mark, isTakenBack }: MarkNow, at: number): FindingChanges {
  const by = 'bakewatch';
  if (isTakenBack || (mark !== null && mark.by !== by)) return { changes: [], entries: [], notice: null };
  if (hasHelped && mark !== null) {
    const text = 'the service recovered with the rollback, so the failure counts against this deploy after all';
    return { changes: [{ takeBack: 'elsewhere' }], entries: [{ at, kind: 'mark_taken_back', by, text }], notice: null };
  }
  const news = signs.filter((sign) => mark === null || !mark.why.includes(sign));
  if (news.length === 0) {
    const entries = mark === null && hints.length > 0 ? [{ at, kind: 'looked_around', by, text: hints.join('; ') }] : [];
    return { changes: [], entries, notice: null };
  }
  const why = [...(mark === null ? [] : [mark.why]), ...news, ...hints].join('; ');
  const set: VerdictMarkChange = { set: { kind: 'elsewhere', by, why, at } };
  const notice = notify('elsewhere', at, [`the cause may lie elsewhere: ${why}`]);
  return { changes: mark === null ? [set] : [{ takeBack: 'elsewhere' }, set], entries: [entryOf(set, by, at)], notice };
}
