import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EffectError } from '../../src/core/base/errors.ts';
import type { RollbackOrder } from '../../src/ports/hook.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { anOrder } from './an-order.ts';
import type { HookWorld } from './hook.ts';

const never = new AbortController().signal;

/** The versions that arrived at the platform. If the ids of the orders arrived, too, they must be right. */
export function versionsReceived(world: HookWorld): readonly string[] {
  for (const { id = 'bake-1:7:0' } of world.received()) expect(id).toBe('bake-1:7:0');
  return world.received().map(({ version }) => version);
}

async function errorOrNull(rollback: Promise<unknown>): Promise<EffectError | null> {
  return await rollback.then(
    () => null,
    (error: unknown) => effectErrorOf(Promise.reject(error)),
  );
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

/** Texts that a shell, a client or a program would interpret. `MARK` is a file that must never be created. */
const traps = ['$(touch MARK)', "'; touch MARK; '", '--output=MARK', 'v9\ntouch MARK\n'];
const others = ['`touch MARK`', '"; touch MARK; "', '-h', 'v9 v8'];
const more = ['& touch MARK', '--help', '版本\u202e', '| touch MARK'];

/** Orders with a trap in one of their parts. The API already refuses such orders; the hook is the second line of defense. */
const ordersWithTraps: Readonly<Record<string, readonly RollbackOrder[]>> = {
  service: traps.map((trap) => anOrder({ place: { service: trap, environment: 'production' } })),
  environment: traps.map((trap) => anOrder({ place: { service: 'shop', environment: trap } })),
  'bad release': traps.map((trap) => anOrder({ from: { version: trap } })),
  'commit, image, fingerprint and reason': traps.map((trap, i) => {
    const target = { deployId: 'deploy-1', version: 'v1', commit: trap, image: others[i], fingerprint: more[i] };
    return anOrder({ target, reasons: [trap] });
  }),
};

/** The part of the contract about names: no part of an order can mean anything to a shell, a client or a program. */
export function describeHookNames(world: () => HookWorld): void {
  test.for(Object.keys(ordersWithTraps))('shell text in the %s is refused or has no effect', { timeout: 60_000 }, async (part) => {
    const mark = join(tmpdir(), `bakewatch-trap-${randomUUID()}`);
    for (const order of ordersWithTraps[part] ?? []) {
      const before = world().received().length;
      world().deploy('v2');
      const orderWithMark: RollbackOrder = JSON.parse(JSON.stringify(order).replaceAll('MARK', mark));
      const error = await errorOrNull(world().hook.rollBack(orderWithMark, never));
      const context = JSON.stringify(order);
      expect([null, 'refused'], context).toContain(error?.kind ?? null);
      expect(world().received().slice(before), context).toMatchObject(error === null ? [{ version: 'v1' }] : []);
      expect(world().running(), context).toBe(error === null ? 'v1' : 'v2');
      expect(existsSync(mark), context).toBe(false);
    }
  });

  test.for(oddNames)('the version %j is refused or arrives unchanged', async (version) => {
    const order = anOrder({ target: { deployId: 'deploy-1', version } });
    const error = await errorOrNull(world().hook.rollBack(order, never));
    if (error?.kind === 'refused') expect(world().received()).toEqual([]);
    else expect(versionsReceived(world())).toEqual([version]);
  });

  test.for(['v1.2.3-rc.1+build.5', 'registry.example.com/shop:v1@sha256:abc', 'feature/x_y~1', '0'])(
    'the version %s arrives unchanged',
    async (version) => {
      world().addRelease?.(version);
      world().deploy('v2');
      await world().hook.rollBack(anOrder({ target: { deployId: 'deploy-1', version } }), never);
      expect(versionsReceived(world())).toEqual([version]);
      expect(world().running()).toBe(version);
    },
  );
}
