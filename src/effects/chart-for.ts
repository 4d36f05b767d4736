import { type Chart, chartsOf } from '../core/chart.ts';
import type { Topic } from '../core/effect.ts';
import type { Measurement } from '../core/measurement.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { DeployRecord, Store } from '../ports/store.ts';

/** Topics that have a past worth looking at. */
const pictured: ReadonlySet<Topic> = new Set(['unhealthy', 'approval', 'failed', 'rolled_back', 'recovered', 'inconclusive']);

type Source = {
  readonly record: DeployRecord;
  readonly measurements: readonly Measurement[];
  readonly topic: Topic;
  readonly notifier: Notifier | undefined;
};

/** The chart that says most about a notice: of the check that failed, where one did. `null` where there is nothing to see, or nobody who shows it. */
export async function chartFor(store: Store, { record, measurements, topic, notifier }: Source): Promise<Chart | null> {
  const { id } = record.deploy;
  if (!notifier?.showsChart || !pictured.has(topic) || measurements.length === 0) return null;
  const [histories, timeline] = await Promise.all([store.histories(id), store.timeline(id)]);
  return chartsOf({ record, measurements, histories, timeline })[0] ?? null;
}
