import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RollbackHook, RollbackOrder } from '../../src/ports/hook.ts';
import { effectErrorOf, everythingIn } from '../support/effect-error.ts';

/**
 * How the far side of a hook behaves when it is asked to roll back. `fails` prints the secret first; `mute` cannot say what runs;
 * `mute afterwards` can until it was asked to act.
 */
export type Behavior = 'works' | 'fails' | 'lies' | 'hangs' | 'mute' | 'mute afterwards';

/** A hook, timing out after a second or so, and the world that it acts on. `release` runs there at first. */
export type HookWorld = {
  readonly hook: RollbackHook;
  /** The same hook with nothing at the other end. */
  readonly lost: RollbackHook;
  /** The same hook without a way to ask what runs; `null` where there always is one. */
  readonly blind: RollbackHook | null;
  /** What the hook says runs while a release does; the release itself where this is left out. */
  shows?(release: string): string;
  /** Sees to it that the platform has a release to go back to; left out where any release will do. */
  offer?(release: string): void;
  /** Where the hook tells releases apart only by fingerprint, two of the same version are a reason to refuse. */
  readonly needsFingerprint?: boolean;
  /** Where a program does the work: it says `working on it` before it hangs. */
  readonly prints?: boolean;
  readonly secret: string;
  behave(behavior: Behavior): void;
  running(): string;
  run(release: string): void;
  /** The platform does not have the release any more. */
  forget(release: string): void;
  /** What the far side was asked to do so far, as it arrived there. */
  asked(): readonly { readonly version: string; readonly id?: string }[];
  close(): Promise<void>;
};

const never = new AbortController().signal;

/** An order to go back from v2 to v1. */
export function anOrder(rest: Partial<RollbackOrder> = {}): RollbackOrder {
  return {
    id: 'bake-1:7:0',
    place: { service: 'shop', environment: 'production' },
    from: { version: 'v2' },
    target: { deployId: 'deploy-1', version: 'v1' },
    reasons: ['errors 4.2 %'],
    ...rest,
  };
}

/** What the hook shows while a release runs. */
function shown(world: HookWorld, release: string): string {
  return world.shows?.(release) ?? release;
}

/** The versions that arrived; a far side that is told the order's id too was told the right one. */
function arrived(world: HookWorld): readonly string[] {
  for (const { id = 'bake-1:7:0' } of world.asked()) expect(id).toBe('bake-1:7:0');
  return world.asked().map(({ version }) => version);
}

/** What every rollback hook promises; the harness says how this one's far side is built. */
export function describeHookContract(name: string, open: () => Promise<HookWorld>): void {
  describe(`the ${name} hook`, () => {
    let world: HookWorld;
    beforeEach(async () => {
      world = await open();
      world.offer?.('v1');
      world.run('v2');
    });
    afterEach(() => world.close());

    describeSuccess(() => world);
    describe('rehearsing', () => describeRehearsals(() => world));
    describeFailures(() => world);
    describeNames(() => world);
  });
}

function describeSuccess(world: () => HookWorld): void {
  test('puts the target back, proves it, and passes the idempotency key on', async () => {
    const receipt = await world().hook.rollBack(anOrder(), never);
    const v1 = shown(world(), 'v1');
    expect(receipt).toMatchObject({ alreadyThere: false, fingerprint: v1, summary: expect.stringContaining(`${v1} is running`) });
    expect(world().running()).toBe('v1');
    expect(arrived(world())).toEqual(['v1']);
  });

  test('handed over twice, it acts once: already there is success', async () => {
    await world().hook.rollBack(anOrder(), never);
    const again = await world().hook.rollBack(anOrder(), never);
    expect(again).toMatchObject({ alreadyThere: true, fingerprint: shown(world(), 'v1') });
    expect(world().asked()).toHaveLength(1);
  });

  test('says what runs, where it can', async () => {
    expect(await world().hook.current(anOrder().place, never)).toBe(shown(world(), 'v2'));
    expect((await world().blind?.current(anOrder().place, never)) ?? null).toBeNull();
  });

  test('recognizes the target by its fingerprint', async () => {
    world().run('sha256:1f');
    const fingerprint = shown(world(), 'sha256:1f');
    const order = anOrder({ target: { deployId: 'deploy-1', version: 'v1', fingerprint } });
    expect(await world().hook.rollBack(order, never)).toMatchObject({ alreadyThere: true, fingerprint });
    expect(world().asked()).toHaveLength(0);
  });

  test('never takes the bad release for the good one because both carry the same version', async () => {
    world().run('v1');
    const rolling = world().hook.rollBack(anOrder({ from: { version: 'v1' } }), never);
    if (world().needsFingerprint) expect(await effectErrorOf(rolling)).toMatchObject({ kind: 'refused' });
    else expect(await rolling).toMatchObject({ alreadyThere: false });
    expect(world().asked()).toHaveLength(world().needsFingerprint ? 0 : 1);
  });

  test('without a way to ask, the receipt says that nothing is proven', async ({ skip }) => {
    const { blind } = world();
    if (blind === null) return skip('what runs can always be asked');
    const receipt = await blind.rollBack(anOrder(), never);
    expect(receipt).toMatchObject({ fingerprint: null, summary: expect.stringContaining('unproven') });
    expect(world().running()).toBe('v1');
  });
}

function describeRehearsals(world: () => HookWorld): void {
  test('a rehearsal says what it found, and changes nothing', async () => {
    const found = await world().hook.rehearse(anOrder(), never);
    expect(found.join('; ')).toContain(`${shown(world(), 'v2')} is running`);
    expect(world().running()).toBe('v2');
    expect(world().asked()).toHaveLength(0);
  });

  test('a rehearsal with nothing at the other end fails', async () => {
    expect((await effectErrorOf(world().lost.rehearse(anOrder(), never))).kind).toMatch(/unreachable|refused/);
  });
}

function describeFailures(world: () => HookWorld): void {
  test('success that is only claimed is a failure, with both releases named', async () => {
    world().behave('lies');
    const error = await effectErrorOf(world().hook.rollBack(anOrder(), never));
    expect(error).toMatchObject({ kind: 'failed', message: expect.stringMatching(/v2.* is running, not .*v1/) });
  });

  test('a failure is told without any secret, even when the far side echoes it', async () => {
    world().behave('fails');
    const error = await effectErrorOf(world().hook.rollBack(anOrder(), never));
    expect(error.kind).toBe('failed');
    expect(error.output).toContain('[redacted]');
    expect(everythingIn(error)).not.toContain(world().secret);
  });

  test('a target that is gone from the platform is told from other refusals, and what runs stays', async () => {
    world().forget('v1');
    const error = await effectErrorOf(world().hook.rollBack(anOrder(), never));
    expect(error).toMatchObject({ kind: 'refused', targetGone: true });
    expect(error.message).not.toBe('');
    expect(world().running()).toBe('v2');
  });

  test('another failure does not say that the target is gone', async () => {
    world().behave('fails');
    expect(await effectErrorOf(world().hook.rollBack(anOrder(), never))).toMatchObject({ targetGone: false });
  });

  test('what does not end in time may have run', async () => {
    world().behave('hangs');
    expect(await effectErrorOf(world().hook.rollBack(anOrder(), never))).toMatchObject({ kind: 'timeout' });
  });

  test('what is printed is told while it runs', async ({ skip }) => {
    if (world().prints !== true) return skip('nothing is printed before it hangs');
    world().behave('hangs');
    const heard: string[] = [];
    const rolling = effectErrorOf(world().hook.rollBack(anOrder(), never, (soFar) => void heard.push(soFar)));
    await expect.poll(() => heard, { timeout: 15_000 }).toEqual(['working on it\n']);
    expect((await rolling).output).toBe('working on it\n');
  });

  test('an abort in the middle ends the wait; it may have run', async () => {
    world().behave('hangs');
    const controller = new AbortController();
    const rolling = effectErrorOf(world().hook.rollBack(anOrder(), controller.signal));
    await expect.poll(() => world().asked().length, { timeout: 15_000 }).toBe(1);
    controller.abort();
    expect(await rolling).toMatchObject({ kind: 'timeout' });
  });

  test('nothing is asked when aborted before the start', async () => {
    for (const hook of [world().hook, world().blind]) {
      if (hook === null) continue;
      expect(await effectErrorOf(hook.rollBack(anOrder(), AbortSignal.abort()))).toMatchObject({ kind: 'unreachable' });
    }
    expect(world().asked()).toHaveLength(0);
  });

  test('with nothing at the other end it certainly did not run', async () => {
    const error = await effectErrorOf(world().lost.rollBack(anOrder(), never));
    expect(error.kind).toBe('unreachable');
    expect(everythingIn(error)).not.toContain(world().secret);
  });

  test('where what runs cannot be asked beforehand, nothing is done', async () => {
    world().behave('mute');
    expect(await effectErrorOf(world().hook.rollBack(anOrder(), never))).toMatchObject({ kind: 'unreachable' });
    expect(world().asked()).toHaveLength(0);
  });

  test('where what runs cannot be asked afterwards, it may have run, and the next try finds out', async () => {
    world().behave('mute afterwards');
    expect(await effectErrorOf(world().hook.rollBack(anOrder(), never))).toMatchObject({ kind: 'timeout' });
    world().behave('works');
    expect(await world().hook.rollBack(anOrder(), never)).toMatchObject({ alreadyThere: true });
    expect(world().asked()).toHaveLength(1);
  });
}

const oddNames = [
  'v1 beta',
  "v1'; id; '",
  '"v1"',
  '$(id)',
  '`id`',
  'v1\nv2',
  'v1\0',
  '--force',
  '-rf',
  'v1;id',
  'v1|id',
  'v1&',
  '*',
  '../v1',
  'sürüm',
  '版本',
  'v1\u202e',
  '',
  'v'.repeat(201),
];

/** What a shell, a client or a program would make something of; `MARK` is a file that nobody may make. */
const traps = ['$(touch MARK)', "'; touch MARK; '", '--output=MARK', 'v9\ntouch MARK\n'];
const others = ['`touch MARK`', '"; touch MARK; "', '-h', 'v9 v8'];
const more = ['& touch MARK', '--help', '版本\u202e', '| touch MARK'];

/** Orders in which a part is a trap. The API lets none of them in; this is the next line of defense. */
const trapped: Readonly<Record<string, readonly RollbackOrder[]>> = {
  service: traps.map((trap) => anOrder({ place: { service: trap, environment: 'production' } })),
  environment: traps.map((trap) => anOrder({ place: { service: 'shop', environment: trap } })),
  'bad release': traps.map((trap) => anOrder({ from: { version: trap } })),
  'commit, image, fingerprint and reason': traps.map((trap, i) => {
    const target = { deployId: 'deploy-1', version: 'v1', commit: trap, image: others[i], fingerprint: more[i] };
    return anOrder({ target, reasons: [trap] });
  }),
};

function describeNames(world: () => HookWorld): void {
  test.for(Object.keys(trapped))('a trap as the %s is refused, or catches nobody', { timeout: 60_000 }, async (part) => {
    const mark = join(tmpdir(), `bakewatch-trap-${randomUUID()}`);
    for (const order of trapped[part] ?? []) {
      const before = world().asked().length;
      world().run('v2');
      const armed: RollbackOrder = JSON.parse(JSON.stringify(order).replaceAll('MARK', mark));
      const outcome = await world()
        .hook.rollBack(armed, never)
        .then(
          () => null,
          (error: unknown) => effectErrorOf(Promise.reject(error)),
        );
      const seen = JSON.stringify(order);
      expect([null, 'refused'], seen).toContain(outcome?.kind ?? null);
      expect(world().asked().slice(before), seen).toMatchObject(outcome === null ? [{ version: 'v1' }] : []);
      expect(world().running(), seen).toBe(outcome === null ? 'v1' : 'v2');
      expect(existsSync(mark), seen).toBe(false);
    }
  });

  test.for(oddNames)('the version %j is refused, or arrives exactly as it is', async (version) => {
    const order = anOrder({ target: { deployId: 'deploy-1', version } });
    const outcome = await world()
      .hook.rollBack(order, never)
      .then(
        () => null,
        (error: unknown) => effectErrorOf(Promise.reject(error)),
      );
    if (outcome?.kind === 'refused') expect(world().asked()).toEqual([]);
    else expect(arrived(world())).toEqual([version]);
  });

  test.for(['v1.2.3-rc.1+build.5', 'registry.example.com/shop:v1@sha256:abc', 'feature/x_y~1', '0'])(
    'the version %s arrives as it is',
    async (version) => {
      world().offer?.(version);
      world().run('v2');
      await world().hook.rollBack(anOrder({ target: { deployId: 'deploy-1', version } }), never);
      expect(arrived(world())).toEqual([version]);
      expect(world().running()).toBe(version);
    },
  );
}
