import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { type Bake, isFinal } from '../../src/core/bake/bake.ts';
import type { DeploySummary } from '../../src/ports/bake-store.ts';
import { step } from '../support/builders.ts';
import type { World } from '../support/world.ts';

/** What the service's traffic looks like: so many of 100 requests fail, or there are none. */
export const traffic = { healthy: 1, unhealthy: 50, silent: null } as const;
export type Traffic = keyof typeof traffic;

/** What is remembered of the commands so far, and of what the store showed after each. */
export type Model = {
  readonly seen: Map<string, DeploySummary>;
  readonly keys: Map<string, string>;
  readonly weather: { readonly since: number; readonly traffic: Traffic }[];
  isFrozen: boolean;
  clockWentBack: boolean;
};

/** Who acted in a command; without a person everything was done by the server itself. */
export type Asked = { readonly id: string; readonly what: 'rollback' | 'approve' | 'pass' | 'roll forward' } | null;

const condemned: readonly string[] = ['awaiting_approval', 'rolling_back', 'verifying', 'rolled_back', 'failed'];

/** Looks at everything after a command, and holds it against what was there before it. */
export async function holds(model: Model, world: World, asked: Asked): Promise<void> {
  const records = await world.store.list({ service: world.service, environment: 'production', limit: 500 });
  for (const record of records) {
    const before = model.seen.get(record.deploy.id);
    if (before === undefined) expect(record.version).toBe(1);
    else moved(model, { before, record, asked: asked?.id === record.deploy.id ? asked.what : null });
    if (before !== undefined && model.isFrozen) expect(isFurther(before, record), 'a freeze holds the next known-good release').toBe(false);
    if (isNewOrder(before, record)) {
      // Deploys are ordered by the clock: one that went back says nothing of which came later.
      // An order that was decided earlier (before traffic was shifted back) is refused when it is performed.
      const isDecidedNow = before?.bake.state !== 'shifting' && before?.bake.state !== 'verifying';
      if (!model.clockWentBack && isDecidedNow) isTheLast(records, record);
      if (record.bake.state === 'rolling_back' && record.bake.order.replaces) isForward(record, asked);
      else knownGood(records, record);
    }
  }
  expect(records.length).toBeGreaterThanOrEqual(model.seen.size);
  model.seen.clear();
  for (const record of records) model.seen.set(record.deploy.id, record);
  const live = records.filter(({ bake }) => isLive(bake));
  expect(live.length, 'one live bake').toBeLessThanOrEqual(1);
  for (const { bake } of live) {
    if (bake.state === 'baking' && bake.stage)
      expect(world.splitter.weight(), 'a stage is judged with its traffic').toBe(bake.stage.weight);
  }
}

/** Whether nothing has been decided of it yet. */
function isLive(bake: Bake): boolean {
  return ['warming', 'baking', 'awaiting_approval'].includes(bake.state) || (bake.state === 'shifting' && bake.shift.weight > 0);
}

/** A release that was found bad loses its traffic before anything else is done. */
function isFoundBad(bake: Bake): boolean {
  return condemned.includes(bake.state) || (bake.state === 'shifting' && ['roll_back', 'ask', 'failed'].includes(bake.after.kind));
}

type Move = { readonly before: DeploySummary; readonly record: DeploySummary; readonly asked: NonNullable<Asked>['what'] | null };

function moved(model: Model, { before, record, asked }: Move): void {
  const { bake } = record;
  if (record.version === before.version) {
    expect(bake, 'without a new version nothing changes').toEqual(before.bake);
    return;
  }
  expect(record.version).toBeGreaterThan(before.version);
  // A look around adds a mark to the deploy, and leaves its bake as it is.
  if (isFinal(before.bake) && isDeepStrictEqual(bake, before.bake)) return;
  if (isFinal(before.bake)) {
    const isForward = bake.state === 'rolling_back' && bake.order.replaces !== undefined;
    const asks = isForward ? 'roll forward' : 'rollback';
    expect([asked, bake.state], 'a final bake moves only when a person asks').toEqual([asks, 'rolling_back']);
  }
  if (before.bake.state !== 'baking' || asked !== null) return;
  const badTick = isBadBetween(model, before.bake, before.bake.limitAt);
  if (isFoundBad(bake) && !isByRule(bake)) expect(badTick, 'only what was bad is condemned').toBe(true);
  if (bake.state === 'passed') expect(isBadBetween(model, before.bake, before.bake.endsAt), 'nothing bad passes').toBe(false);
  if (model.isFrozen) expect(['rolling_back', 'shifting'], 'nothing is done in a freeze').not.toContain(bake.state);
}

/** Whether the bake ended undecided, and the rules roll back then. */
function isByRule(bake: Bake): boolean {
  return JSON.stringify(bake).includes('when_undecided: roll_back');
}

/** Whether any judged tick that ends in `(from, to]`, up to the newest that is known, was bad. */
function isBadBetween(model: Model, { from, stage }: Extract<Bake, { state: 'baking' }>, to: number): boolean {
  const isLeftOut = (at: number) => stage?.leftOut.some((gap) => at > gap.from && at <= gap.to) ?? false;
  for (let at = from + step; at <= to; at += step) if (trafficAt(model, at) === 'unhealthy' && !isLeftOut(at)) return true;
  return false;
}

/** The traffic of the tick that ends at an instant; what will be is what is. */
export function trafficAt(model: Model, at: number): Traffic {
  return model.weather.findLast(({ since }) => since < at)?.traffic ?? 'healthy';
}

/** Another release is put back than was ordered, because that one is gone. */
function isFurther(before: DeploySummary, { bake }: DeploySummary): boolean {
  return before.bake.state === 'rolling_back' && bake.state === 'rolling_back' && bake.order.id !== before.bake.order.id;
}

function isNewOrder(before: DeploySummary | undefined, { bake, version }: DeploySummary): boolean {
  return bake.state === 'rolling_back' && before?.version !== version;
}

/** Only a person puts a release back that was rolled back, and only the own release of the deploy. */
function isForward({ deploy, bake }: DeploySummary, asked: Asked): void {
  expect(asked, 'only a person rolls forward').toEqual({ id: deploy.id, what: 'roll forward' });
  expect(bake, 'it is the own release').toMatchObject({ order: { target: { deployId: deploy.id, version: deploy.release.version } } });
}

/** What runs is what is rolled back: nothing that was deployed later, and is not gone again, loses its place by it. */
function isTheLast(records: readonly DeploySummary[], { deploy }: DeploySummary): void {
  const gone = ['canceled', 'superseded', 'rolled_back'];
  const later = records.filter(
    ({ deploy: other, bake }) =>
      other.registeredAt > deploy.registeredAt && !gone.includes(bake.state) && !(bake.state === 'failed' && bake.rolledBack !== 'no'),
  );
  expect(
    later.map(({ deploy: other, bake }) => `${other.release.version} is ${bake.state}`),
    'only the last deploy is rolled back',
  ).toEqual([]);
}

function knownGood(records: readonly DeploySummary[], { bake, deploy }: DeploySummary): void {
  if (bake.state !== 'rolling_back') return;
  const target = records.find((one) => one.deploy.id === bake.order.target.deployId);
  const verified = records.filter(
    (one) => one.deploy.id !== deploy.id && one.bake.state === 'passed' && !isCondemnedLater(records, one, deploy.id),
  );
  if (bake.order.target.isUnverified === true) {
    expect(target?.bake, 'an unverified target was held with nothing against it').toMatchObject({ state: 'inconclusive', isClean: true });
    expect(verified, 'only where no release is verified').toEqual([]);
  } else expect(target?.bake.state, 'a rollback goes to a known-good release').toBe('passed');
  const isBadSince = target !== undefined && isCondemnedLater(records, target, deploy.id);
  expect(isBadSince, 'a release that was found bad later is no target').toBe(false);
}

/** Whether a newer deploy of the same version was condemned; what `asking` came to does not count. */
function isCondemnedLater(records: readonly DeploySummary[], { deploy }: DeploySummary, asking: string): boolean {
  return records.some(
    (one) =>
      one.deploy.id !== asking &&
      one.deploy.release.version === deploy.release.version &&
      one.deploy.registeredAt > deploy.registeredAt &&
      (condemned.includes(one.bake.state) || one.bake.forwards !== undefined) &&
      one.bake.didNotHelp === undefined,
  );
}

/** What must hold once everything has ended. */
export async function held(model: Model, world: World): Promise<void> {
  const performed = world.platform.performed.map(({ id }) => id);
  const ordered = world.queued.flatMap((effect) => (effect.kind === 'roll_back' ? [effect.order.id] : []));
  const attempts = (await Promise.all([...model.seen.keys()].map((id) => world.store.attempts(id)))).flat();
  const interrupted = attempts.filter(({ outcome }) => outcome === null || outcome === 'timeout').map(({ orderId }) => orderId);
  for (const id of new Set(performed)) {
    const count = (list: readonly string[]) => list.filter((one) => one === id).length;
    const most = count(ordered) + count(interrupted);
    expect(count(performed), `the order ${id} is performed again only where an attempt was interrupted`).toBeLessThanOrEqual(most);
  }
  expect(new Set(world.queued.map(({ id }) => id)).size, 'no effect is queued twice').toBe(world.queued.length);
  for (const { deploy, bake } of model.seen.values()) {
    expect(isFinal(bake), 'every bake ends').toBe(true);
    const notices = world.queued.flatMap((effect) => (effect.kind === 'notify' && effect.bakeId === deploy.id ? [effect.notice] : []));
    // The topic alone may come twice: where a target is gone, the next one is news.
    const news = notices.map(({ topic, reasons }) => `${topic}: ${reasons.join('; ')}`);
    expect(
      news.filter((text, i) => text === news[i - 1]),
      'nothing is told again that has not changed',
    ).toEqual([]);
    for (const { result, ticks } of await world.store.measurements(deploy.id)) {
      if (ticks === null) expect(result.outcome, 'what could not be asked is no failure').toBe('error');
    }
    const instants = (await world.store.timeline(deploy.id)).map(({ at }) => at);
    if (!model.clockWentBack) expect(instants, 'a story goes forward').toEqual(instants.toSorted((a, b) => a - b));
  }
}
