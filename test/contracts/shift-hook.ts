import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ShiftHook, ShiftOrder } from '../../src/ports/shift-hook.ts';
import { effectErrorOf, everythingIn } from '../support/effect-error.ts';
import type { Behavior } from './hook.ts';

/** A hook that waits long enough for a busy machine, and the traffic splitter that it acts on. */
export type ShiftWorld = {
  readonly hook: ShiftHook;
  /** The same hook with a timeout of some seconds, for a splitter that hangs. Default: `hook`. */
  readonly impatient?: ShiftHook;
  /** The same hook without a splitter: nothing listens there, or the program does not exist. */
  readonly unreachable: ShiftHook;
  /** The same hook without a way to read the share; `null` if the hook can always read it. */
  readonly unverifiable: ShiftHook | null;
  readonly secret: string;
  behave(behavior: Behavior): void;
  weight(): number;
  split(weight: number): void;
  /** The shares that the splitter was ordered to set. */
  received(): readonly number[];
  close(): Promise<void>;
};

const never = new AbortController().signal;

/** An order to give v2 a quarter of the traffic. */
export function aShiftOrder(rest: Partial<ShiftOrder> = {}): ShiftOrder {
  return { id: 'bake-1:shift:25', place: { service: 'shop', environment: 'production' }, release: { version: 'v2' }, weight: 25, ...rest };
}

/** The contract of every hook that shifts traffic. `open` builds a hook and its splitter. */
export function describeShiftHookContract(name: string, open: () => Promise<ShiftWorld>): void {
  describe(`the ${name} traffic hook`, () => {
    let world: ShiftWorld;
    beforeEach(async () => {
      world = await open();
      world.split(5);
    });
    afterEach(() => world.close());

    describeShifts(() => world);
    describeShiftFailures(() => world);
  });
}

function describeShifts(world: () => ShiftWorld): void {
  test.for([25, 0, 100, 0.5])('gives the release %d percent, and proves it', async (weight) => {
    const receipt = await world().hook.shift(aShiftOrder({ weight }), never);
    expect(receipt).toMatchObject({ alreadyThere: false, summary: expect.stringContaining(`${weight} %`) });
    expect([world().weight(), world().received()]).toEqual([weight, [weight]]);
  });

  test('is idempotent: the second time, the share is already right, which is a success', async () => {
    await world().hook.shift(aShiftOrder(), never);
    expect(await world().hook.shift(aShiftOrder(), never)).toMatchObject({ alreadyThere: true });
    expect(world().received()).toHaveLength(1);
  });

  test('reads the share of the release, if it can', async () => {
    expect(await world().hook.weight(aShiftOrder().place, never)).toBe(5);
    expect((await world().unverifiable?.weight(aShiftOrder().place, never)) ?? null).toBeNull();
  });

  test('without a way to read the share, the receipt says that the result is unproven', async ({ skip }) => {
    const { unverifiable } = world();
    if (unverifiable === null) return skip('this hook can always read the share');
    expect(await unverifiable.shift(aShiftOrder(), never)).toMatchObject({ summary: expect.stringContaining('unproven') });
    expect(world().weight()).toBe(25);
  });

  test('a rehearsal reports its findings and changes nothing', async () => {
    expect((await world().hook.rehearse(aShiftOrder(), never)).join('; ')).toContain('the release gets 5 %');
    expect([world().weight(), world().received()]).toEqual([5, []]);
  });

  test('a rehearsal fails if the splitter is unreachable', async () => {
    expect((await effectErrorOf(world().unreachable.rehearse(aShiftOrder(), never))).kind).toMatch(/unreachable|refused/);
  });
}

function describeShiftFailures(world: () => ShiftWorld): void {
  test('a success that is only reported is a failure, which names both shares', async () => {
    world().behave('lies');
    const error = await effectErrorOf(world().hook.shift(aShiftOrder(), never));
    expect(error).toMatchObject({ kind: 'failed', message: expect.stringMatching(/gets 5 %, not 25 %/) });
  });

  test('an error holds no secret, even if the splitter prints it', async () => {
    world().behave('fails');
    const error = await effectErrorOf(world().hook.shift(aShiftOrder(), never));
    expect(error.kind).toBe('failed');
    expect(error.output).toContain('[redacted]');
    expect(everythingIn(error)).not.toContain(world().secret);
  });

  test('after a timeout the error says that the shift may have happened', async () => {
    world().behave('hangs');
    expect(await effectErrorOf((world().impatient ?? world().hook).shift(aShiftOrder(), never))).toMatchObject({ kind: 'timeout' });
  });

  test('an unreachable splitter means that nothing was shifted', async () => {
    expect(await effectErrorOf(world().unreachable.shift(aShiftOrder(), never))).toMatchObject({ kind: 'unreachable' });
  });

  test('if it cannot read the share afterwards, the shift may have happened, and the next attempt finds out', async () => {
    world().behave('unreadable after the action');
    expect(await effectErrorOf(world().hook.shift(aShiftOrder(), never))).toMatchObject({ kind: 'timeout' });
    world().behave('works');
    expect(await world().hook.shift(aShiftOrder(), never)).toMatchObject({ alreadyThere: true });
    expect(world().received()).toHaveLength(1);
  });

  test.for(['v1;id', '$(id)', '--force', '../v1', 'v1\nv2', ''])('a service named %j never reaches the splitter', async (service) => {
    const order = aShiftOrder({ place: { service, environment: 'production' } });
    expect(await effectErrorOf(world().hook.shift(order, never))).toMatchObject({ kind: 'refused' });
    expect(world().received()).toEqual([]);
  });
}
