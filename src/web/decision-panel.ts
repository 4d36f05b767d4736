import { drawDecision } from '../charts/draw-decision.ts';
import { formatNumber } from '../core/base/format-number.ts';
import type { Chart } from '../core/chart/chart.ts';
import { formatInChart } from '../core/chart/chart-scale.ts';
import { checkNumbers } from '../core/report/check-numbers.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import { unitOf } from '../core/rules/unit-of.ts';
import { type Html, html, raw } from './html.ts';
import type { AnsweredCheck } from './lead-check.ts';
import { verdictSentence } from './sentence.ts';
import { time } from './time.ts';

/** A drawing for wide panels, and one for phones: the style sheet shows the one that fits. Text keeps its size on both. */
const sizes = [
  { width: 812, height: 360, name: 'wide' },
  { width: 330, height: 300, name: 'narrow' },
] as const;

type PanelInput = {
  readonly chart: Chart;
  readonly lead: AnsweredCheck;
  readonly ruleSet: RuleSet;
  readonly decidesAt: number | null;
  /** The headline of the check stands above, on the page. */
  readonly isSaidAbove: boolean;
  /** Opens the queries in the tools that answer them. */
  readonly link: Html | string;
};

/** The chart of the check that decides, with one sentence, and the values behind a disclosure. */
export function decisionPanel({ chart, lead, ruleSet, decidesAt, isSaidAbove, link }: PanelInput): Html {
  const { answer } = lead;
  const [numbers] = checkNumbers(ruleSet, [answer]);
  const title = chart.title.startsWith(`${chart.check}: `) ? chart.title.slice(chart.check.length + 2) : chart.title;
  const [caption, ...notes] = isSaidAbove ? answer.notes : [answer.headline, answer.because, ...answer.notes].filter((text) => text !== '');
  const rule = ruleSet.checks.find(({ name }) => name === lead.check.name);
  const count = answer.evidence?.samples;
  const samples =
    rule === undefined || count === undefined ? '' : html` <span class="third">of ${formatNumber(count)} ${unitOf(rule).samples}</span>`;
  const named = chart.lines.filter(({ decides }) => decides);
  const legend = named.map(({ kind, label }) => html`<li class="${kind}">${label}</li>`);
  return html`<figure class="decision panel flush">
<div class="decision-head"><b>${verdictSentence(title).replace(/\.$/, '')}</b>${samples}${link}</div>
${legend.length === 0 ? '' : html`<ul class="chart-legend">${legend}</ul>`}
${sizes.map(({ name, ...size }) => html`<div class="drawing ${name}">${raw(drawDecision(chart, { ...size, name: `decision-${name}`, decidesAt }))}</div>`)}
${caption === undefined ? '' : html`<figcaption>${verdictSentence(caption)}</figcaption>`}
</figure>${details(chart, notes, numbers)}`;
}

function details(chart: Chart, notes: readonly string[], numbers: ReturnType<typeof checkNumbers>[number] | undefined): Html {
  const rows = valueRows(chart);
  const facts =
    numbers === undefined
      ? []
      : ([
          ['Measured', numbers.measured],
          ['Expected', numbers.expected],
          ['Limit', numbers.limit],
        ] as const);
  return html`<details class="values" id="values"><summary>The values of this chart</summary><div class="disclosed">
${notes.map((note) => html`<p>${verdictSentence(note)}</p>`)}
${facts.length === 0 ? '' : html`<dl class="facts inline">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`}
<table class="list drawn"><caption class="hidden-text">Values of ${chart.title}</caption><thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col" class="num">Value</th></tr></thead><tbody>${rows}</tbody></table></div></details>`;
}

/** More rows of a line say nothing more. */
const maxRows = 20;

function valueRows({ series, unit }: Chart): readonly Html[] {
  return series.flatMap(({ label, points }) => {
    const each = Math.ceil(points.length / maxRows);
    return points
      .filter((_, i) => (points.length - 1 - i) % each === 0)
      .map(
        ([at, value]) =>
          html`<tr><td>${time(at, 'seconds')}</td><td>${label}</td><td class="num">${value === null ? 'no data' : formatInChart(unit, value)}</td></tr>`,
      );
  });
}
