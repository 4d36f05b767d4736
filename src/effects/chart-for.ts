import type { Topic } from '../core/bake/effect.ts';
import { type Chart, chartsOf } from '../core/chart/chart.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { MeasurementStore } from '../ports/measurement-store.ts';

/** Topics that have a past worth looking at. */
const pictured: ReadonlySet<Topic> = new Set(['unhealthy', 'approval', 'failed', 'rolled_back', 'recovered', 'inconclusive']);

/** The chart that says most about a notice: of the check that failed, where one did. `null` where there is nothing to see. */
export async function chartFor(store: MeasurementStore & AuditLog, record: DeployRecord, topic: Topic): Promise<Chart | null> {
  const { id } = record.deploy;
  if (!pictured.has(topic)) return null;
  const measurements = await store.measurements(id);
  if (measurements.length === 0) return null;
  const [histories, timeline] = await Promise.all([store.histories(id), store.timeline(id)]);
  return chartsOf({ record, measurements, histories, timeline })[0] ?? null;
}
