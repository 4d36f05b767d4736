import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ShiftHook, ShiftOrder } from '../../src/ports/shift-hook.ts';
import { effectErrorOf, everythingIn } from '../support/effect-error.ts';
import type { Behavior } from './hook.ts';

/** A hook, timing out after a second or so, and the splitter that it acts on. The release gets 5 % at first. */
export type ShiftWorld = {
  readonly hook: ShiftHook;
  /** The same hook with nothing at the other end. */
  readonly lost: ShiftHook;
  /** The same hook without a way to ask for the share; `null` where there always is one. */
  readonly blind: ShiftHook | null;
  readonly secret: string;
  behave(behavior: Behavior): void;
  weight(): number;
  split(weight: number): void;
  /** The shares that the far side was asked for so far, as they arrived there. */
  asked(): readonly number[];
  close(): Promise<void>;
};

const never = new AbortController().signal;

/** An order to give v2 a quarter of the traffic. */
export function aShiftOrder(rest: Partial<ShiftOrder> = {}): ShiftOrder {
  return { id: 'bake-1:shift:25', place: { service: 'shop', environment: 'production' }, release: { version: 'v2' }, weight: 25, ...rest };
}

/** What every hook that shifts traffic promises; the harness says how this one's far side is built. */
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
    expect([world().weight(), world().asked()]).toEqual([weight, [weight]]);
  });

  test('handed over twice, it acts once: already there is success', async () => {
    await world().hook.shift(aShiftOrder(), never);
    expect(await world().hook.shift(aShiftOrder(), never)).toMatchObject({ alreadyThere: true });
    expect(world().asked()).toHaveLength(1);
  });

  test('says how much the release gets, where it can', async () => {
    expect(await world().hook.weight(aShiftOrder().place, never)).toBe(5);
    expect((await world().blind?.weight(aShiftOrder().place, never)) ?? null).toBeNull();
  });

  test('without a way to ask, the receipt says that nothing is proven', async ({ skip }) => {
    const { blind } = world();
    if (blind === null) return skip('the share can always be asked for');
    expect(await blind.shift(aShiftOrder(), never)).toMatchObject({ summary: expect.stringContaining('unproven') });
    expect(world().weight()).toBe(25);
  });

  test('a rehearsal says what it found, and changes nothing', async () => {
    expect((await world().hook.rehearse(aShiftOrder(), never)).join('; ')).toContain('the release gets 5 %');
    expect([world().weight(), world().asked()]).toEqual([5, []]);
  });

  test('a rehearsal with nothing at the other end fails', async () => {
    expect((await effectErrorOf(world().lost.rehearse(aShiftOrder(), never))).kind).toMatch(/unreachable|refused/);
  });
}

function describeShiftFailures(world: () => ShiftWorld): void {
  test('success that is only claimed is a failure, with both shares named', async () => {
    world().behave('lies');
    const error = await effectErrorOf(world().hook.shift(aShiftOrder(), never));
    expect(error).toMatchObject({ kind: 'failed', message: expect.stringMatching(/gets 5 %, not 25 %/) });
  });

  test('a failure is told without any secret, even when the far side echoes it', async () => {
    world().behave('fails');
    const error = await effectErrorOf(world().hook.shift(aShiftOrder(), never));
    expect(error.kind).toBe('failed');
    expect(error.output).toContain('[redacted]');
    expect(everythingIn(error)).not.toContain(world().secret);
  });

  test('what does not end in time may have shifted', async () => {
    world().behave('hangs');
    expect(await effectErrorOf(world().hook.shift(aShiftOrder(), never))).toMatchObject({ kind: 'timeout' });
  });

  test('with nothing at the other end nothing was shifted', async () => {
    expect(await effectErrorOf(world().lost.shift(aShiftOrder(), never))).toMatchObject({ kind: 'unreachable' });
  });

  test('where the share cannot be asked afterwards, it may have shifted, and the next try finds out', async () => {
    world().behave('mute afterwards');
    expect(await effectErrorOf(world().hook.shift(aShiftOrder(), never))).toMatchObject({ kind: 'timeout' });
    world().behave('works');
    expect(await world().hook.shift(aShiftOrder(), never)).toMatchObject({ alreadyThere: true });
    expect(world().asked()).toHaveLength(1);
  });

  test.for(['v1;id', '$(id)', '--force', '../v1', 'v1\nv2', ''])('a service named %j never reaches the far side', async (service) => {
    const order = aShiftOrder({ place: { service, environment: 'production' } });
    expect(await effectErrorOf(world().hook.shift(order, never))).toMatchObject({ kind: 'refused' });
    expect(world().asked()).toEqual([]);
  });
}
