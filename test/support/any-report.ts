import fc from 'fast-check';
import type { Measurement } from '../../src/core/judge/measurement.ts';
import type { ReportSource } from '../../src/core/report/report-source.ts';
import { hostile } from './any-chart.ts';
import { anyTicks } from './any-ticks.ts';
import { aBake, aCheck, aDeploy, aPlan, aRuleSet, stateNames, step, t0 } from './builders.ts';

const from = t0 + 2 * step;
const at = fc.integer({ min: t0, max: t0 + 100 * step });

/** Reports of deploys in every state, with any measurements, in which every text from outside is one that an attacker would like to see as it is. */
export const anyReportSource: fc.Arbitrary<ReportSource> = fc
  .record({
    texts: fc.array(hostile, { minLength: 30, maxLength: 30 }),
    state: fc.constantFrom(...stateNames),
    outcome: fc.constantFrom('pass', 'fail', 'inconclusive', 'error'),
    ticks: fc.option(anyTicks('ratio')),
    control: fc.option(anyTicks('ratio')),
    past: fc.option(anyTicks('ratio')),
    kinds: fc.array(
      fc.tuple(fc.constantFrom('rolling_back', 'verifying', 'rolled_back', 'failed', 'awaiting_approval', 'blind', 'x'), at),
      {
        maxLength: 8,
      },
    ),
    attempts: fc.array(fc.record({ startedAt: at, endedAt: fc.option(at) }), { maxLength: 3 }),
    at,
    isPruned: fc.boolean(),
    evidence: fc.record({ measured: fc.double(), limit: fc.double(), expected: fc.double() }),
  })
  .map(({ texts, state, outcome, ticks, control, past, kinds, attempts, isPruned, evidence, ...rest }) => {
    let used = 0;
    const text = () => texts[used++ % texts.length] ?? '';
    const target = { deployId: 'd1', version: text(), commit: text() };
    const bake = aBake(state, {
      target,
      order: { id: 'o', target, reasons: [text(), text()] },
      by: text(),
      reasons: [text(), text()],
    } as object);
    const deploy = aDeploy({
      service: text(),
      environment: text(),
      release: { version: text(), commit: text(), image: text(), metadata: { repository: text() } },
      registeredBy: text(),
      buildId: text(),
      links: [
        { title: text(), url: 'https://ci.example/(1)' },
        { title: text(), url: `https://github.com/${text()}/${text()}` },
      ],
    });
    const name = text();
    const result =
      outcome === 'error' ? ({ outcome, kind: 'timeout', reason: text() } as const) : ({ outcome, reason: text(), evidence } as const);
    const window = { from, to: from + 30 * step, stepMs: step };
    const measured = (phase: 'baking' | 'verifying'): Measurement => ({
      check: name,
      phase,
      at: window.to,
      window,
      query: text(),
      result,
      ticks,
      control,
    });
    const rule = aCheck({ name, provider: text() });
    const histories = past === null ? [] : [{ check: name, stretch: { startAt: t0 - 30 * step, stepMs: step, ticks: past } }];
    return {
      ...rest,
      record: { deploy, bake, ruleSet: aRuleSet({ checks: [rule] }), plan: aPlan({ knownGood: text() }) },
      measurements: [measured('baking'), measured('verifying')],
      histories,
      timeline: kinds.map(([kind, when]) => ({ kind, at: when, by: text(), text: text(), detail: text() })),
      checks: [
        { name, provider: text(), critical: true, baking: measured('baking'), verifying: measured('verifying'), asked: 2, couldNotAsk: 1 },
      ],
      attempts: attempts.map((one, i) => ({
        orderId: text(),
        ...one,
        number: i + 1,
        outcome: one.endedAt === null ? null : text(),
        output: `${text()}\n\`\`\`\`\n${text()}`,
      })),
      prunedAt: isPruned ? t0 : null,
      pastPrunedAt: isPruned ? t0 : null,
      previous: target,
    };
  });
