import { hookKindOf } from '../core/bake/order-shift.ts';
import type { Report } from '../core/report/report.ts';
import type { ReportCheck } from '../core/report/report-source.ts';
import { formatRoundedDuration } from '../core/report/summarize.ts';

/** An instant as both renderings of a report write it. */
export function clock(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}`;
}

/** What is told of the times: a name, how long it took, and from when to when that is counted. */
export function timeRows({ times }: Report): readonly (readonly [name: string, took: string, counted: string])[] {
  const { firstBadAt, affectedMs, detectMs, decideMs, rollBackMs, recoverMs, isStillAffected } = times;
  const begin = firstBadAt === null ? 'the deploy' : `the first bad reading (${clock(firstBadAt)})`;
  const shown = (ms: number | null) => (ms === null ? 'not known, or did not happen' : formatRoundedDuration(ms));
  if (times.judgedBadAt === null && times.orderedAt === null) return [];
  return [
    ['Users affected', `${shown(affectedMs)}${isStillAffected ? ', so far' : ''}`, `from ${begin} until the checks were healthy again`],
    ['To detect', shown(detectMs), `from ${begin} to the verdict`],
    ['To decide', shown(decideMs), 'from the verdict to the order to roll back'],
    ['To roll back', shown(rollBackMs), 'from the order until the hook had confirmed it'],
    ['To recover', shown(recoverMs), 'from there until the checks were healthy again'],
  ];
}

/** Who deployed what, and what is new in it. */
export function factRows({ deploy, change, bake }: Report): readonly (readonly [name: string, text: string])[] {
  const named = ({ version, commit }: { readonly version: string; readonly commit: string | null }) =>
    `${version}${commit === null ? '' : ` (commit ${commit})`}`;
  return [
    ['Service', `${deploy.service} in ${deploy.environment}`],
    ['Release', named(change.to)],
    ...(deploy.release.image === undefined ? [] : [['Image', deploy.release.image] as const]),
    ['Known good before', change.from === null ? 'none' : named(change.from)],
    [
      'Registered',
      `${clock(deploy.registeredAt)} UTC by ${deploy.registeredBy}${deploy.cause.kind === 'rollback' ? ', as a rollback' : ''}`,
    ],
    ['Deployed', bake.deployedAt === null ? 'not yet' : `${clock(bake.deployedAt)} UTC`],
    ['Migrations', deploy.migrations],
    ...(deploy.buildId === undefined ? [] : [['Build', deploy.buildId] as const]),
  ];
}

const outcomes: Readonly<Record<string, readonly [tone: string, text: string]>> = {
  pass: ['good', 'pass'],
  fail: ['bad', 'fail'],
  inconclusive: ['open', 'could not tell'],
  error: ['open', 'could not ask'],
};

/** A check's answer: its tone on a page, what it was in a word, and why. */
export function answerOf(measurement: ReportCheck['baking']): { readonly tone: string; readonly word: string; readonly reason: string } {
  const [tone, word] = outcomes[measurement?.result.outcome ?? ''] ?? ['quiet', 'not asked'];
  return { tone, word, reason: measurement?.result.reason ?? '' };
}

/** The end of what a hook printed. */
export function excerpt(output: string): string {
  const most = 4_000;
  return output.length <= most ? output : `…${output.slice(-most)}`;
}

/** How a try of the hook ended, and how long it took. */
export function attemptLine({ orderId, number, startedAt, endedAt, outcome }: Report['attempts'][number]): string {
  const took = endedAt === null ? '' : ` after ${formatRoundedDuration(endedAt - startedAt)}`;
  return `Attempt ${number} of the ${hookKindOf(orderId)}, started ${clock(startedAt)}: ${outcome === null ? 'not heard of since' : outcome.replaceAll('_', ' ')}${took}`;
}
