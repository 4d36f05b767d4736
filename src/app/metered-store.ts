import { type Bake, isFinal } from '../core/bake/bake.ts';
import { type DecidedState, decidedStates, type Meter } from '../core/base/meter.ts';
import type { Commit } from '../ports/bake-store.ts';
import type { Store } from '../ports/store.ts';

type BakeMove = { readonly before: Bake | null; readonly commit: Commit };

/** Wraps a store so that it counts the state changes of bakes when they are committed, also those by a person, a hook or a newer deploy. */
export function createMeteredStore(store: Store, meter: Meter): Store {
  return {
    ...store,
    async register(registration, decide) {
      let moves: readonly BakeMove[] = [];
      const result = await store.register(registration, (context) => {
        const decision = decide(context);
        const bakes = new Map(context.live.map(({ deploy, bake }) => [deploy.id, bake]));
        const superseded = decision.ok ? decision.superseded.map(({ id, commit }) => ({ before: bakes.get(id) ?? null, commit })) : [];
        moves = decision.ok ? [{ before: null, commit: decision.first }, ...superseded] : [];
        return decision;
      });
      if (result.kind === 'created') for (const move of moves) count(meter, move);
      return result;
    },
    async update(id, expected, decide) {
      let moves: readonly BakeMove[] = [];
      const result = await store.update(id, expected, async (record, facts) => {
        const decision = await decide(record, facts);
        moves = decision.ok ? [{ before: record.bake, commit: decision }] : [];
        return decision;
      });
      if (result.kind === 'committed') for (const move of moves) count(meter, move);
      return result;
    },
  };
}

function count(meter: Meter, { before, commit }: BakeMove): void {
  const { next, timeline } = commit;
  for (const { kind } of timeline) {
    if (kind === 'drilled' || kind === 'drill_failed') meter.drilled(kind === 'drilled' ? 'succeeded' : 'failed');
  }
  if (before?.state === next.state) return;
  meter.stateEntered(next.state);
  const isRollback = before?.state === 'rolling_back' || before?.state === 'verifying';
  if (isRollback && before.order.replaces === undefined) countRollback(meter, next);
  const ownEntry = timeline.find(({ kind, by }) => kind === next.state && by === 'bakewatch');
  const verdict = verdictOf(next);
  if (before?.state !== 'baking' || ownEntry === undefined || verdict === null) return;
  meter.decided(verdict, (ownEntry.at - (next.deployedAt ?? next.begunAt)) / 1000);
}

/** The state that a judgement led to, also where traffic is shifted back first; `null` where the bake goes on with more traffic. */
function verdictOf(next: Bake): DecidedState | null {
  const name = next.state === 'shifting' ? statesAfterShift[next.after.kind] : next.state;
  return decidedStates.find((state) => state === name) ?? null;
}

const statesAfterShift = {
  stage: null,
  pass: null,
  roll_back: 'rolling_back',
  ask: 'awaiting_approval',
  failed: 'failed',
  inconclusive: 'inconclusive',
} as const;

function countRollback(meter: Meter, bake: Bake): void {
  if (!isFinal(bake)) return;
  if (bake.state === 'rolled_back') meter.rolledBack(bake.unconfirmed === undefined ? 'recovered' : 'not_measured');
  else if (bake.state === 'failed') meter.rolledBack(rollbackOutcomes[bake.rolledBack]);
}

const rollbackOutcomes = { yes: 'not_recovered', no: 'not_done', unknown: 'unknown' } as const;
