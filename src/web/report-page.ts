import { formatInstant } from '../core/base/format-instant.ts';
import { webAddress } from '../core/base/web-address.ts';
import { blankSections, type Report } from '../core/report/report.ts';
import type { ReportCheck } from '../core/report/report-source.ts';
import { splitHeads } from '../core/report/split-numbers.ts';
import { chartFigures } from './chart-figures.ts';
import { checksTable } from './checks-table.ts';
import { type Html, html } from './html.ts';
import { document } from './layout.ts';
import { numberHeads } from './numbers-table.ts';
import { actionRows, attemptLine, excerpt, factRows, timelineRows, timeRows } from './report-words.ts';

/** The report as one self-contained HTML file, which can be kept, sent or printed. */
export function reportPage(report: Report, deployUrl: string): Html {
  const { title, summary, isFinal, at, unknowns, change, deploy } = report;
  return document(
    title,
    html`<h1>${title}</h1>
<p class="quiet">${isFinal ? 'Report' : 'Interim report'} of ${formatInstant(at)} UTC, drafted by Bakewatch from what it measured and did. <a href="${deployUrl}">The deploy</a></p>
<p>${summary}</p>
${belowReasons(report)}
<h2>What was deployed</h2>
${table([], factRows(report))}
<p>${change.compareUrl === null ? '' : link('Changes', change.compareUrl)}${deploy.links.map((one) => link(one.title, one.url))}</p>
${timesPart(report)}
<h2>What was measured, compared with what</h2>
${checksTable(report.checks, report.reasons)}
${numbersPart(report)}
${report.splits.map(({ check, label, rows }) => html`<h3>${check} by ${label}</h3>${table([label, ...splitHeads], rows)}`)}
${chartFigures(report.charts)}
${report.checks.map(queryPart)}
<h2>What was done, and by whom</h2>
${actions(report)}
<h2>Timeline</h2>
${table(['When (UTC)', 'What', 'By'], timelineRows(report))}
<h2>What is not known</h2>
${unknowns.length === 0 ? html`<p>Nothing that Bakewatch knows of.</p>` : html`<ul>${unknowns.map((text) => html`<li>${text}</li>`)}</ul>`}
${blankSections.map(({ title: heading, question }) => html`<h2>${heading}</h2><p class="quiet">${question}</p>`)}`,
  );
}

function link(text: string, address: string): Html {
  const url = webAddress(address);
  return url === null ? html`${text} ` : html`<a href="${url}" rel="noreferrer">${text}</a> `;
}

function timesPart(report: Report): Html | string {
  const rows = timeRows(report);
  return rows.length === 0 ? '' : html`<h2>How long it took</h2>${table(['', 'Took', 'Period'], rows)}`;
}

/** Compared with what, and how sure: what lies below the reasons in the summary. */
function belowReasons({ reasons }: Report): Html | string {
  const lines = reasons.flatMap(({ check, because, notes }) =>
    [because, ...notes].filter((text) => text !== '').map((text) => ({ check, text })),
  );
  return lines.length === 0 ? '' : html`<ul>${lines.map(({ check, text }) => html`<li>${check ?? ''}: ${text}</li>`)}</ul>`;
}

function numbersPart({ numbers }: Report): Html | string {
  if (numbers.length === 0) return '';
  return table(
    numberHeads,
    numbers.map(({ check, measured, expected, limit, samples }) => [check, measured, expected, limit, samples]),
  );
}

function queryPart({ name, provider, baking, verifying }: ReportCheck): Html | string {
  const query = (verifying ?? baking)?.query;
  return query === undefined ? '' : html`<p>${name} asks ${provider}:</p><pre>${query}</pre>`;
}

function actions(report: Report): Html {
  const acts = actionRows(report);
  return html`${acts.length === 0 ? '' : table(['When (UTC)', 'By', 'What'], acts)}
${report.attempts.map((attempt) => html`<p>${attemptLine(attempt)}</p>${attempt.output === '' ? '' : html`<pre>${excerpt(attempt.output)}</pre>`}`)}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): Html {
  const head = heads.length === 0 ? '' : html`<thead><tr>${heads.map((text) => html`<th>${text}</th>`)}</tr></thead>`;
  const cell = (text: string, column: number) => html`<td data-head="${heads[column] ?? ''}">${text}</td>`;
  return html`<table class="stack">${head}<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody></table>`;
}
