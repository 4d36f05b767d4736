import { formatDuration } from '../../core/base/duration.ts';
import { formatProblem } from '../../core/base/errors.ts';
import type { LiveRules } from '../../rules/load-live-rules.ts';
import type { CheckInspection } from '../../usecases/check-inspection.ts';
import type { ExamAnswer, ExamProbe } from '../../usecases/examine.ts';
import { inspectRules } from '../../usecases/inspect-rules.ts';
import type { Adapters } from '../adapters.ts';

type ProviderAccess = {
  readonly providers: Adapters['providers'];
  /** By name, whether the provider answered its ping. */
  readonly isUp: ReadonlyMap<string, Promise<boolean>>;
};

const pingMs = 6_000;
const queriesMs = 30_000;

/** Asks every provider once whether it can be reached and accepts the credentials. `isUp` says later what it answered. */
export function providerProbes(providers: Adapters['providers']): {
  readonly probes: readonly ExamProbe[];
  readonly access: ProviderAccess;
} {
  const isUp = new Map<string, Promise<boolean>>();
  // Probes have no server of their own.
  const servers = [...providers].filter(([, { clock }]) => clock !== undefined);
  const probes = servers.map(([name, { provider }]): ExamProbe => {
    const answered = Promise.withResolvers<boolean>();
    isUp.set(name, answered.promise);
    const ask = async (signal: AbortSignal): Promise<ExamAnswer> => {
      try {
        await provider.ping(signal);
        answered.resolve(true);
        const what = await provider.describe?.(signal).catch(() => undefined);
        const lagMs = provider.lagMs?.() ?? 0;
        const hides = lagMs === 0 ? '' : `; it hides the last ${formatDuration(lagMs)}, so verdicts come later by as much`;
        return { outcome: 'ok', reason: `it answers, and accepts the credentials${what === undefined ? '' : `: ${what}`}${hides}` };
      } finally {
        answered.resolve(false);
      }
    };
    return { part: 'provider', name, limitMs: pingMs, ask, hint: 'check its address and its credentials in the config' };
  });
  return { probes, access: { providers, isUp } };
}

/** Asks each query of each check, as `check --live` does; one probe for each rule set, and one answer for each check. */
export function ruleProbes(rules: readonly LiveRules[], access: ProviderAccess, now: () => number): readonly ExamProbe[] {
  return rules.map((live): ExamProbe => {
    const place = `${live.ruleSet.service}/${live.ruleSet.environment}`;
    const ask = async (signal: AbortSignal) => {
      const up = await Promise.all([...access.isUp].map(async ([name, answer]) => [name, await answer] as const));
      const down = new Set(up.filter(([, answers]) => !answers).map(([name]) => name));
      const checks = live.ruleSet.checks.filter(({ provider }) => !down.has(provider));
      const found = await inspectRules({ providers: access.providers, now }, { ...live.ruleSet, checks }, signal);
      return live.ruleSet.checks.map(({ name, provider }) => {
        const inspection = found.checks.find(({ check }) => check === name);
        const unasked: ExamAnswer = { outcome: 'not_tried', reason: `${provider} does not answer`, hint: `see \`provider ${provider}\`` };
        return { ...(inspection === undefined ? unasked : answerOf(live, inspection)), name: `${place}: ${name}` };
      });
    };
    return { part: 'rules', name: place, limitMs: queriesMs, ask };
  });
}

function answerOf({ placeOf }: LiveRules, { check, isAsked, line, findings, failures }: CheckInspection): ExamAnswer {
  const said = line.slice(check.length + 2);
  const [failure] = failures;
  if (failure !== undefined) return { outcome: 'fail', reason: failure.slice(check.length + 2), hint: 'the provider could not be asked' };
  const worst = findings.find(({ severity }) => severity === 'error') ?? findings[0];
  if (worst !== undefined) {
    const hint = `${formatProblem({ ...placeOf(check, worst.source), message: '' }).replace(/: *$/, '')}; \`bakewatch check --live\` shows all`;
    return { outcome: worst.severity === 'error' ? 'fail' : 'warn', reason: worst.message, hint };
  }
  return isAsked ? { outcome: 'ok', reason: said } : { outcome: 'not_tried', reason: said };
}
