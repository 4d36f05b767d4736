import fc from 'fast-check';
import { AppError } from '../../src/core/base/errors.ts';
import type { Store } from '../../src/ports/store.ts';
import { approve, cancel, extend, finish, pass, rollBack } from '../../src/usecases/intervene.ts';
import { rollForward } from '../../src/usecases/roll-forward.ts';
import { step } from '../support/builders.ts';
import type { Act } from '../support/fake-hook.ts';
import type { Trouble } from '../support/fake-provider.ts';
import type { World } from '../support/world.ts';
import { type Asked, holds, type Model, type Traffic } from './model-invariants.ts';

/** The system under test, with what a command may turn: how the provider and the platform behave. */
export type Real = {
  readonly world: World;
  /** Stores of two processes on one database; the first is the one that runs. */
  readonly stores: [Store, Store];
  trouble: Trouble | null;
  act: Act;
};

type Command = fc.AsyncCommand<Model, Real>;

/** A command; whatever it does, everything that always holds is looked at afterwards. */
function command(name: string, run: (real: Real, model: Model) => Promise<Asked | undefined>): Command {
  return {
    check: () => true,
    run: async (model, real) => holds(model, real.world, (await run(real, model)) ?? null),
    toString: () => name,
  };
}

const acts: readonly Act[] = [
  'gone',
  'gone',
  'refused',
  'failed',
  'unreachable',
  'timeout',
  'times out after',
  'dies before',
  'dies after',
];
const version = fc.constantFrom('v1', 'v2', 'v3');
/** Mostly the newest. */
const nth = fc.constantFrom(0, 0, 0, 0, 1, 2, 5);

function register(what: {
  version: string;
  phase: 'started' | 'finished';
  force: boolean;
  adopted: boolean;
  isRollback: boolean;
}): Command {
  return command(`register ${JSON.stringify(what)}`, async ({ world }, { keys }) => {
    const { version, phase, force, adopted } = what;
    const key = `${world.service}-${keys.size}`;
    const cause = { kind: what.isRollback ? 'rollback' : 'release' } as const;
    const result = await allowed(() => world.release(version, { phase, force, key, hash: key, adopted, cause }));
    if (result?.isNew) keys.set(key, result.record.deploy.id);
  });
}

const retry = (n: number, isSame: boolean) =>
  command(`retry ${n} ${isSame}`, async ({ world }, { keys }) => {
    const [key, id] = nthOf([...keys], n) ?? [];
    if (key === undefined) return;
    const again = await allowed(() => world.release('v1', { key, hash: isSame ? key : 'other' }));
    const expected = isSame ? { id, isNew: false } : undefined;
    const got = again && { id: again.record.deploy.id, isNew: again.isNew };
    if (JSON.stringify(got) !== JSON.stringify(expected)) throw new Error(`a retry gave ${JSON.stringify(got)}`);
  });

type Ask = 'approve' | 'cancel' | 'extend' | 'finish' | 'pass' | 'rollback' | 'roll forward' | 'roll forward, confirmed';

function ask(what: Ask, n: number): Command {
  return command(`${what} ${n}`, async ({ world }, { seen }) => {
    const [id] = nthOf([...seen], n) ?? [];
    if (id === undefined) return;
    const said = { id, by: 'ana', at: world.clock.now() };
    const asked = { ...said, why: 'she thinks so' };
    const verbs: Readonly<Record<Ask, () => Promise<unknown>>> = {
      approve: () => approve(world.store, said),
      cancel: () => cancel(world.store, said),
      extend: () => extend(world.store, { ...said, byMs: 2 * step }),
      finish: () => finish(world.store, said),
      pass: () => pass(world.store, asked),
      rollback: () => rollBack(world.store, asked),
      'roll forward': () => rollForward(world.store, { ...asked, confirm: false }),
      'roll forward, confirmed': () => rollForward(world.store, { ...asked, confirm: true }),
    };
    await allowed(verbs[what]);
    if (what === 'roll forward' || what === 'roll forward, confirmed') return { id, what: 'roll forward' };
    return what === 'approve' || what === 'pass' || what === 'rollback' ? { id, what } : undefined;
  });
}

/** Time passes (`due`: until a bake is due), and what is due is looked at by one process or by two that think it is theirs. */
const tick = (ms: number | 'due', rivals: 1 | 2, worksThen: boolean) =>
  command(`tick ${ms} ${rivals} ${worksThen}`, async ({ world, stores }) => {
    if (ms === 'due') world.clock.set(Math.max(world.clock.now(), (await stores[0].nextDueAt()) ?? 0));
    else world.clock.advance(ms);
    const claim = { leaseMs: 30_000, limit: 100, worker: 'one' };
    const taken = await stores[0].claimDue({ ...claim, now: world.clock.now() });
    if (rivals === 2) world.clock.advance(claim.leaseMs);
    const again = rivals === 2 ? await stores[1].claimDue({ ...claim, now: world.clock.now(), worker: 'two' }) : [];
    await Promise.all([...taken, ...again].map((record) => world.look(record)));
    await stores[0].releaseClaims('one');
    await stores[1].releaseClaims('two');
    for (const { deploy, version } of taken) {
      const moved = (await world.recordOf(deploy.id)).version - version;
      if (moved > 1) throw new Error(`one claim was committed ${moved} times`);
    }
    if (worksThen) await world.work();
  });

const work = command('work', async ({ world }) => void (await world.work()));

/** The process is killed after an effect was performed and before that was noted: it comes again. */
const deliverOnly = command('deliver, and forget it', async ({ world }) => {
  if (world.pending[0]) await world.deliver(world.pending[0]);
});

const restart = command('restart', async ({ world, stores }) => {
  stores.reverse();
  world.restart(stores[0]);
});

const freeze = (isFrozen: boolean, everywhere: boolean) =>
  command(`freeze ${isFrozen} ${everywhere}`, async ({ world }, model) => {
    const service = everywhere ? null : world.service;
    if (isFrozen) await world.store.setFreeze({ service, by: 'ana', why: 'a sale', since: world.clock.now() });
    else for (const one of [null, world.service]) await world.store.liftFreeze(one, world.clock.now());
    model.isFrozen = isFrozen;
  });

const weather = (traffic: Traffic) =>
  command(`traffic is ${traffic}`, async ({ world }, model) => {
    if (!model.clockWentBack) model.weather.push({ since: world.clock.now(), traffic });
  });

const provide = (trouble: Trouble | null) =>
  command(`provider: ${trouble ?? 'answers'}`, async (real) => {
    real.trouble = trouble;
  });

const platform = (act: Act) =>
  command(`hook ${act}`, async (real) => {
    real.act = act;
  });

const jumpBack = (ms: number) =>
  command(`clock back ${ms}`, async ({ world }, model) => {
    world.clock.advance(-ms);
    model.clockWentBack = true;
  });

/** What may happen, in any order; what a bake needs to get anywhere comes more often. */
export const commands = [
  ...often(
    2,
    fc
      .record({
        version,
        phase: fc.constantFrom('finished', 'finished', 'finished', 'finished', 'started'),
        force: fc.constantFrom(false, false, true),
        adopted: fc.constantFrom(...often(9, false), true),
        isRollback: fc.constantFrom(...often(9, false), true),
      })
      .map(register),
  ),
  ...often(
    10,
    fc.tuple(fc.constant<'due'>('due'), fc.constantFrom(1, 1, 1, 2), fc.boolean()).map((args) => tick(...args)),
  ),
  fc
    .tuple(fc.constantFrom(step, step, 3 * step, 3 * step, 12 * step, 4_000_000), fc.constantFrom(1, 2), fc.boolean())
    .map((args) => tick(...args)),
  ...often(2, fc.constant(work)),
  fc.tuple(nth, fc.boolean()).map((args) => retry(...args)),
  ...often(
    2,
    fc
      .tuple(
        fc.constantFrom<Ask>(
          'approve',
          'cancel',
          'extend',
          'finish',
          'pass',
          'rollback',
          'rollback',
          'roll forward',
          'roll forward, confirmed',
        ),
        nth,
      )
      .map((args) => ask(...args)),
  ),
  fc.constant(deliverOnly),
  fc.constant(restart),
  fc.tuple(fc.constantFrom(true, ...often(2, false)), fc.boolean()).map((args) => freeze(...args)),
  ...often(2, fc.constantFrom<Traffic>('healthy', 'healthy', 'unhealthy', 'unhealthy', 'silent').map(weather)),
  fc.constantFrom<Trouble | null>(...often(6, null), 'unavailable', 'rate_limited', 'bad_query', 'timeout').map(provide),
  fc.constantFrom<Act>(...often(4, 'works' as const), ...acts, 'dies after').map(platform),
];

/** The same with a clock that is set back now and then. */
export const commandsWithJumps = [...commands, fc.constantFrom(1, step, 10 * step).map(jumpBack)];

/** fast-check chooses evenly among what it is given. */
function often<T>(times: number, one: T): readonly T[] {
  return Array.from({ length: times }, () => one);
}

/** Runs a verb that may be refused; anything but a refusal in words is a bug. */
async function allowed<T>(verb: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verb();
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return undefined;
    throw error;
  }
}

/** The nth newest. */
function nthOf<T>(list: readonly T[], n: number): T | undefined {
  return list.length === 0 ? undefined : list[n % list.length];
}
