import { formatInstant } from '../base/format-instant.ts';
import type { Window } from '../base/window.ts';
import { type DatedRun, withSince } from '../series/alert-column.ts';
import type { AlertAnswer } from '../series/alerts.ts';
import { explain, fitHeadline } from './explanation.ts';
import { explanationOf } from './headline.ts';
import type { Verdict } from './verdict.ts';

/** What a provider said of the alerts, when it was asked about, and when the deploy was. */
export type AlertSighting = { readonly answer: AlertAnswer; readonly window: Window; readonly deployedAt: number };

/** The maximum number of further alerts that are named. */
const maxOthers = 3;

/**
 * Puts the name of the alert first, with since when it fires and its summary: ticks hold numbers, and no names. Muted alerts are named in any verdict,
 * because people look for them.
 */
export function withAlerts(verdict: Verdict, { answer, window, deployedAt }: AlertSighting): Verdict {
  const begin = window.to - window.stepMs;
  const active = withSince(answer.alerts)
    .filter(({ activeAt, endedAt }) => activeAt <= window.to && (endedAt === null || endedAt > begin))
    .toSorted((a, b) => b.since - a.since);
  const [muted, counted] = [active.filter((run) => run.muted !== null), active.filter((run) => run.muted === null)];
  const firing = counted.filter(({ firingAt }) => firingAt !== null && firingAt <= window.to);
  // An alert that failed the check may be over by now. One that is older than the deploy did not.
  const main = verdict.outcome === 'fail' ? (firing.find(({ since }) => since > deployedAt) ?? null) : (firing[0] ?? counted[0] ?? null);
  const { headline, because, notes } = explanationOf(verdict);
  const others = counted.filter((run) => run !== main);
  const more = [...summaryOf(main), ...othersOf(others), ...muted.map(mutedWords)];
  if (verdict.outcome === 'inconclusive' && main === null && answer.unknown !== null)
    return { ...verdict, ...explain(answer.unknown, because, more) };
  if (verdict.outcome === 'inconclusive' && (verdict.isSilent || verdict.isExcused))
    return { ...verdict, ...explain(headline, because, [...notes, ...more]) };
  if (main !== null && verdict.outcome !== 'pass') {
    const words = fitHeadline(...wordings(main, { isFiring: firing.includes(main), isOld: main.since <= deployedAt }));
    return { ...verdict, ...explain(words, because, [...notes, ...more]) };
  }
  if (verdict.outcome === 'fail') return { ...verdict, ...explain(headline, because, ['by now no new alert fires', ...notes, ...more]) };
  return { ...verdict, ...explain(headline, because, [...notes, ...more]) };
}

type RunFacts = { readonly isFiring: boolean; readonly isOld: boolean };

/** "HighErrorRate fires since 12:03:15 UTC: more than 5 % of requests fail", then shorter ones. */
function wordings({ name, summary, since, firingAt }: DatedRun, { isFiring, isOld }: RunFacts): readonly string[] {
  if (isOld) return [`${name} was ${isFiring ? 'firing' : 'pending'} before the deploy: cannot say`, `${name} was there before the deploy`];
  const at = `${formatInstant(isFiring ? (firingAt ?? since) : since).slice(11)} UTC`;
  const words = `${name} ${isFiring ? 'fires' : 'is pending'} since ${at}`;
  return [...(summary === '' ? [] : [`${words}: ${summary}`]), words, `${name} ${isFiring ? 'fires' : 'is pending'}`];
}

function summaryOf(run: DatedRun | null): readonly string[] {
  return run === null || run.summary === '' ? [] : [`${run.name}: ${run.summary}`];
}

function othersOf(runs: readonly DatedRun[]): readonly string[] {
  const names = [...new Set(runs.map(({ name }) => name))];
  if (names.length === 0) return [];
  const rest = names.length > maxOthers ? ` and ${names.length - maxOthers} more` : '';
  return [`also active: ${names.slice(0, maxOthers).join(', ')}${rest}`];
}

function mutedWords({ name, firingAt, muted }: DatedRun): string {
  return `${name} ${firingAt === null ? 'is pending' : 'fires'}, but it is ${muted}: it does not count`;
}
