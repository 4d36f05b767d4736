import { randomUUID } from 'node:crypto';
import type { StateName } from '../core/bake/bake.ts';
import type { Topic } from '../core/bake/effect.ts';
import { didYouMean } from '../core/base/did-you-mean.ts';
import { AppError, EffectError, type EffectErrorKind } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import { noticeSummary, noticeTitle } from '../core/notify/notice-title.ts';
import { type DeliveryRoute, type DeliveryRules, route } from '../core/notify/route.ts';
import { applyTemplate, ownTexts } from '../core/notify/template.ts';
import type { Clock } from '../ports/clock.ts';
import type { Place } from '../ports/hook.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';

/** The result of sending a sample notice. */
export type NotifierTest = {
  readonly notifier: string;
  readonly type: string;
  readonly topic: Topic;
  readonly ok: boolean;
  readonly outcome: 'delivered' | EffectErrorKind;
  /** Why it was not delivered. */
  readonly reason: string | null;
  readonly tookMs: number;
  readonly title: string;
  /** What the notifier's rules would do with such a notice now. A test ignores them. */
  readonly rules: DeliveryRoute;
};

export type TestNotifierDeps = {
  readonly notifiers: ReadonlyMap<string, { readonly notifier: Notifier; readonly type: string; readonly rules: DeliveryRules }>;
  readonly clock: Clock;
  readonly log: Log;
  readonly publicUrl: string | null;
};

export type NotifierTestRequest = {
  readonly name: string;
  readonly topic: Topic;
  readonly place: Place;
  readonly by: string;
};

/** The maximum time that a notifier gets. */
const timeoutMs = 60_000;

/**
 * Sends a sample notice, marked as a test, through a notifier of the config: once, now, without a retry. All samples are about the same deploy, so that
 * one sample can close the alarm that another one opened. Throws `AppError('not_found')` where the notifier does not exist.
 */
export async function testNotifier(deps: TestNotifierDeps, request: NotifierTestRequest, signal: AbortSignal): Promise<NotifierTest> {
  const { name, topic, place, by } = request;
  const instance = deps.notifiers.get(name);
  if (instance === undefined)
    throw new AppError(
      'not_found',
      `no notifier is named "${name.slice(0, 60)}" (${didYouMean(name, [...deps.notifiers.keys()], 'defined')})`,
      { problem: 'no_notifier' },
    );
  const at = deps.clock.now();
  const notice = sampleNotice(request, { at, rules: instance.rules, publicUrl: deps.publicUrl });
  const rules = route(instance.rules, { topic, ...place, at }, { last: null, isHeld: false, isMuted: false, others: [] });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const result = await deliverOnce(instance.notifier, notice, limit);
  deps.log.info({ notifier: name, topic, by, outcome: result.outcome }, 'notifier tested');
  const tookMs = deps.clock.now() - at;
  return { notifier: name, type: instance.type, topic, ok: result.outcome === 'delivered', ...result, tookMs, title: notice.title, rules };
}

async function deliverOnce(notifier: Notifier, notice: Notice, signal: AbortSignal): Promise<Pick<NotifierTest, 'outcome' | 'reason'>> {
  try {
    await notifier.notify(notice, { memory: null, isRepeat: false, chart: async () => null, signal });
    return { outcome: 'delivered', reason: null };
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    return { outcome: error.kind, reason: error.message };
  }
}

/** The state of a bake when a notice of this topic is sent. */
const states: Readonly<Record<Topic, StateName>> = {
  started: 'warming',
  unhealthy: 'rolling_back',
  approval: 'awaiting_approval',
  rolled_back: 'verifying',
  recovered: 'rolled_back',
  failed: 'failed',
  inconclusive: 'inconclusive',
  blind: 'baking',
  sighted: 'baking',
  passed: 'passed',
  stopped: 'canceled',
  drill_failed: 'passed',
  elsewhere: 'rolling_back',
  rolled_forward: 'verifying',
  frozen: 'passed',
  unfrozen: 'passed',
  disarmed: 'warming',
};

type TestNoticeContext = { readonly at: number; readonly rules: DeliveryRules; readonly publicUrl: string | null };

/** A notice as `notify test` sends it. */
export function sampleNotice({ topic, place, by }: NotifierTestRequest, { at, rules, publicUrl }: TestNoticeContext): Notice {
  const release = { version: 'v2', commit: '0123abc', metadata: {} };
  const target = 'v1';
  const headline = '4.2 % of requests failed (55 of 1,310), was 0.4 %';
  const because = 'compared with the last day; very sure: one healthy bake in 10,000 looks like this';
  const standard = {
    title: noticeTitle(topic, { ...place, release }, target),
    reasons: [`a test that ${by} requested: nothing has happened`, `Errors: ${headline}`] as const,
  };
  const words = applyTemplate(rules.template, standard, {
    topic,
    ...place,
    version: 'v2',
    commit: '0123abc',
    by,
    target,
    url: publicUrl ?? '',
  });
  return {
    id: `test:${randomUUID()}`,
    topic,
    at,
    isDigest: false,
    deployId: 'bakewatch-test',
    ...place,
    version: release.version,
    release,
    registeredAt: at - 600_000,
    registeredBy: by,
    state: states[topic],
    target,
    checks: [{ name: 'errors', critical: true, outcome: 'fail', headline, reason: `${headline}; ${because}` }],
    title: `[test] ${words.title}`,
    summary: `[test] ${noticeSummary(topic, { ...place, release }, { target, headline: standard.reasons[1] })}`,
    reasons: words.reasons,
    details: ownTexts(rules.template, topic).text === undefined ? [because] : [],
    url: publicUrl,
    links: [],
  };
}
