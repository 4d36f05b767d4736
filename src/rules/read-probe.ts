import { formatDuration } from '../core/base/duration.ts';
import { maxProbeMs, type Probe, type ProbeTarget, probeDurationMs } from '../core/rules/probe.ts';
import type { Cursor } from './cursor.ts';
import { ProbeSection } from './probe-file.ts';
import { readProbeTarget } from './read-probe-target.ts';
import type { KnownProvider } from './rules-context.ts';

const kinds = ['http', 'tcp', 'command'] as const satisfies readonly ProbeTarget['kind'][];
const { shape } = ProbeSection;

/** Reads the value of `probe` and reports its problems. Returns `null` if the probe tries nothing. */
export function readProbe(cursor: Cursor, provider: KnownProvider | undefined): Probe | null {
  if (!cursor.isMapOf(Object.keys(shape))) return null;
  const [kind, second] = kinds.filter((name) => cursor.at(name).isPresent);
  if (kind === undefined) cursor.problem('the probe tries nothing', 'add one of http, tcp or command');
  if (second !== undefined) cursor.at(second).keyProblem(`a probe tries one thing, and this one already has ${kind}`, 'write two checks');
  const timing = readTiming(cursor);
  if (kind === undefined || second !== undefined) return null;
  const target = readProbeTarget(cursor, kind);
  if (target === null) return null;
  lint(cursor, target, provider);
  return { target, ...timing };
}

const defaultTiming = { withinMs: 5_000, attempts: 3, apartMs: 1_000 };

function readTiming(cursor: Cursor): Omit<Probe, 'target'> {
  const withinMs = cursor.at('within').take(shape.within) ?? defaultTiming.withinMs;
  const apartMs = cursor.at('apart').take(shape.apart) ?? defaultTiming.apartMs;
  const fitting = Math.max(1, Math.floor((maxProbeMs + apartMs) / (withinMs + apartMs)));
  const attempts = cursor.at('attempts').take(shape.attempts) ?? Math.min(defaultTiming.attempts, fitting);
  const timing = { withinMs, attempts, apartMs };
  if (probeDurationMs(timing) <= maxProbeMs) return timing;
  const times = `${attempts} attempts of ${formatDuration(withinMs)}, ${formatDuration(apartMs)} apart`;
  cursor.problem(
    `${times}, take ${formatDuration(probeDurationMs(timing))}, longer than the ${formatDuration(maxProbeMs)} that a probe may take in all`,
    `the maximum is ${fitting} such attempt${fitting === 1 ? '' : 's'}`,
  );
  return timing;
}

function lint(cursor: Cursor, target: ProbeTarget, provider: KnownProvider | undefined): void {
  const wrong = provider?.lintProbe?.(target) ?? null;
  if (wrong) cursor.at(wrong.key).problem(wrong.message, wrong.hint);
}
