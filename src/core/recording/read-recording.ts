import { z } from 'zod';
import type { Column, Stretch } from '../series/ticks.ts';
import type { RecordedCheck, RecordedTicks, Recording } from './recording.ts';

const NumberLike = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity', '+Inf', '-Inf'])]);
const Numbers = z.array(NumberLike.nullable());
const Bounds = z.array(z.union([z.number(), z.literal('+Inf')]));
const columns = {
  le: Bounds.optional(),
  bad: Numbers.optional(),
  total: Numbers.optional(),
  count: Numbers.optional(),
  exposure: Numbers.optional(),
  buckets: z.array(z.array(z.number()).nullable()).optional(),
  value: Numbers.optional(),
};
const by = z.object({
  label: z.string(),
  values: z.array(z.object({ ...columns, name: z.string() })),
  others: z.array(z.string()).optional(),
});
const ticks = { ...columns, by: by.optional() };
const Check = z
  .object({
    name: z.string().min(1),
    kind: z.enum(['ratio', 'rate', 'latency', 'value']),
    direction: z.enum(['up', 'down', 'both']),
    step: z.number().positive(),
    le: Bounds.optional(),
    history: z.object({ ...ticks, start: z.number(), step: z.number().positive().optional() }).optional(),
    control: z.object(ticks).optional(),
    bake: z.object({ ...ticks, start: z.number().optional() }),
    calibration: z.array(z.json()).optional(),
    errors: z.array(z.object({ tick: z.number().int(), kind: z.string() })).optional(),
  })
  .superRefine((check, context) => {
    for (const part of ['bake', 'history', 'control'] as const) {
      const missing = check[part] && missingColumns(check.kind, check[part]);
      if (missing) context.addIssue({ code: 'custom', path: [part], message: missing });
      for (const [i, value] of (check[part]?.by?.values ?? []).entries()) {
        const problem = missingColumns(check.kind, value) ?? otherLength(check.kind, value, check[part] ?? value);
        if (problem) context.addIssue({ code: 'custom', path: [part, 'by', 'values', i], message: problem });
      }
    }
    if (check.kind === 'latency' && check.le === undefined)
      context.addIssue({ code: 'custom', path: ['le'], message: 'a latency check needs its bucket bounds' });
    if (!isGrid(check.le ?? [])) context.addIssue({ code: 'custom', path: ['le'], message: 'bounds must ascend and end with "+Inf"' });
  });

function isGrid(le: readonly (number | string)[]): boolean {
  const bounds = le.map(toNumber);
  return bounds.length === 0 || (bounds.at(-1) === Infinity && bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] ?? 0)));
}

/** The part of the frozen rules that judging needs. */
const Rules = z.looseObject({
  ruleSet: z.looseObject({
    bake: z.looseObject({ forMs: z.number() }),
    // Older recordings have none and use the default budget.
    falseAlarms: z.number().gt(0).lt(1).optional(),
    baseline: z.looseObject({ historyMs: z.number(), like: z.array(z.looseObject({ kind: z.string() })), timezone: z.string() }),
    checks: z.array(
      z.looseObject({
        name: z.string(),
        direction: z.enum(['up', 'down', 'both']),
        minSamples: z.number(),
        critical: z.boolean(),
        failWhen: z.array(
          z.looseObject({ analyzer: z.string(), params: z.looseObject({}), damping: z.object({ k: z.number(), n: z.number() }) }),
        ),
      }),
    ),
  }),
  endsAt: z.number(),
  aloneFrom: z.number().optional(),
});

/** A recording as it is read: `rules` is kept unchanged and bound later. */
const RecordingLine = z.object({
  format: z.literal('bakewatch.recording/1'),
  id: z.string(),
  service: z.string(),
  environment: z.string(),
  version: z.string(),
  deployedAt: z.number(),
  warmup: z.number().default(0),
  checks: z.array(Check),
  rules: z
    .custom<Recording['rules']>((value) => value === undefined || Rules.safeParse(value).success, 'are no rules as `export` writes them')
    .optional(),
});

/** Reads one line of a recording file, or says which field is wrong. */
export function readRecording(
  line: string,
): { readonly ok: true; readonly recording: Recording } | { readonly ok: false; readonly field: string; readonly message: string } {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return { ok: false, field: '', message: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = RecordingLine.safeParse(json);
  if (parsed.success) return { ok: true, recording: parsed.data };
  const [issue] = parsed.error.issues;
  return { ok: false, field: (issue?.path ?? []).join('.'), message: issue?.message ?? 'is not a recording' };
}

type RecordedPlace = { readonly startAt: number; readonly stepMs: number };

/** The columns of a recorded check as ticks. */
export function readStretch(
  check: Pick<RecordedCheck, 'kind' | 'le'>,
  { by: own, ...whole }: RecordedTicks,
  place: RecordedPlace,
): Stretch {
  const stretch = readColumns(check, whole, place);
  if (own === undefined) return stretch;
  const values = own.values.map((value) => ({ name: value.name, ticks: readColumns(check, { le: whole.le, ...value }, place).ticks }));
  const others = own.others && { others: own.others };
  const split = { label: own.label, values: values.map(({ name }) => name), ticks: values.map((value) => value.ticks), ...others };
  return { ...place, ticks: { ...stretch.ticks, split } };
}

function readColumns(check: Pick<RecordedCheck, 'kind' | 'le'>, recorded: RecordedTicks, place: RecordedPlace): Stretch {
  switch (check.kind) {
    case 'ratio':
      return { ...place, ticks: { kind: 'ratio', bad: column(recorded.bad), total: column(recorded.total) } };
    case 'rate':
      return {
        ...place,
        ticks: { kind: 'rate', count: column(recorded.count), ...(recorded.exposure && { exposure: column(recorded.exposure) }) },
      };
    case 'latency':
      return { ...place, ticks: { kind: 'latency', le: (recorded.le ?? check.le ?? []).map(toNumber), buckets: recorded.buckets ?? [] } };
    case 'value':
      return { ...place, ticks: { kind: 'value', value: column(recorded.value) } };
  }
}

function column(numbers: readonly (number | string | null)[] = []): Column {
  return numbers.map((value) => (value === null ? null : toNumber(value)));
}

function toNumber(value: number | string): number {
  if (typeof value === 'number') return value;
  return value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value);
}

/** A value of a split has as many ticks as the whole. */
function otherLength(kind: RecordedCheck['kind'], value: RecordedTicks, whole: RecordedTicks): string | null {
  const name = ({ ratio: 'total', rate: 'count', latency: 'buckets', value: 'value' } as const)[kind];
  return value[name]?.length === whole[name]?.length ? null : `${name} must have the same length as that of the whole`;
}

function missingColumns(kind: RecordedCheck['kind'], recorded: RecordedTicks): string | null {
  const needed = { ratio: ['bad', 'total'], rate: ['count'], latency: ['buckets'], value: ['value'] } as const;
  const missing = needed[kind].filter((name) => recorded[name] === undefined);
  if (missing.length > 0) return `a ${kind} check needs ${missing.join(' and ')}`;
  if (kind === 'ratio' && recorded.bad?.length !== recorded.total?.length) return 'bad and total must have the same length';
  if (kind === 'rate' && recorded.exposure !== undefined && recorded.exposure.length !== recorded.count?.length)
    return 'count and exposure must have the same length';
  return null;
}
