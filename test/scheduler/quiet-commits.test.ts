import { expect, test, vi } from 'vitest';
import type { BakeStore, QuietCommit } from '../../src/ports/bake-store.ts';
import { commitPass } from '../../src/scheduler/commit-pass.ts';
import { createQuietCommits } from '../../src/scheduler/quiet-commits.ts';
import { aBake, aDeploy, aPlan, aRuleSet, step } from '../support/builders.ts';
import { silentLog } from '../support/database.ts';

const commit = (id: string): QuietCommit => ({
  version: 1,
  ruleSet: aRuleSet(),
  next: { ...aBake('baking'), id },
  timeline: [],
  measurements: [],
});

/** Collects what is written together. `answer` says which bakes are written. */
function collecting(answer: (ids: readonly string[]) => readonly string[] = (ids) => ids) {
  const batches: string[][] = [];
  const updateQuietly = async (commits: readonly QuietCommit[]) => {
    const ids = commits.map(({ next }) => next.id);
    batches.push(ids);
    return new Set(answer(ids));
  };
  return { batches, quiet: createQuietCommits({ store: { updateQuietly }, log: silentLog }, { waitMs: 1_000, max: 4 }) };
}

test('a commit that comes alone is written at once; those that follow are written together', async () => {
  vi.useFakeTimers();
  try {
    const { batches, quiet } = collecting();
    expect(await quiet.write(commit('a'))).toBe(true);
    const later = ['b', 'c'].map((id) => quiet.write(commit(id)));
    expect(batches).toEqual([['a']]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await Promise.all(later)).toEqual([true, true]);
    expect(batches).toEqual([['a'], ['b', 'c']]);
  } finally {
    vi.useRealTimers();
  }
});

test('as soon as the maximum waits, they are written', async () => {
  const { batches, quiet } = collecting();
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => quiet.write(commit(id))));
  expect(batches).toEqual([['a'], ['b', 'c', 'd', 'e']]);
});

test('a bake that was not written loses none of the others', async () => {
  const { quiet } = collecting((ids) => ids.filter((id) => id !== 'lost'));
  await quiet.write(commit('first'));
  expect(await Promise.all(['a', 'lost', 'b', 'c'].map((id) => quiet.write(commit(id))))).toEqual([true, false, true, true]);
});

test('where all fail together, each is left to be tried alone', async () => {
  const { quiet } = collecting(() => {
    throw new Error('the database is away');
  });
  await quiet.write(commit('first'));
  expect(await Promise.all(['a', 'b', 'c', 'd'].map((id) => quiet.write(commit(id))))).toEqual([false, false, false, false]);
});

test('a pass that was not written with others is committed alone; one that moves its bake never waits for others', async () => {
  const record = { deploy: aDeploy(), bake: aBake('baking'), version: 3, ruleSet: aRuleSet(), plan: aPlan() };
  const alone: unknown[] = [];
  const together: string[] = [];
  const told: string[] = [];
  let isWritten = false;
  const never = () => Promise.reject(new Error('nobody asks for this'));
  const store: BakeStore = {
    register: never,
    find: never,
    updateQuietly: never,
    async update(_, expected, decide) {
      alone.push(expected);
      const decision = await decide(record, never);
      return decision.ok ? { kind: 'committed', record: { ...record, bake: decision.next, version: 4 } } : { kind: 'lost' };
    },
  };
  const write = async ({ next, timeline }: QuietCommit) => {
    together.push(next.id);
    told.push(...timeline.map(({ kind }) => kind));
    return isWritten;
  };
  const pass = async (until: number, kind: 'healthy' | 'undecided') => {
    const judgement =
      kind === 'healthy'
        ? ({ kind, confidence: 'full', clear: true, reasons: ['fine'] } as const)
        : ({ kind, couldNotAsk: false, reasons: ['few'] } as const);
    const event = { type: 'judged', at: until + 5_000, until, judgement } as const;
    return await commitPass({ store, log: silentLog, spread: async () => 0, quiet: { write } }, record, { event, measurements: [] });
  };
  if (record.bake.state !== 'baking') throw new Error(record.bake.state);
  const { from, endsAt } = record.bake;
  expect(await pass(from + step, 'undecided')).toMatchObject({ version: 4, bake: { state: 'baking', reasons: ['few'] } });
  expect([together, alone]).toEqual([['d2'], [3]]);
  expect(await pass(endsAt, 'healthy')).toMatchObject({ bake: { state: 'passed' } });
  expect([together, alone]).toEqual([['d2'], [3, 3]]);
  // What is only said moves nothing: all bakes of a busy hour may rule out harm at the same tick.
  isWritten = true;
  expect(await pass(from + step, 'healthy')).toMatchObject({ version: 4, bake: { state: 'baking', reasons: ['fine'] } });
  expect([together, alone, told]).toEqual([['d2', 'd2'], [3, 3], ['clear']]);
});
