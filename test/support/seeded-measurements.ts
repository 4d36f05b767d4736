import { explain } from '../../src/core/judge/explanation.ts';
import type { Measurement } from '../../src/core/judge/measurement.ts';
import type { Evidence, Verdict } from '../../src/core/judge/verdict.ts';
import type { Question } from '../../src/core/rules/rule-set.ts';
import type { Stretch, Ticks } from '../../src/core/series/ticks.ts';

const stepMs = 15_000;
const pastStepMs = 135_000;
const pastTicks = 16;

/** What a check counts: `release` is how much of it the answer says, `before` what was usual. */
type Profile = {
  readonly question: Question;
  readonly ticks: (level: number, length: number, ms: number) => Ticks;
  readonly before: number;
};

const inf = Number.POSITIVE_INFINITY;
const profiles: Readonly<Record<string, Profile>> = {
  errors: {
    question: {
      kind: 'ratio',
      bad: { selector: 'http_requests_total{job="$service",code=~"5.."}' },
      total: { selector: 'http_requests_total{job="$service"}' },
    },
    before: 0.0054,
    ticks: (share, length, ms) => {
      const total = ms / 12;
      const bad = noise(length, share).map((chance) => Math.max(0, Math.round(total * share + 0.9 * chance * Math.sqrt(total * share))));
      return { kind: 'ratio', bad, total: bad.map(() => Math.round(total)) };
    },
  },
  latency: {
    question: { kind: 'latency', buckets: { selector: 'http_request_duration_seconds_bucket{job="$service"}' } },
    before: 0.65,
    ticks: (share, length, ms) => {
      const total = Math.round(ms / 50);
      const buckets = noise(length, share).map((chance) => [
        0,
        Math.round(total * (1 - share - 0.03 * chance)),
        Math.round(total * 0.97),
        total,
        total,
      ]);
      return { kind: 'latency', le: [0.01, 0.05, 0.1, 0.5, inf], buckets };
    },
  },
  memory: {
    question: { kind: 'value', query: 'max(process_resident_memory_bytes{job="$service"})' },
    before: 1.2e9,
    ticks: (level, length) => ({ kind: 'value', value: noise(length, level).map((chance) => level * (1 + 0.01 * chance)) }),
  },
  orders: {
    question: { kind: 'rate', count: { selector: 'orders_total{job="$service"}' } },
    before: 398,
    ticks: (perMinute, length, ms) => ({
      kind: 'rate',
      count: noise(length, perMinute).map((chance) => Math.round((perMinute * ms * (1 + 0.08 * chance)) / 60_000)),
    }),
  },
};

/** The question of a check of a picture. */
export function questionOf(check: string): Question {
  return profileOf(check).question;
}

/** The past of a check of a picture, until its deploy. */
export function pastOf(check: string, deployedAt: number): Stretch {
  const { ticks, before } = profileOf(check);
  return { startAt: deployedAt - pastTicks * pastStepMs, stepMs: pastStepMs, ticks: ticks(before, pastTicks, pastStepMs) };
}

type Story = {
  readonly check: string;
  readonly from: number;
  readonly to: number;
  readonly answer: Verdict;
  /** How the last pass stands; the ones before lead to it. */
  readonly phase?: Measurement['phase'];
};

/** A pass every minute, each with the ticks since the one before. The evidence of the last one has grown over all of them. */
export function passesOf({ check, from, to, answer, phase = 'baking' }: Story): readonly Measurement[] {
  const { question, ticks, before } = profileOf(check);
  const evidence: Partial<Evidence> = answer.evidence ?? {};
  const [level, strength] = [evidence.measured ?? before, evidence.strength ?? 0];
  const count = Math.max(1, Math.floor((to - from) / stepMs / 4));
  const all = ticks(level, count * 4, stepMs);
  return Array.from({ length: count }, (_, i): Measurement => {
    const start = from + i * 4 * stepMs;
    const window = { from: start, to: start + 4 * stepMs, stepMs };
    const isLast = i === count - 1;
    const early: Verdict = { outcome: answer.outcome === 'pass' ? 'pass' : 'inconclusive', ...explain('too early to tell') };
    const grown = { evidence: { ...evidence, strength: strength * ((i + 1) / count) ** 1.6 } };
    const result = isLast ? answer : { ...early, ...grown };
    const query = JSON.stringify(question);
    return { check, phase, at: window.to + 5_000, window, query, result, ticks: part(all, i * 4, i * 4 + 4), control: null };
  });
}

function part(ticks: Ticks, from: number, to: number): Ticks {
  switch (ticks.kind) {
    case 'ratio':
      return { ...ticks, bad: ticks.bad.slice(from, to), total: ticks.total.slice(from, to) };
    case 'latency':
      return { ...ticks, buckets: ticks.buckets.slice(from, to) };
    case 'rate':
      return { ...ticks, count: ticks.count.slice(from, to) };
    case 'value':
      return { ...ticks, value: ticks.value.slice(from, to) };
  }
}

function profileOf(check: string): Profile {
  const profile = profiles[check];
  if (profile === undefined) throw new Error(`no picture has a check ${check}`);
  return profile;
}

/** Numbers between -1 and 1 that look like chance, and are the same in every run. */
function noise(length: number, level: number): readonly number[] {
  let seed = (Math.round(level * 1e6) % 7_919) + 1;
  return Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return (seed / 2_147_483_647) * 2 - 1;
  });
}
