import { notesOf } from '../charts/header.ts';
import { formatInstant } from '../core/base/format-instant.ts';
import type { Chart } from '../core/chart/chart.ts';
import { formatInChart } from '../core/chart/chart-scale.ts';
import { answerOf, outcomeWords } from '../core/judge/check-answer.ts';
import { isHeadlineOf } from '../core/judge/reason-layers.ts';
import { blankSections, type Report } from '../core/report/report.ts';
import type { ReportCheck } from '../core/report/report-source.ts';
import { type SplitNumbers, splitHeads } from '../core/report/split-numbers.ts';
import { block, link, plain, table } from './markdown.ts';
import { numberHeads } from './numbers-table.ts';
import { actionRows, attemptLine, excerpt, factRows, timelineRows, timeRows } from './report-words.ts';

/** The report in Markdown, for wikis and issue trackers. A chart becomes a table with a link to the drawing, because few of them can embed one. */
export function reportMarkdown(report: Report, deployUrl: string): string {
  const { title, summary, isFinal, at, change, deploy, unknowns } = report;
  const links = [
    ...(change.compareUrl === null ? [] : [link('Changes', change.compareUrl)]),
    ...deploy.links.map((one) => link(one.title, one.url)),
  ];
  const parts = [
    `# ${plain(title)}`,
    `${isFinal ? 'Report' : 'Interim report'} of ${formatInstant(at)} UTC, drafted by Bakewatch from what it measured and did. ${link('The deploy', deployUrl)}`,
    plain(summary),
    ...belowReasons(report),
    '## What was deployed',
    table(['', ''], rowsOf(factRows(report))),
    ...(links.length === 0 ? [] : [links.map((one) => `- ${one}`).join('\n')]),
    ...timesPart(report),
    '## What was measured, compared with what',
    checksPart(report),
    ...numbersPart(report),
    ...report.splits.map(splitPart),
    ...report.charts.map((chart) => chartPart(chart, deployUrl)),
    ...report.checks.flatMap(queryPart),
    '## What was done, and by whom',
    ...actions(report),
    '## Timeline',
    table(['When (UTC)', 'What', 'By'], rowsOf(timelineRows(report))),
    '## What is not known',
    unknowns.length === 0 ? 'Nothing that Bakewatch knows of.' : unknowns.map((text) => `- ${plain(text)}`).join('\n'),
    ...blankSections.map(({ title: heading, question }) => `## ${heading}\n\n_${question}_`),
  ];
  return `${parts.join('\n\n')}\n`;
}

function timesPart(report: Report): readonly string[] {
  const rows = timeRows(report);
  return rows.length === 0 ? [] : ['## How long it took', table(['', 'Took', 'Period'], rowsOf(rows))];
}

/** Compared with what, and how sure: what lies below the reasons in the summary. */
function belowReasons({ reasons }: Report): readonly string[] {
  const lines = reasons.flatMap(({ check, because, notes }) =>
    [because, ...notes].filter((text) => text !== '').map((text) => `- ${plain(`${check}: ${text}`)}`),
  );
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function numbersPart({ numbers }: Report): readonly string[] {
  if (numbers.length === 0) return [];
  const rows = numbers.map(({ check, measured, expected, limit, samples }) => [check, measured, expected, limit, samples]);
  return [table(numberHeads, rowsOf(rows))];
}

function splitPart({ check, label, rows }: SplitNumbers): string {
  return `${plain(`${check} by ${label}`)}:\n\n${table([plain(label), ...splitHeads], rowsOf(rows))}`;
}

function checksPart({ checks: list, reasons }: Report): string {
  const hasRecovery = list.some(({ verifying }) => verifying !== null);
  const cell = (check: ReportCheck, measurement: ReportCheck['baking']) => {
    const answer = answerOf(check, measurement);
    const { outcome, headline, reason, because, notes, unproven } = answer;
    const word = `**${outcomeWords[outcome]}**`;
    const doubt = unproven === null ? '' : ` ${plain(`unproven: ${unproven}`)}`;
    if (reasons.some(({ text }) => isHeadlineOf(text, answer))) return `${word} as said above${doubt}`;
    const parts = outcome === 'not_asked' ? [] : outcome === 'error' ? [reason] : [headline, because, ...notes];
    return `${word} ${plain(parts.filter((text) => text !== '').join('; '))}${doubt}`;
  };
  const rows = list.map((check) => [
    `${plain(check.name)}${check.critical ? '' : ' (advisory)'}`,
    cell(check, check.baking),
    ...(hasRecovery ? [cell(check, check.verifying)] : []),
  ]);
  return table(['Check', 'During the bake', ...(hasRecovery ? ['After the rollback'] : [])], rows);
}

function chartPart(chart: Chart, deployUrl: string): string {
  const { check, title, unit, series, lines } = chart;
  const show = (value: number | undefined) => (value === undefined ? '–' : plain(formatInChart(unit, value)));
  const rows = series.map(({ label, points }) => {
    const values = points.flatMap(([, value]) => (value === null ? [] : [value]));
    const [low, high] = values.length === 0 ? [] : [Math.min(...values), Math.max(...values)];
    return [plain(label), show(low), show(high), show(values.at(-1))];
  });
  const limits = lines.length === 0 ? '' : `Compared with: ${lines.map(({ label }) => plain(label)).join('; ')}. `;
  const notes = notesOf(chart)
    .map((note) => `${plain(note)}. `)
    .join('');
  const drawing = link('The chart', `${deployUrl}/charts/${encodeURIComponent(check.toWellFormed())}.svg`);
  return `### ${plain(title)}\n\n${table(['', 'Lowest', 'Highest', 'Last'], rows)}\n\n${limits}${notes}${drawing}`;
}

function queryPart({ name, provider, baking, verifying }: ReportCheck): readonly string[] {
  const query = (verifying ?? baking)?.query;
  return query === undefined ? [] : [`${plain(name)} asks ${plain(provider)}:\n\n${block(query)}`];
}

function actions(report: Report): readonly string[] {
  const acts = actionRows(report);
  return [
    ...(acts.length === 0 ? [] : [table(['When (UTC)', 'By', 'What'], rowsOf(acts))]),
    ...report.attempts.map(
      (attempt) => `${plain(attemptLine(attempt))}${attempt.output === '' ? '' : `\n\n${block(excerpt(attempt.output))}`}`,
    ),
  ];
}

function rowsOf(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return rows.map((row) => row.map(plain));
}
