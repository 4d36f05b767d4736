import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Topic, topics } from '../../../src/core/bake/effect.ts';
import { maxQuietMs, type QuietTime, quietUntil, weekdays } from '../../../src/core/notify/quiet-time.ts';
import { type DeliveryRules, route, sendEverything } from '../../../src/core/notify/route.ts';
import { isAtLeast, isLasting, severities, severityOf } from '../../../src/core/notify/severity.ts';
import { runs } from '../../support/runs.ts';

const hour = 3_600_000;
const noon = Date.parse('2026-06-03T12:00:10Z'); // A Wednesday.
const night: QuietTime = { fromMs: 22 * hour, toMs: 7 * hour, timezone: 'Europe/Istanbul', days: weekdays, except: 'bad' };

type Case = {
  topic: Topic;
  at?: number;
  service?: string;
  environment?: string;
  last?: Topic | null;
  isHeld?: boolean;
  others?: readonly Topic[];
  isMuted?: boolean;
};
function becomes(rules: Partial<DeliveryRules>, { topic, at = noon, service = 'shop', environment = 'production', ...told }: Case): string {
  const result = route(
    { ...sendEverything, ...rules },
    { topic, service, environment, at },
    { last: null, isHeld: false, others: [], isMuted: false, ...told },
  );
  return result.kind === 'hold' ? `hold until ${new Date(result.until).toISOString()}` : result.kind;
}

const when = (rest: Partial<DeliveryRules['when']>) => ({ when: { ...sendEverything.when, ...rest } });

describe('who is told', () => {
  test.for<{ name: string; rules: Partial<DeliveryRules>; given: Case; is: string }>([
    { name: 'without rules, everything', rules: {}, given: { topic: 'started' }, is: 'send' },
    {
      name: 'muted: not that it was rolled back',
      rules: {},
      given: { topic: 'rolled_back', last: 'unhealthy', isMuted: true },
      is: 'unwanted',
    },
    { name: 'muted: what is bad', rules: {}, given: { topic: 'failed', isMuted: true }, is: 'send' },
    { name: 'severity bad: not that it passed', rules: when({ severity: 'bad' }), given: { topic: 'passed' }, is: 'unwanted' },
    { name: 'severity bad: that it is unhealthy', rules: when({ severity: 'bad' }), given: { topic: 'unhealthy' }, is: 'send' },
    { name: 'severity bad: that it asks for approval', rules: when({ severity: 'bad' }), given: { topic: 'approval' }, is: 'send' },
    { name: 'severity wait: not what is good', rules: when({ severity: 'wait' }), given: { topic: 'recovered' }, is: 'unwanted' },
    { name: 'severity wait: what is bad', rules: when({ severity: 'wait' }), given: { topic: 'failed' }, is: 'send' },
    {
      name: 'severity bad: how the bad went on',
      rules: when({ severity: 'bad' }),
      given: { topic: 'rolled_back', last: 'unhealthy' },
      is: 'send',
    },
    { name: '… and ended', rules: when({ severity: 'bad' }), given: { topic: 'recovered', last: 'rolled_back' }, is: 'send' },
    { name: '… or was called off', rules: when({ severity: 'bad' }), given: { topic: 'stopped', last: 'approval' }, is: 'send' },
    {
      name: 'nothing more once it has ended',
      rules: when({ severity: 'wait' }),
      given: { topic: 'passed', last: 'sighted' },
      is: 'unwanted',
    },
    { name: 'topics are exact', rules: when({ topics: ['failed'] }), given: { topic: 'recovered', last: 'failed' }, is: 'unwanted' },
    { name: 'a topic of the list', rules: when({ topics: ['failed', 'passed'] }), given: { topic: 'passed' }, is: 'send' },
    { name: 'another service', rules: when({ services: ['cart'] }), given: { topic: 'failed' }, is: 'unwanted' },
    { name: 'its service', rules: when({ services: ['cart', 'shop'] }), given: { topic: 'failed' }, is: 'send' },
    { name: 'another environment', rules: when({ environments: ['staging'] }), given: { topic: 'failed' }, is: 'unwanted' },
    {
      name: 'all limits together',
      rules: when({ environments: ['production'], services: ['shop'], severity: 'bad' }),
      given: { topic: 'failed' },
      is: 'send',
    },
  ])('$name', ({ rules, given, is }) => expect(becomes(rules, given)).toBe(is));
});

describe('quiet time', () => {
  const at = (text: string) => Date.parse(text);
  test.for<{ name: string; quiet?: Partial<QuietTime>[]; given: Case; is: string }>([
    { name: 'the day is not quiet', given: { topic: 'started' }, is: 'send' },
    { name: 'the last instant before it', given: { topic: 'blind', at: at('2026-06-03T18:59:59.999Z') }, is: 'send' },
    { name: 'the first instant', given: { topic: 'blind', at: at('2026-06-03T19:00:00Z') }, is: 'hold until 2026-06-04T04:00:00.000Z' },
    { name: 'after midnight', given: { topic: 'recovered', at: at('2026-06-04T01:00:00Z') }, is: 'hold until 2026-06-04T04:00:00.000Z' },
    { name: 'its end', given: { topic: 'recovered', at: at('2026-06-04T04:00:00Z') }, is: 'send' },
    { name: 'bad news goes through', given: { topic: 'failed', at: at('2026-06-04T01:00:00Z') }, is: 'send' },
    {
      name: 'unless nothing does',
      quiet: [{ except: null }],
      given: { topic: 'failed', at: at('2026-06-04T01:00:00Z') },
      is: 'hold until 2026-06-04T04:00:00.000Z',
    },
    {
      name: 'more may go through',
      quiet: [{ except: 'wait' }],
      given: { topic: 'blind', at: at('2026-06-04T01:00:00Z') },
      is: 'send',
    },
    { name: 'what is old in the morning is dropped', given: { topic: 'passed', at: at('2026-06-04T01:00:00Z') }, is: 'outdated' },
    {
      name: 'who was woken hears that it is over',
      given: { topic: 'recovered', last: 'rolled_back', at: at('2026-06-04T01:00:00Z') },
      is: 'send',
    },
    { name: '… or called off', given: { topic: 'stopped', last: 'approval', at: at('2026-06-04T01:00:00Z') }, is: 'send' },
    {
      name: '… but not who was not woken',
      given: { topic: 'recovered', last: 'rolled_back', isHeld: true, at: at('2026-06-04T01:00:00Z') },
      is: 'hold until 2026-06-04T04:00:00.000Z',
    },
    {
      name: '… nor whom nothing wakes',
      quiet: [{ except: null }],
      given: { topic: 'recovered', last: 'unhealthy', at: at('2026-06-04T01:00:00Z') },
      is: 'hold until 2026-06-04T04:00:00.000Z',
    },
    { name: 'what ends no alarm is dropped', given: { topic: 'sighted', last: 'blind', at: at('2026-06-04T01:00:00Z') }, is: 'outdated' },
    {
      name: 'a night belongs to the day on which it begins',
      quiet: [{ days: ['wed'] }],
      given: { topic: 'blind', at: at('2026-06-04T01:00:00Z') },
      is: 'hold until 2026-06-04T04:00:00.000Z',
    },
    { name: 'other days', quiet: [{ days: ['thu'] }], given: { topic: 'blind', at: at('2026-06-04T01:00:00Z') }, is: 'send' },
    {
      name: 'a weekend joins the nights around it',
      quiet: [{}, { fromMs: 0, toMs: 24 * hour, days: ['sat', 'sun'] }],
      given: { topic: 'blind', at: at('2026-06-05T20:00:00Z') },
      is: 'hold until 2026-06-08T04:00:00.000Z',
    },
    {
      name: 'clocks put forward in the night: an hour less',
      quiet: [{ timezone: 'Europe/Berlin' }],
      given: { topic: 'blind', at: at('2026-03-28T21:00:00Z') },
      is: 'hold until 2026-03-29T05:00:00.000Z',
    },
    {
      name: 'clocks put back in the night: an hour more',
      quiet: [{ timezone: 'Europe/Berlin' }],
      given: { topic: 'blind', at: at('2026-10-24T20:00:00Z') },
      is: 'hold until 2026-10-25T06:00:00.000Z',
    },
  ])('$name', ({ quiet = [{}], given, is }) => {
    expect(becomes({ quiet: quiet.map((rest) => ({ ...night, ...rest })) }, given)).toBe(is);
  });

  const anyQuiet: fc.Arbitrary<QuietTime> = fc.record({
    fromMs: fc.integer({ min: 0, max: 23 }).map((h) => h * hour),
    toMs: fc.integer({ min: 0, max: 24 }).map((h) => h * hour),
    timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York'),
    days: fc.subarray([...weekdays], { minLength: 1 }),
    except: fc.constantFrom(null, 'bad', 'wait'),
  });

  test('ends outside of every quiet time, within a week', () => {
    const instants = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) });
    fc.assert(
      fc.property(fc.array(anyQuiet, { maxLength: 3 }), fc.constantFrom(...severities), instants, (times, severity, now) => {
        const until = quietUntil(times, severity, now);
        if (until === null) return;
        expect(until).toBeGreaterThan(now);
        expect(until - now).toBeLessThanOrEqual(maxQuietMs);
        if (until - now < maxQuietMs) expect(quietUntil(times, severity, until)).toBeNull();
        expect(times.some(({ except }) => except === null || !isAtLeast(severity, except))).toBe(true);
      }),
      runs(200),
    );
  });
});

describe('many at once', () => {
  const digest = { above: 2, withinMs: 60_000 };
  const two: readonly Topic[] = ['unhealthy', 'unhealthy'];
  test.for<{ name: string; given: Case; is: string }>([
    { name: 'the first', given: { topic: 'unhealthy' }, is: 'send' },
    { name: 'the second', given: { topic: 'unhealthy', others: ['unhealthy'] }, is: 'send' },
    {
      name: 'the third waits for the end of the window',
      given: { topic: 'unhealthy', others: two },
      is: 'hold until 2026-06-03T12:01:00.000Z',
    },
    { name: 'what is less bad waits behind it', given: { topic: 'passed', others: two }, is: 'hold until 2026-06-03T12:01:00.000Z' },
    { name: 'bad news does not wait behind good news', given: { topic: 'failed', others: ['passed', 'recovered', 'started'] }, is: 'send' },
  ])('$name', ({ given, is }) => expect(becomes({ digest }, given)).toBe(is));

  test('whatever is told, the first of a severity is never held back, and nothing is for longer than the window', () => {
    const anyTopic = fc.constantFrom(...topics);
    fc.assert(
      fc.property(anyTopic, fc.array(anyTopic), fc.nat(10_000_000), fc.integer({ min: 1, max: 5 }), (topic, others, later, above) => {
        const rules = { ...sendEverything, digest: { above, withinMs: 60_000 } };
        const news = { topic, service: 'shop', environment: 'production', at: noon + later };
        const result = route(rules, news, { last: null, isHeld: false, others, isMuted: false });
        const worse = others.filter((other) => isAtLeast(severityOf[other], severityOf[topic])).length;
        expect(result.kind).toBe(worse < above ? 'send' : 'hold');
        if (result.kind === 'hold') {
          expect(result.until).toBeGreaterThan(news.at);
          expect(result.until - news.at).toBeLessThanOrEqual(60_000);
        }
      }),
    );
  });
});

test('everything bad lasts: none of it is dropped at night', () => {
  expect(topics.filter((topic) => severityOf[topic] === 'bad' && !isLasting(topic))).toEqual([]);
});
