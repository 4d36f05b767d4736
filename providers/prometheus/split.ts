import type { Answer, Labels, Series } from '../../src/ports/provider.ts';
import type { CheckableCondition } from './conditions.ts';
import { type CounterReading, seriesInside, toRaw } from './counters.ts';
import { matchesAll, type SampleSelection, type SampleSpan } from './hull.ts';
import { instancesOf, isTargetLabel, jobNamesOf } from './instances.ts';
import { asAnswer, type ReadSeries } from './native.ts';

/** `answers`: one for each selection; `null` where only the server can tell which series it matches. `used`: the samples that any answer holds. */
export type SplitReading = { readonly answers: readonly (Answer | null)[]; readonly samples: number; readonly used: number };

/** Gives each selection what it would have got alone, from an answer to all of them. `asked`: the conditions that the server has applied. */
export function splitReading(
  { series, targets }: CounterReading,
  selections: readonly SampleSelection[],
  asked: readonly CheckableCondition[],
): SplitReading {
  const applied = new Set(asked.map(({ key }) => key));
  const owners = createFinder(selections);
  const own = new Map<SampleSelection, ReadSeries[]>(selections.map((selection) => [selection, []]));
  const shown = new Set(series.flatMap(({ labels }) => Object.keys(labels)));
  // A label that no series has may be one that this server does not return. An empty answer is empty for every selection.
  const isUnknown = ({ key, label }: CheckableCondition) => series.length > 0 && !applied.has(key) && !shown.has(label);
  const unsure = new Set(selections.filter(({ conditions }) => conditions.some(isUnknown)));
  let [samples, used] = [0, 0];
  for (const one of series) {
    samples += one.samples.length;
    let isUsed = false;
    for (const selection of owners(one.labels)) {
      const matches = matchesAll(selection.conditions, one.labels);
      if (matches === null) unsure.add(selection);
      if (matches) own.get(selection)?.push(one);
      isUsed ||= matches !== false;
    }
    if (isUsed) used += one.samples.length;
  }
  const targetsOf = createTargets(targets);
  const answers = selections.map((selection): Answer | null => {
    if (unsure.has(selection)) return null;
    const mine = cut(own.get(selection) ?? [], selection.span);
    const scraped = targetsOf(selection, mine);
    return (
      scraped && {
        shape: 'cumulative',
        series: asAnswer(mine, selection.bounds),
        instances: instancesOf(mine, cut(scraped, selection.span).map(toRaw)),
      }
    );
  });
  return { answers, samples, used };
}

/** Finds the selections that may match labels. Most name one value of a label, such as the service, so that few are left to check. */
function createFinder(selections: readonly SampleSelection[]): (labels: Labels) => readonly SampleSelection[] {
  const exact = selections.flatMap(({ conditions }) => conditions.filter(({ op }) => op === '='));
  const values = [...Map.groupBy(exact, ({ label }) => label)].map(([label, all]) => ({
    label,
    count: new Set(all.map(({ key }) => key)).size,
  }));
  const [best] = values.sort((a, b) => b.count - a.count);
  if (best === undefined) return () => selections;
  const { label } = best;
  const byValue = Map.groupBy(selections, ({ conditions }) => exactValue(conditions, label));
  const others = byValue.get(undefined) ?? [];
  return (labels) => [...(byValue.get(labels[label] ?? '') ?? []), ...others];
}

function exactValue(conditions: readonly CheckableCondition[], label: string): string | undefined {
  return conditions.find((condition) => condition.label === label && condition.op === '=')?.value;
}

/**
 * The scrapes and starts that a selection would have asked for: those of the targets that it names, or else of the jobs of its series. `null`: only the
 * server can tell.
 */
function createTargets(
  targets: CounterReading['targets'],
): (selection: SampleSelection, series: readonly Series[]) => readonly Series[] | null {
  const all = targets.map(({ metric, samples }): Series => ({ labels: metric, instance: '', samples }));
  const byJob = Map.groupBy(all, ({ labels }) => labels.job ?? '');
  return ({ conditions }, series) => {
    const own = conditions.filter(({ label }) => isTargetLabel(label));
    const isNamed = own.some(({ label }) => label !== 'namespace');
    const job = exactValue(own, 'job');
    const jobs = job !== undefined ? [job] : isNamed ? [...byJob.keys()] : jobNamesOf(series.map(toRaw));
    const found: Series[] = [];
    for (const one of jobs.flatMap((name) => byJob.get(name) ?? [])) {
      const matches = matchesAll(own, one.labels);
      if (matches === null) return null;
      if (matches) found.push(one);
    }
    return found;
  };
}

/** The samples inside of a span. A series that lies inside as a whole is not copied. */
function cut(series: readonly ReadSeries[], span: SampleSpan): readonly ReadSeries[] {
  return series.flatMap((one) => {
    const [first, last] = [one.samples[0], one.samples.at(-1)];
    if (first && last && first[0] > span.after && last[0] <= span.to) return [one];
    return seriesInside([toRaw(one)], span);
  });
}
