import { describe, expect, test } from 'vitest';
import { EffectError } from '../../src/core/base/errors.ts';
import { sendEverything } from '../../src/core/notify/route.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { gaveUp, perform } from '../../src/effects/dispatch.ts';
import type { DeployRecord } from '../../src/ports/bake-store.ts';
import { aMeasurement, aNotice, register, start } from '../store/fixtures.ts';
import { createFakeNotifier } from '../support/fake-notifier.ts';
import { effectsOn, fresh, never } from './fixtures.ts';

const { dispatch, store } = effectsOn();

describe('a notice', () => {
  async function noticed(fails: Parameters<typeof createFakeNotifier>[0], rest: Partial<DispatchDeps> = {}) {
    const record = await register(store(), { service: fresh() }, 'baking');
    const channel = createFakeNotifier(fails);
    const { deps, lines } = dispatch({
      notifiers: new Map([['team', { notifier: channel.notifier, type: 'fake', rules: sendEverything }]]),
      ...rest,
    });
    return { record, channel, deps, lines, effect: aNotice(record.deploy.id) };
  }

  test('has its key, the deploy, what happened and why', async () => {
    const { record, channel, deps, effect } = await noticed([], { publicUrl: 'https://bake.example.com/' });
    await perform(deps, effect, never);
    expect(channel.heard).toMatchObject([
      {
        id: effect.id,
        topic: 'unhealthy',
        at: start,
        deployId: record.deploy.id,
        version: 'v1',
        title: expect.stringContaining(`${record.deploy.service} v1 (production)`),
        reasons: ['reason 0'],
        url: `https://bake.example.com/deploys/${record.deploy.id}`,
        links: record.deploy.links,
      },
    ]);
  });

  test('without a public address has no link', async () => {
    const { channel, deps, effect } = await noticed([]);
    await perform(deps, effect, never);
    expect(channel.heard[0]?.url).toBeNull();
  });

  test.for(['unreachable', 'timeout', 'failed'] as const)('that is %s is retried', async (kind) => {
    const { channel, deps, effect } = await noticed([kind]);
    await expect(perform(deps, effect, never)).rejects.toBeInstanceOf(EffectError);
    await perform(deps, effect, never);
    expect(channel.heard).toHaveLength(1);
  });

  const givenUp = async ({ deploy }: DeployRecord) => (await store().timeline(deploy.id)).map(({ kind, text }) => `${kind}: ${text}`);

  test('that is refused for good is given up at once, with an error', async () => {
    const { record, deps, lines, effect } = await noticed(['refused']);
    await perform(deps, effect, never);
    expect(lines.filter(({ level }) => level === 'error')).toMatchObject([{ message: 'notice given up' }]);
    expect(await givenUp(record)).toEqual([expect.stringMatching(/^notice_given_up: team was not notified .*the channel was refused$/)]);
  });

  test('that is retried is marked as a repeat', async () => {
    const { channel, deps, effect } = await noticed(['timeout']);
    await expect(perform(deps, effect, never)).rejects.toBeInstanceOf(EffectError);
    await perform(deps, effect, never);
    expect(channel.tries).toEqual([
      { memory: null, isRepeat: false },
      { memory: null, isRepeat: true },
    ]);
  });

  test('that has arrived is not sent again', async () => {
    const { channel, deps, effect } = await noticed([]);
    await perform(deps, effect, never);
    await perform(deps, effect, never);
    expect(channel.heard).toHaveLength(1);
  });

  test('has the memory of the previous notice about the same deploy', async () => {
    const { record, channel, deps, effect } = await noticed([null, 'failed']);
    const other = await register(store(), { service: fresh() }, 'baking');
    await perform(deps, effect, never);
    await expect(perform(deps, { ...aNotice(record.deploy.id), id: 'second' }, never)).rejects.toBeInstanceOf(EffectError);
    await perform(deps, { ...aNotice(record.deploy.id), id: 'second' }, never);
    await perform(deps, aNotice(other.deploy.id), never);
    expect(channel.tries).toEqual([
      { memory: null, isRepeat: false },
      { memory: { heard: 1 }, isRepeat: false },
      { memory: { heard: 1 }, isRepeat: true },
      { memory: null, isRepeat: false },
    ]);
  });

  test('has the last answer of each check, and the rollback target', async () => {
    const { record, channel, deps, effect } = await noticed([]);
    await perform(deps, effect, never);
    expect(channel.heard[0]).toMatchObject({ state: 'baking', target: null, registeredBy: record.deploy.registeredBy });
    expect(channel.heard[0]?.checks.map(({ name }) => name)).toEqual(record.ruleSet.checks.map(({ name }) => name));
  });

  test('to a muted channel is dropped, unless it is an alarm', async () => {
    const { record, channel, deps, effect } = await noticed([]);
    if (effect.kind !== 'notify') throw new Error('it is a notice');
    await store().mute({ bakeId: record.deploy.id, notifier: 'team' });
    for (const topic of ['rolled_back', 'recovered', 'failed', 'passed'] as const) {
      const id = `${effect.id}:${topic}`;
      for (let tries = 0; tries < 2; tries += 1) await perform(deps, { ...effect, id, notice: { ...effect.notice, topic } }, never);
    }
    expect(channel.heard.map(({ topic }) => topic)).toEqual(['failed']);
  });

  test('has the chart of the failing check, and no chart without measurements', async () => {
    const { record, channel, deps, effect } = await noticed([]);
    await perform(deps, effect, never);
    const list = [aMeasurement({ check: 'errors' })];
    await store().update(record.deploy.id, null, ({ bake }) => ({ ok: true, next: bake, effects: [], timeline: [], measurements: list }));
    await perform(deps, { ...effect, id: 'second' }, never);
    expect(channel.charts.map((chart) => chart?.check ?? null)).toEqual([null, 'errors']);
    expect(channel.charts[1]?.series.map(({ kind }) => kind)).toEqual(['release']);
  });

  test('to a notifier that is no longer defined is given up', async () => {
    const { record, deps, effect } = await noticed([], { notifiers: new Map() });
    await perform(deps, effect, never);
    expect(await givenUp(record)).toEqual([expect.stringContaining('it is no longer defined')]);
  });

  test('whose tries are used up is in the timeline', async () => {
    const { record, deps, effect } = await noticed([]);
    await gaveUp(deps, effect);
    expect(await givenUp(record)).toEqual([expect.stringContaining('it could not be reached')]);
  });

  test('about a deploy that is gone is dropped', async () => {
    const { channel, deps } = await noticed([]);
    await perform(deps, aNotice('unknown'), never);
    expect(channel.heard).toEqual([]);
  });
});
