import { z } from 'zod';
import { ProviderError } from '../../src/core/base/errors.ts';
import { isMatch } from '../../src/core/rules/alert.ts';
import { excerptOf } from '../../src/net/excerpt.ts';
import type { AlertAnswer, AlertRun, Labels, SeriesQuery } from '../../src/ports/provider.ts';
import { badResponse } from '../refusal.ts';
import type { CallCloudWatch } from './api.ts';

type AlarmQuery = Extract<SeriesQuery, { form: 'alert' }>;

const CloudWatchAlarm = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string().nullish(),
  StateValue: z.string(),
  StateTransitionedTimestamp: z.number().nullish(),
  EvaluationState: z.string().nullish(),
  ActionsEnabled: z.boolean().nullish(),
  ActionsSuppressedBy: z.string().nullish(),
  Namespace: z.string().nullish(),
  MetricName: z.string().nullish(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).nullish(),
});
type CloudWatchAlarm = z.output<typeof CloudWatchAlarm>;
const Reply = z.object({ MetricAlarms: z.array(CloudWatchAlarm).nullish(), CompositeAlarms: z.array(CloudWatchAlarm).nullish() });

/**
 * Asks for alarms by name. Labels are `name`, and of an alarm on a metric `namespace`, `metric` and its dimensions. CloudWatch says since when an alarm has its
 * state, so ticks after that are known. An alarm with too little data is unknown.
 */
export async function fetchAlarms(call: CallCloudWatch, { match, window }: AlarmQuery, signal: AbortSignal): Promise<AlertAnswer> {
  const { name } = match;
  if (name === undefined) throw new ProviderError('bad_query', 'CloudWatch finds alarms by name (write match: { name: … })');
  const input = { AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] };
  const reply = Reply.safeParse(await call('DescribeAlarms', input, signal));
  if (!reply.success) throw badResponse('CloudWatch', 'it is no list of alarms');
  const { MetricAlarms, CompositeAlarms } = reply.data;
  if (!MetricAlarms && !CompositeAlarms) throw badResponse('CloudWatch', 'it is no list of alarms');
  const alarms = [...(MetricAlarms ?? []), ...(CompositeAlarms ?? [])].filter((alarm) => isMatch(match, labelsOf(alarm)));
  const unknown = alarms.map(unknownOf).find((words) => words !== null) ?? (alarms.length === 0 ? 'no alarm of CloudWatch matches' : null);
  const newestTick = window.to - window.stepMs;
  const changedAt = alarms.map(({ StateTransitionedTimestamp: at }) => (at == null ? newestTick : at * 1_000));
  const knownFrom = alarms.length === 0 ? newestTick : Math.min(newestTick, Math.max(...changedAt));
  return { shape: 'alerts', series: [], alerts: alarms.flatMap(runOf), unknown, knownFrom };
}

function labelsOf({ AlarmName, Namespace, MetricName, Dimensions }: CloudWatchAlarm): Labels {
  return {
    ...Object.fromEntries((Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
    ...(Namespace && { namespace: Namespace }),
    ...(MetricName && { metric: MetricName }),
    name: AlarmName,
  };
}

function unknownOf({ AlarmName, StateValue, StateTransitionedTimestamp, EvaluationState }: CloudWatchAlarm): string | null {
  const title = `the alarm ${JSON.stringify(AlarmName)}`;
  if (StateValue === 'INSUFFICIENT_DATA') return `${title} has too little data`;
  if (EvaluationState) return `${title} is evaluated on a part of its data (${EvaluationState})`;
  if (StateValue === 'ALARM' && StateTransitionedTimestamp == null) return `${title} is in alarm, but CloudWatch does not say since when`;
  return StateValue === 'OK' || StateValue === 'ALARM' ? null : `${title} has the state ${StateValue}`;
}

function runOf(alarm: CloudWatchAlarm): readonly AlertRun[] {
  const { AlarmName, AlarmDescription, StateValue, StateTransitionedTimestamp } = alarm;
  if (StateValue !== 'ALARM' || StateTransitionedTimestamp == null) return [];
  const at = StateTransitionedTimestamp * 1_000;
  const muted = alarm.ActionsEnabled === false ? 'disabled' : alarm.ActionsSuppressedBy ? 'suppressed' : null;
  const summary = excerptOf(AlarmDescription ?? '');
  return [{ name: AlarmName, summary, labels: labelsOf(alarm), activeAt: at, firingAt: at, endedAt: null, muted }];
}
