import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bake, StateName } from '../../src/core/bake/bake.ts';
import { defaultExtensionMs } from '../../src/core/bake/interventions.ts';
import type { PersonRequest, PersonVerb } from '../../src/ports/inbox.ts';
import { actOnPersonRequest } from '../../src/usecases/act-on-person-request.ts';
import { step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld, type WorldOptions } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** A service that runs `v1`, and a bad `v2` whose bake is in `state`. */
async function aBake(state: StateName, options: WorldOptions = {}) {
  const world = createWorld(database.store, { bad: (version) => (version === 'v2' ? 50 : 1), ...options });
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  const { id } = (await world.release('v2')).record.deploy;
  await world.run(id, (bake) => bake.state === state);
  const ask = (request: Partial<PersonRequest>) =>
    actOnPersonRequest(world.store, {
      request: { key: `${id}:1`, deployId: id, verb: 'roll_back', by: 'ana (chat)', refusal: () => null, answer: unasked, ...request },
      notifier: 'team',
      at: world.clock.now(),
    });
  const bake = async () => (await world.recordOf(id)).bake;
  const timeline = async () => (await world.store.timeline(id)).map(({ kind, by, text }) => `${kind} by ${by}: ${text}`);
  return { world, id, ask, bake, timeline };
}

function unasked(): never {
  throw new Error('the caller answers the person');
}

function endOf(bake: Bake): number {
  return 'endsAt' in bake ? bake.endsAt : 0;
}

describe('a request is done as if it came by the API, and answered with the result', () => {
  test.for<{ verb: PersonVerb; in: StateName; options?: WorldOptions; answer: RegExp; then: StateName }>([
    { verb: 'roll_back', in: 'baking', answer: /^Ordered: rolling back to v1: rollback requested by ana \(chat\)/, then: 'rolling_back' },
    {
      verb: 'approve',
      in: 'awaiting_approval',
      options: { plan: { onFailure: 'approve' } },
      answer: /^Approved: rolling back to v1/,
      then: 'rolling_back',
    },
    { verb: 'pass', in: 'baking', answer: /^Done: passed: passed by ana \(chat\): requested in a message\.$/, then: 'passed' },
    { verb: 'extend', in: 'baking', answer: /^Done: the bake goes on 15m longer\.$/, then: 'baking' },
    { verb: 'mute', in: 'baking', answer: /^Done: from now on you get only bad news of this deploy here\.$/, then: 'baking' },
  ])('$verb, in the state $in', async ({ verb, in: state, options, answer, then }) => {
    const { ask, bake, timeline } = await aBake(state, options);
    const lines = (await timeline()).length;
    expect(await ask({ verb })).toMatch(answer);
    expect((await bake()).state).toBe(then);
    expect((await timeline()).slice(lines)).toEqual([expect.stringContaining('by ana (chat): ')]);
  });

  test('extend moves the end of the bake by the length of one extension', async () => {
    const { ask, bake } = await aBake('baking');
    const before = endOf(await bake());
    await ask({ verb: 'extend' });
    expect(endOf(await bake()) - before).toBe(defaultExtensionMs);
  });

  test('mute silences only the notifier whose message was used, and is in the timeline', async () => {
    const { world, id, ask, timeline } = await aBake('baking');
    await ask({ verb: 'mute' });
    const at = world.clock.now();
    const notice = { kind: 'notify', topic: 'passed', at, reasons: ['all well'] } as const;
    const isMuted = async (notifier: string) => {
      const delivery = { bakeId: id, notifier, noticeId: `${id}:notice`, notice, at, since: 0 };
      const seen: boolean[] = [];
      await world.store.beginDelivery(delivery, ({ isMuted: muted }) => {
        seen.push(muted);
        return { kind: 'send' };
      });
      return seen[0];
    };
    expect([await isMuted('team'), await isMuted('pager')]).toEqual([true, false]);
    expect((await timeline()).at(-1)).toBe('muted by ana (chat): team gets only bad news of it from now on');
    const [row] = await world.store.auditRows({ scopes: [{ services: [], environments: [] }], order: 'newest', limit: 1 });
    expect(row).toMatchObject({ verb: 'mute', actor: { name: 'ana (chat)' }, deployId: id, outcome: 'done', detail: 'team' });
  });
});

describe('a request that cannot be done changes nothing, and is answered with the reason', () => {
  test.for<{ name: string; request: Partial<PersonRequest>; answer: string }>([
    { name: 'a deploy that does not exist', request: { deployId: 'gone' }, answer: 'Nothing was done: there is no deploy gone.' },
    {
      name: 'a person without the permission',
      request: { refusal: () => 'ben may not roll back' },
      answer: 'Nothing was done: ben may not roll back.',
    },
    {
      name: 'an approval that nothing waits for',
      request: { verb: 'approve' },
      answer: 'Nothing was done: nothing waits for approval; the bake is baking.',
    },
  ])('$name', async ({ request, answer }) => {
    const { ask, bake, timeline } = await aBake('baking');
    const before = [await bake(), await timeline()];
    expect(await ask(request)).toBe(answer);
    expect([await bake(), await timeline()]).toEqual(before);
  });

  test('the permission is asked for the place of the deploy, not for one that the request names', async () => {
    const { world, ask } = await aBake('baking');
    const places: string[] = [];
    const refusal: PersonRequest['refusal'] = ({ service, environment }) => {
      places.push(`${service} in ${environment}`);
      return null;
    };
    await ask({ verb: 'mute', refusal });
    expect(places).toEqual([`${world.service} in production`]);
  });
});

describe('one press of a button is handled once', () => {
  test('the same press again gets no answer and does nothing', async () => {
    const { ask, bake } = await aBake('baking');
    await ask({ verb: 'extend' });
    const after = await bake();
    expect(await ask({ verb: 'extend' })).toBeNull();
    expect(await bake()).toEqual(after);
  });

  test('two deliveries of one press at the same time order one rollback', async () => {
    const { world, id, ask } = await aBake('baking');
    const answers = await Promise.all([ask({}), ask({}), ask({})]);
    expect(answers.filter((answer) => answer !== null)).toEqual([expect.stringMatching(/^Ordered: /)]);
    expect(world.queued.filter((effect) => effect.kind === 'roll_back' && effect.bakeId === id)).toHaveLength(1);
  });

  test('another press is another request', async () => {
    const { ask } = await aBake('baking');
    expect(await ask({ verb: 'extend', key: 'first' })).toMatch(/^Done/);
    expect(await ask({ verb: 'extend', key: 'second' })).toMatch(/^Done/);
  });

  test('a press that was refused for lack of permission is not used up', async () => {
    const { ask } = await aBake('baking');
    expect(await ask({ refusal: () => 'ben may not roll back' })).toMatch(/^Nothing was done/);
    expect(await ask({})).toMatch(/^Ordered: /);
  });
});

test('a bug is thrown, never shown to the person', async () => {
  const { world } = await aBake('baking');
  const store = { ...world.store, find: () => Promise.reject(new TypeError('a bug')) };
  const request: PersonRequest = { key: 'k', deployId: 'd', verb: 'pass', by: 'ana', refusal: () => null, answer: unasked };
  await expect(actOnPersonRequest(store, { request, notifier: 'team', at: 0 })).rejects.toThrow('a bug');
});
