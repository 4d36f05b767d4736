import { describe, expect, test } from 'vitest';
import type { StateName } from '../../src/core/bake/bake.ts';
import type { Topic } from '../../src/core/bake/effect.ts';
import { alertsOf } from '../../src/notifiers/alerts.ts';
import { aNotice } from '../contracts/notifier.ts';

/** The open alerts after a notice, as `kind severity`. */
const openAfter = (topic: Topic, state: StateName) =>
  alertsOf(aNotice({ topic, state })).flatMap(({ kind, severity }) => (severity === null ? [] : [`${kind} ${severity}`]));

describe('the alerts of a deploy', () => {
  test.for<readonly [Topic, StateName, readonly string[]]>([
    ['unhealthy', 'rolling_back', ['trouble warning']],
    ['rolled_back', 'verifying', ['trouble warning']],
    ['recovered', 'rolled_back', []],
    ['approval', 'awaiting_approval', ['person error']],
    ['failed', 'failed', ['person critical']],
    ['inconclusive', 'inconclusive', ['trouble warning']],
    ['rolled_forward', 'verifying', ['trouble warning']],
    ['recovered', 'inconclusive', []],
    ['blind', 'baking', ['trouble warning']],
    ['blind', 'shifting', ['trouble warning']],
    ['sighted', 'baking', []],
    ['passed', 'passed', []],
    ['stopped', 'superseded', []],
    ['drill_failed', 'passed', ['trouble warning']],
  ])('after %s in %s: %j', ([topic, state, open]) => expect(openAfter(topic, state)).toEqual(open));

  test.for<readonly [Topic, StateName, readonly string[]]>([
    ['unhealthy', 'rolled_back', []],
    ['unhealthy', 'failed', ['person critical']],
    ['approval', 'rolling_back', ['trouble warning']],
    ['blind', 'passed', []],
    ['passed', 'rolling_back', ['trouble warning']],
  ])('a late notice %s opens and closes nothing wrongly in the state %s', ([topic, state, open]) =>
    expect(openAfter(topic, state)).toEqual(open),
  );

  test('both alerts are always sent, the open one first, with the same keys', () => {
    const person = 'bakewatch-deploy-2-person';
    const trouble = 'bakewatch-deploy-2-trouble';
    expect(alertsOf(aNotice({ state: 'failed' })).map(({ key }) => key)).toEqual([person, trouble]);
    expect(alertsOf(aNotice({ state: 'rolling_back' })).map(({ key }) => key)).toEqual([trouble, person]);
  });

  test('the start of a bake sends no alert', () => {
    expect(alertsOf(aNotice({ topic: 'started', state: 'warming' }))).toEqual([]);
  });
});
