import type { Topic } from '../core/bake/effect.ts';
import { type Chart, chartsOf } from '../core/chart/chart.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { MeasurementStore } from '../ports/measurement-store.ts';

/** Topics whose notices show a chart. */
const topicsWithChart: ReadonlySet<Topic> = new Set(['unhealthy', 'approval', 'failed', 'rolled_back', 'recovered', 'inconclusive']);

/** The most important chart for a notice: the one of the check that failed, where one did. `null` where there is no data. */
export async function chartFor(store: MeasurementStore & AuditLog, record: DeployRecord, topic: Topic): Promise<Chart | null> {
  const { id } = record.deploy;
  if (!topicsWithChart.has(topic)) return null;
  const measurements = await store.measurements(id);
  if (measurements.length === 0) return null;
  const [histories, timeline] = await Promise.all([store.histories(id), store.timeline(id)]);
  return chartsOf({ record, measurements, histories, timeline })[0] ?? null;
}
