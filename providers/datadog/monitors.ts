import { z } from 'zod';
import { ProviderError } from '../../src/core/base/errors.ts';
import { isMatch } from '../../src/core/rules/alert.ts';
import type { AlertAnswer, AlertRun, Labels, SeriesQuery } from '../../src/ports/provider.ts';
import { badResponse } from '../refusal.ts';
import type { DatadogApi } from './api.ts';

type MonitorQuery = Extract<SeriesQuery, { form: 'alert' }>;

const Seconds = z.number().nullish();
const Group = z.object({ status: z.string(), last_triggered_ts: Seconds });
const Monitor = z.object({
  id: z.number(),
  name: z.string().default(''),
  tags: z.array(z.string()).nullish(),
  overall_state: z.string(),
  overall_state_modified: z.string().nullish(),
  state: z.object({ groups: z.record(z.string(), Group).nullish() }).nullish(),
  options: z.object({ silenced: z.record(z.string(), Seconds).nullish() }).nullish(),
  matching_downtimes: z.array(z.object({ scope: z.array(z.string()).nullish() })).nullish(),
});
type Monitor = z.output<typeof Monitor>;

/** One group of a monitor. A monitor without groups has the group `*`. */
type MonitorGroup = { readonly group: string; readonly status: string; readonly triggeredAt: number | null; readonly labels: Labels };

/** States that are known and are no alert. `Warn` is a threshold of its own, below that of an alert. */
const calm = new Set(['OK', 'Warn']);

/**
 * Asks for monitors. Labels are `name`, `id`, the tags of the monitor and those of the group. Datadog says what is in alert now, not what was: older ticks are
 * unknown. No Data and every other state is unknown as well.
 */
export async function fetchMonitors(api: Pick<DatadogApi, 'monitors'>, query: MonitorQuery, signal: AbortSignal): Promise<AlertAnswer> {
  const { match, window } = query;
  const monitors = await listMonitors(api, match, signal);
  const alerts: AlertRun[] = [];
  const unknown: string[] = [];
  let matches = 0;
  for (const monitor of monitors) {
    for (const one of groupsOf(monitor, match).filter(({ labels }) => isMatch(match, labels))) {
      matches += 1;
      const { status, triggeredAt } = one;
      const title = `the monitor ${JSON.stringify(monitor.name)}${one.group === '*' ? '' : ` of ${one.group}`}`;
      if (status === 'Alert' && triggeredAt !== null) alerts.push(runOf(monitor, one, { triggeredAt, asOf: window.to }));
      else if (status === 'Alert') unknown.push(`${title} is in alert, but Datadog does not say since when`);
      else if (!calm.has(status)) unknown.push(`${title} has the state ${status}`);
    }
  }
  if (matches === 0) unknown.push('no monitor of Datadog matches');
  return { shape: 'alerts', series: [], alerts, unknown: unknown[0] ?? null, knownFrom: window.to - window.stepMs };
}

const pageSize = 500;
const maxPages = 20;

/** Datadog selects by a part of the name, or by tags of monitors: an organization may have thousands. What it returns is still compared with all labels. */
async function listMonitors(api: Pick<DatadogApi, 'monitors'>, match: Labels, signal: AbortSignal): Promise<readonly Monitor[]> {
  const { name, id: _, ...tags } = match;
  const wanted = Object.entries(tags).map(([tag, value]) => (value === '' ? tag : `${tag}:${value}`));
  if (name === undefined && wanted.length === 0)
    throw new ProviderError('bad_query', 'Datadog finds monitors by name or by tags (write match: { name: … })');
  const params = name === undefined ? { monitor_tags: wanted.join(',') } : { name };
  const found: Monitor[] = [];
  for (let page = 0; page < maxPages; page++) {
    const reply = z.array(Monitor).safeParse(await api.monitors({ ...params, page: String(page), page_size: String(pageSize) }, signal));
    if (!reply.success) throw badResponse('Datadog', 'it is no list of monitors');
    found.push(...reply.data);
    if (reply.data.length < pageSize) return found;
  }
  throw new ProviderError('bad_query', `more than ${pageSize * maxPages} monitors match: write the name of the monitor`);
}

function groupsOf(monitor: Monitor, match: Labels): readonly MonitorGroup[] {
  const [tags, own] = [tagLabels(monitor.tags ?? [], match), { name: monitor.name, id: String(monitor.id) }];
  const groups = Object.entries(monitor.state?.groups ?? {});
  if (groups.length === 0) {
    const modifiedAt = Date.parse(monitor.overall_state_modified ?? '');
    return [
      { group: '*', status: monitor.overall_state, triggeredAt: Number.isNaN(modifiedAt) ? null : modifiedAt, labels: { ...tags, ...own } },
    ];
  }
  return groups.map(([group, { status, last_triggered_ts }]) => ({
    group,
    status,
    triggeredAt: last_triggered_ts ? last_triggered_ts * 1_000 : null,
    // What a group is about counts for more than what its monitor is about.
    labels: { ...tags, ...(group === '*' ? {} : tagLabels(group.split(','), match)), ...own },
  }));
}

/** Labels of tags such as `service:shop`. A tag without a value is a label with an empty one. Of several values, the one that is asked for is taken. */
function tagLabels(tags: readonly string[], match: Labels): Labels {
  const pairs = tags.map((tag) => [tag.split(':', 1)[0] ?? '', tag.includes(':') ? tag.slice(tag.indexOf(':') + 1) : ''] as const);
  return Object.fromEntries(pairs.toSorted(([a, one], [b, other]) => Number(match[a] === one) - Number(match[b] === other)));
}

function runOf(
  monitor: Monitor,
  { group, labels }: MonitorGroup,
  { triggeredAt, asOf }: { readonly triggeredAt: number; readonly asOf: number },
): AlertRun {
  const muted = isMuted(monitor, group, asOf) ? 'muted' : null;
  const summary = group === '*' ? '' : group;
  return { name: monitor.name, summary, labels: { ...labels, group }, activeAt: triggeredAt, firingAt: triggeredAt, endedAt: null, muted };
}

/** A downtime of some groups only mutes a group that has all of its tags. */
function isMuted({ options, matching_downtimes }: Monitor, group: string, asOf: number): boolean {
  const tags = new Set(group.split(','));
  const isCovered = (scope: readonly string[]): boolean => group === '*' || scope.every((tag) => tag === '*' || tags.has(tag));
  const silenced = Object.entries(options?.silenced ?? {}).filter(([, until]) => until == null || until * 1_000 > asOf);
  const scopes = [...silenced.map(([scope]) => scope.split(',')), ...(matching_downtimes ?? []).map(({ scope }) => scope ?? [])];
  return scopes.some(isCovered);
}
