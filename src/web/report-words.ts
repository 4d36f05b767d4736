import { hookKindOf } from '../core/bake/order-shift.ts';
import { formatInstant } from '../core/base/format-instant.ts';
import { headlineOf } from '../core/judge/headline.ts';
import type { Report } from '../core/report/report.ts';
import { shortTimeline } from '../core/report/short-timeline.ts';
import { formatRoundedDuration } from '../core/report/summarize.ts';

/** The times of a report: a name, how long it took, and the period that this covers. */
export function timeRows({ times }: Report): readonly (readonly [name: string, took: string, period: string])[] {
  const { firstBadAt, affectedMs, detectMs, decideMs, rollBackMs, recoverMs, isStillAffected } = times;
  const begin = firstBadAt === null ? 'the deploy' : `the first bad reading (${formatInstant(firstBadAt)})`;
  const show = (ms: number | null) => (ms === null ? 'not known, or did not happen' : formatRoundedDuration(ms));
  if (times.judgedBadAt === null && times.orderedAt === null) return [];
  const rows = [
    ['Users affected', `${show(affectedMs)}${isStillAffected ? ', so far' : ''}`, `from ${begin} until the checks passed again`],
    ['To detect', show(detectMs), `from ${begin} to the verdict`],
  ] as const;
  if (times.orderedAt === null) return rows;
  return [
    ...rows,
    ['To decide', show(decideMs), 'from the verdict to the order to roll back'],
    ['To roll back', show(rollBackMs), 'from the order until the hook confirmed the rollback'],
    ['To recover', show(recoverMs), 'from that confirmation until the checks passed again'],
  ];
}

/** The facts of a deploy: what was deployed, when and by whom. */
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
      `${formatInstant(deploy.registeredAt)} UTC by ${deploy.registeredBy}${deploy.cause.kind === 'rollback' ? ', as a rollback' : ''}`,
    ],
    ['Deployed', bake.deployedAt === null ? 'not yet' : `${formatInstant(bake.deployedAt)} UTC`],
    ['Migrations', deploy.migrations],
    ...(deploy.buildId === undefined ? [] : [['Build', deploy.buildId] as const]),
  ];
}

/** The timeline without the sentences that the report has shown before it. */
export function timelineRows({ timeline, reasons, checks }: Report): readonly (readonly [when: string, what: string, by: string])[] {
  const headlines = checks.flatMap(({ name, baking, verifying }) =>
    [baking, verifying].flatMap((one) => (one === null ? [] : [{ text: headlineOf(name, one.result), check: name }])),
  );
  return shortTimeline(timeline, [...reasons, ...headlines]).map(({ at, kind, by, text }) => [
    formatInstant(at),
    entryText(kind, text),
    by,
  ]);
}

/** An entry of the timeline, with its kind in front of it where the text does not say it. */
function entryText(kind: string, text: string): string {
  return text.startsWith(words(kind)) ? text : `${words(kind)}: ${text}`;
}

/** What people and pipelines did. The timeline says the rest. */
export function actionRows({ interventions }: Report): readonly (readonly [when: string, by: string, what: string])[] {
  return interventions.map(({ at, kind, by }) => [formatInstant(at), by, words(kind)]);
}

function words(kind: string): string {
  return kind.replaceAll('_', ' ');
}

/** Returns the end of a hook's output. */
export function excerpt(output: string): string {
  const maxLength = 4_000;
  return output.length <= maxLength ? output : `…${output.slice(-maxLength)}`;
}

/** One attempt of a hook: how it ended, and how long it took. */
export function attemptLine({ orderId, number, startedAt, endedAt, outcome }: Report['attempts'][number]): string {
  const took = endedAt === null ? '' : ` after ${formatRoundedDuration(endedAt - startedAt)}`;
  return `Attempt ${number} of the ${hookKindOf(orderId)}, started ${formatInstant(startedAt)}: ${outcome === null ? 'no recorded end' : outcome.replaceAll('_', ' ')}${took}`;
}
