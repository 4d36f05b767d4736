import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HookDeps } from '../../../src/hooks/deps.ts';
import { httpRoute } from '../../../src/hooks/traffic/http-route.ts';
import { createHttp } from '../../../src/net/http.ts';
import { createRunProcess } from '../../../src/net/process.ts';
import { aShiftOrder, describeShiftHookContract } from '../../contracts/shift-hook.ts';
import { describeShiftKilled } from '../../contracts/shift-killed.ts';
import { effectErrorOf } from '../../support/effect-error.ts';
import { type FakeGateway, startFakeGateway } from '../../support/fake-gateway.ts';
import { hasKubectl } from '../../support/fake-kubernetes.ts';

const never = new AbortController().signal;

const depsOf = (fake: FakeGateway): HookDeps => ({
  http: createHttp(),
  run: createRunProcess({ PATH: process.env.PATH, HOME: fake.home }),
});

function hookOf(fake: FakeGateway, rest: Readonly<Record<string, unknown>> = {}, deps = depsOf(fake)) {
  const common = {
    kubeconfig: fake.kubeconfig,
    context: 'test',
    namespace: 'default',
    name: '{service}',
    canary: '{service}-canary',
    env: { HOME: fake.home },
    stable: '{service}',
  };
  return httpRoute.bind({ ...common, request_timeout: '20s', timeout: '1s', ...rest })(deps);
}

const shareIn = (fake: FakeGateway, rule = 0) => {
  const weight = (name: string) => fake.rules[rule]?.find((ref) => ref.name === name)?.weight ?? 1;
  return (weight('shop-canary') / (weight('shop') + weight('shop-canary'))) * 100;
};

describe.skipIf(!hasKubectl())('with a real kubectl', () => {
  const open = async () => {
    const fake = await startFakeGateway();
    return {
      build: (given: HookDeps) => ({ hook: hookOf(fake, {}, given), unverifiable: null }),
      impatient: hookOf(fake, { request_timeout: '4s' }),
      unreachable: hookOf(fake, { context: 'nowhere' }),
      secret: 'hunter2',
      behave: fake.behave,
      weight: () => shareIn(fake),
      split: (weight: number) => {
        fake.rules = [
          [
            { name: 'shop', weight: 100 - weight },
            { name: 'shop-canary', weight },
          ],
        ];
      },
      received: () =>
        fake.patches.map((operations) => shareOf(operations.flatMap(({ op, value }) => (op === 'add' ? [Number(value)] : [])))),
      close: fake.close,
      home: fake.home,
    };
  };
  describeShiftHookContract('HTTPRoute', async () => {
    const world = await open();
    const run = createRunProcess({ PATH: process.env.PATH, HOME: world.home });
    return { ...world, ...world.build({ http: createHttp(), run }) };
  });
  describeShiftKilled('HTTPRoute', open);

  describe('a route', () => {
    let fake: FakeGateway;
    beforeEach(async () => {
      fake = await startFakeGateway();
    });
    afterEach(() => fake.close());
    const shift = (weight = 25) => hookOf(fake).shift(aShiftOrder({ weight }), never);

    test('is shifted in every rule that has both backends, and unchanged in the others', async () => {
      const admin = [{ name: 'shop-admin', weight: 1 }];
      fake.rules = [
        [{ name: 'shop-canary' }, { name: 'shop' }],
        admin,
        [
          { name: 'shop', weight: 90 },
          { name: 'shop-canary', weight: 10 },
        ],
      ];
      expect(await hookOf(fake).weight(aShiftOrder().place, never)).toBe(50);
      await shift();
      expect([shareIn(fake, 0), fake.rules[1], shareIn(fake, 2)]).toEqual([25, admin, 25]);
    });

    test('that has the share in one rule only is shifted', async () => {
      fake.rules = [
        fake.rules[0] ?? [],
        [
          { name: 'shop', weight: 75 },
          { name: 'shop-canary', weight: 25 },
        ],
      ];
      expect(await shift()).toMatchObject({ alreadyThere: false });
      expect([shareIn(fake, 0), shareIn(fake, 1)]).toEqual([25, 25]);
    });

    test('whose rules moved in the meantime is not changed, and the order can be retried', async () => {
      fake.meanwhile = () => {
        fake.rules = [[...(fake.rules[0] ?? [])].reverse()];
      };
      expect(await effectErrorOf(shift())).toMatchObject({
        kind: 'unreachable',
        message: expect.stringContaining('changed in the meantime'),
      });
      expect(shareIn(fake)).toBe(5);
      expect(await shift()).toMatchObject({ alreadyThere: false });
      expect(shareIn(fake)).toBe(25);
    });

    test('without both backends is refused', async () => {
      fake.rules = [[{ name: 'shop' }]];
      expect(await effectErrorOf(shift())).toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('sends to both shop-canary and shop'),
      });
    });

    test('that does not exist is refused', async () => {
      const error = await effectErrorOf(hookOf(fake, { name: 'gone' }).shift(aShiftOrder(), never));
      expect(error).toMatchObject({ kind: 'refused', message: expect.stringContaining('correct `namespace` and `name`') });
    });

    test.for([
      { gateway: 'lags', kind: 'timeout', says: 'edge does not accept them yet' },
      { gateway: 'none', kind: 'timeout', says: 'no gateway has accepted it' },
      { gateway: 'refuses', kind: 'failed', says: 'ResolvedRefs is false' },
    ] as const)('is proof of nothing where the gateway $gateway', async ({ gateway, kind, says }) => {
      fake.gateway = gateway;
      expect(await effectErrorOf(shift())).toMatchObject({ kind, message: expect.stringContaining(says) });
    });

    test('is rehearsed with the dry run of the very patch, and what was not tried is said', async () => {
      expect((await hookOf(fake).rehearse(aShiftOrder(), never)).join('; ')).toMatch(
        /may read and patch httproutes.*the server would set .*; the route is accepted by edge; not checked: whether the gateway follows/,
      );
      expect(fake.patches).toEqual([]);
    });

    test('that the account may not patch, or that its gateway rejects, fails the rehearsal', async () => {
      fake.mayPatch = false;
      expect(await effectErrorOf(hookOf(fake).rehearse(aShiftOrder(), never))).toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('this account may not patch httproutes'),
      });
      fake.mayPatch = true;
      fake.gateway = 'refuses';
      expect(await effectErrorOf(hookOf(fake).rehearse(aShiftOrder(), never))).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('ResolvedRefs is false'),
      });
    });

    test('that already has its weights must still be accepted', async () => {
      fake.gateway = 'lags';
      expect(await effectErrorOf(shift(5))).toMatchObject({ kind: 'timeout' });
      fake.gateway = 'accepts';
      expect(await shift(5)).toMatchObject({ alreadyThere: true, summary: expect.stringContaining('accepted by edge; nothing was done') });
      expect(fake.patches).toEqual([]);
    });
  });
});

/** The canary's share in percent, from its weight and that of the stable release. */
function shareOf([own = 0, other = 0]: readonly number[]): number {
  return (own / (own + other)) * 100;
}
