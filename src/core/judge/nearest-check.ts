import { maxHeadline } from './explanation.ts';
import { checkTitle, headlineOf } from './headline.ts';
import type { CheckResult } from './judge.ts';
import { nearnessOf } from './split-verdict.ts';

/** How worrying the worst check of a bake is, the worst level first. `waiting`: nothing was asked yet. */
export const concernLevels = ['failing', 'suspicious', 'unasked', 'unproven', 'early', 'healthy', 'waiting'] as const;

/** A level of concern. */
export type ConcernLevel = (typeof concernLevels)[number];

/**
 * The check of a bake that is nearest to failing, in words: its headline, and how sure that is. `nearness`: the evidence as a multiple of what is needed to
 * fail; 0 where the check has no such number.
 */
export type NearestCheck = {
  readonly level: ConcernLevel;
  readonly headline: string;
  readonly detail: string;
  readonly nearness: number;
};

/** Finds the check nearest to failing among the newest answers. A check that was not asked yet has no answer. */
export function nearestCheck(checks: readonly CheckResult[]): NearestCheck {
  const ranked = checks
    .map((check) => ({ check, level: levelOf(check), nearness: nearnessOfResult(check.result) }))
    .toSorted((a, b) => rankOf(a.level) - rankOf(b.level) || b.nearness - a.nearness);
  const worst = ranked[0];
  if (worst === undefined) return { level: 'waiting', headline: 'No check has been asked yet', detail: '', nearness: 0 };
  const { check, level, nearness } = worst;
  const { name, result } = check;
  switch (level) {
    case 'failing':
      return { level, nearness, headline: headlineOf(name, result), detail: 'fails' };
    case 'suspicious':
      return { level, nearness, headline: headlineOf(name, result), detail: suspicionText(check) };
    case 'unasked':
      return { level, nearness, headline: `${checkTitle(name)}: could not be asked`, detail: result.reason };
    case 'unproven':
      return { level, nearness, ...unprovenWords(check) };
    case 'early':
      return {
        level,
        nearness,
        headline: `${checkTitle(name)}: too early to tell`,
        detail: headlineOf(name, result).slice(name.length + 2),
      };
    default:
      return { level, nearness, headline: healthyText(checks), detail: healthyDetail(check) };
  }
}

/** "4 of 5 checks healthy". A check that is unproven, or that cannot tell, is not healthy. */
export function healthyText(checks: readonly CheckResult[]): string {
  const healthy = checks.filter((check) => levelOf(check) === 'healthy').length;
  return `${healthy} of ${checks.length} ${checks.length === 1 ? 'check' : 'checks'} healthy`;
}

function levelOf({ critical, result }: CheckResult): ConcernLevel {
  if (result.outcome === 'error') return 'unasked';
  if (result.outcome === 'fail') return critical ? 'failing' : 'suspicious';
  if (result.outcome === 'inconclusive' && (result.leans === true || result.isExcused === true)) return 'suspicious';
  if (result.unproven !== undefined) return 'unproven';
  return result.outcome === 'pass' ? 'healthy' : 'early';
}

function rankOf(level: ConcernLevel): number {
  return concernLevels.indexOf(level);
}

function nearnessOfResult(result: CheckResult['result']): number {
  if (result.outcome === 'error') return 0;
  const nearness = nearnessOf(result.evidence) ?? 0;
  return Number.isFinite(nearness) ? Math.max(0, nearness) : 0;
}

function suspicionText({ critical, result }: CheckResult): string {
  if (result.outcome === 'fail' && !critical) return 'fails; advisory, so it decides nothing';
  if (result.outcome === 'inconclusive' && result.isExcused === true) return 'a dependency fails too, so it does not count';
  const share = evidenceText(result);
  return share === null ? 'suspicious, not yet sure' : `suspicious, not yet sure: ${share}`;
}

function healthyDetail({ name, result }: CheckResult): string {
  const share = evidenceText(result);
  return share === null ? '' : `nearest to failing: ${name}, ${share}`;
}

/** How much of the evidence to fail there is, where the analyzer counts it. Never "100 %" before the check fails. */
function evidenceText(result: CheckResult['result']): string | null {
  const strength = result.outcome === 'error' ? undefined : result.evidence?.strength;
  if (strength === undefined || !(strength > 0)) return null;
  return strength < 0.01 ? 'less than 1 % of the evidence' : `${Math.min(99, Math.round(strength * 100))} % of the evidence`;
}

function unprovenWords({ name, result }: CheckResult): Pick<NearestCheck, 'headline' | 'detail'> {
  const text = 'unproven' in result ? (result.unproven ?? '').replace(/^unproven: /, '') : '';
  const [first = '', ...rest] = text.split('; ');
  const headline = `${checkTitle(name)} not proven: ${first}`;
  const isShort = [...headline].length <= maxHeadline;
  return isShort
    ? { headline, detail: rest.join('; ') }
    : { headline: `${checkTitle(name)} not proven: it has never matched anything`, detail: text };
}
