import type { Advice, BacktestReport, CheckReport, DetectionRate, RateEstimate, Sensitivity, Suggestion } from '../core/backtest/report.ts';
import { formatDuration } from '../core/base/duration.ts';
import { formatNumber, formatShare } from '../core/base/format-number.ts';

/** The result of a backtest for a terminal: what was tried, a row for each check, and a paragraph of advice for each check. */
export function backtestTable(report: BacktestReport): readonly string[] {
  const { whole, deploys, window, bake } = report;
  const unjudgedChecks = report.checks.filter(
    ({ advice, unproven }) => advice === 'not_judged' || advice === 'no_data' || unproven !== undefined,
  );
  const isMostlyUndecided = 2 * whole.inconclusive.count > whole.inconclusive.of;
  const unjudged = [...unjudgedChecks, ...report.untried].map(({ name }) => name);
  const head = ['CHECK', 'FALSE ALARMS', 'COULD NOT TELL', 'FOUND IN 9 OF 10 BAKES', 'FOUND IN HALF'];
  const rows = [...report.checks.flatMap(rowsOf), ['the bake', countedText(whole.falseAlarms), shareText(whole.inconclusive), '', '']];
  return [
    `${report.service} in ${report.environment}: ${deploys.count} pseudo deploys between ${dateOf(deploys.first)} and ${dateOf(deploys.last)}${deploys.leftOut > 0 ? `; ${deploys.leftOut} more left out` : ''}`,
    `bakes of ${formatDuration(bake.forMs)} after ${formatDuration(bake.warmupMs)} of warm-up, in ticks of ${formatDuration(window.stepMs)}; a healthy bake may fail in ${formatShare(report.budget)} of cases`,
    '',
    ...aligned([head, ...rows]),
    '',
    ...report.checks.flatMap((check) => adviceLines(check)),
    ...report.untried.map(({ name, reason }) => `${name}: NOT TRIED: ${reason}`),
    `the bake: ${adviceText(whole.advice)}${isMostlyUndecided ? `; but most bakes could not be decided` : ''}${unjudged.length > 0 ? `; but nothing is known about ${unjudged.join(', ')}` : ''}`,
    '',
    ...[...report.notes, ...hintsOf(report)].map((line) => `note: ${line}`),
  ];
}

function hintsOf({ whole, checks }: BacktestReport): readonly string[] {
  const hints = ['the brackets after false alarms are the 95 % confidence interval of their share'];
  if (checks.some(({ alarms }) => alarms.length > 0))
    hints.push('an alarm may have been a real incident: leave it out with --except FROM/TO');
  if (whole.inconclusive.count > 0) hints.push('a real bake that cannot be decided is extended; the backtest does not try this');
  return hints;
}

function rowsOf(check: CheckReport): readonly (readonly string[])[] {
  const name = check.critical ? check.name : `${check.name} (advisory)`;
  const families = check.sensitivity.length > 0 ? check.sensitivity : [null];
  return families.map((family, i) => [
    i === 0 ? name : '',
    i === 0 ? countedText(check.falseAlarms) : '',
    i === 0 ? shareText(check.inconclusive) : '',
    family === null ? '' : foundText(family, family.nineOfTen),
    family === null ? '' : foundText(family, family.half),
  ]);
}

function countedText({ count, of, low, high }: RateEstimate): string {
  return `${count} of ${of} (${formatPercent(low)}–${formatPercent(high)} %)`;
}

function shareText({ count, of }: RateEstimate): string {
  return of === 0 ? '' : `${formatPercent(count / of)} %`;
}

function formatPercent(share: number): string {
  return formatNumber(Number((100 * share).toPrecision(2)));
}

function foundText({ family }: Sensitivity, found: DetectionRate | null): string {
  if (found === null) return `none of the ${family} tried`;
  return `${found.effect}, after ${formatDuration(found.medianDelayMs ?? 0)}`;
}

function adviceLines(check: CheckReport): readonly string[] {
  const lines = [`${check.name}: ${check.unproven === undefined ? adviceText(check.advice) : `UNPROVEN: ${check.unproven}`}`];
  if (check.lowConfidence.count > 0 && check.advice !== 'no_data')
    lines.push(`  passed at low confidence: ${check.lowConfidence.count} of ${check.lowConfidence.of}`);
  if (check.open !== null && 10 * (check.inconclusive.count + check.lowConfidence.count) > check.inconclusive.of)
    lines.push(`  could not tell: ${check.open}`);
  if (check.missing > 0.05 && check.missing < 1) lines.push(`  ${formatPercent(check.missing)} % of the ticks have no data`);
  for (const { at, afterMs, reason } of check.alarms) lines.push(`  ${dateOf(at)}, after ${formatDuration(afterMs)}: ${reason}`);
  if (check.falseAlarms.count > check.alarms.length) lines.push(`  and ${check.falseAlarms.count - check.alarms.length} more`);
  for (const suggestion of check.suggestions) lines.push(`  ${suggestionText(suggestion, check)}`);
  if (check.suggestions.length === 0 && check.advice === 'cries_wolf')
    lines.push('  no looser limit that was tried keeps to the budget: make the check advisory with `critical: false`');
  return lines;
}

function suggestionText({ condition, param, now, to, alarms, sensitivity }: Suggestion, { kind, falseAlarms }: CheckReport): string {
  const isNumber = param === 'sensitivity' || ((kind === 'rate' || kind === 'value') && (param === 'above' || param === 'below'));
  // As a rule file writes it: without thousands separators.
  const write = (value: number) => String(Number((isNumber ? value : 100 * value).toPrecision(6))) + (isNumber ? '' : '%');
  const instead = now === null ? '' : ` instead of ${write(now)}`;
  const found = sensitivity.map((one) => foundText(one, one.nineOfTen)).join('; ');
  return `try \`${param}: ${write(to)}\`${instead} (fail_when[${condition}]): ${alarms} of ${falseAlarms.of} would have failed; found in 9 of 10: ${found}`;
}

function adviceText(advice: Advice): string {
  switch (advice) {
    case 'keep':
      return 'keep: no more false alarms than the budget allows';
    case 'cries_wolf':
      return 'TOO MANY FALSE ALARMS: more than the budget allows';
    case 'unsure':
      return 'more false alarms than the budget allows, but too few bakes to be sure';
    case 'not_judged':
      return 'NOT JUDGED in any bake';
    case 'no_data':
      return 'NO DATA';
  }
}

function dateOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
