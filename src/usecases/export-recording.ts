import { AppError } from '../core/base/errors.ts';
import { type Recording, toRecording } from '../core/recording/recording.ts';
import type { BakeStore } from '../ports/bake-store.ts';
import type { MeasurementStore } from '../ports/measurement-store.ts';
import { findDeploy } from './view-deploy.ts';

/** Exports everything that the judge saw of one bake, in the recording format. Throws `AppError('not_found')`, also where its ticks or its past were deleted. */
export async function exportRecording(store: BakeStore & MeasurementStore, id: string): Promise<Recording> {
  const record = await findDeploy(store, id);
  const [measurements, histories] = await Promise.all([store.measurements(id), store.histories(id)]);
  // Read last: what was deleted meanwhile is noticed.
  const deletions = await store.deletions(id);
  for (const { at, what, key } of [
    { at: deletions.measurements, what: 'measurements of this deploy were', key: 'retention' },
    { at: deletions.pasts, what: 'past that this deploy was compared with was', key: 'past_retention' },
  ]) {
    if (at === null) continue;
    const when = new Date(at).toISOString().slice(0, 10);
    throw new AppError('not_found', `the ${what} deleted on ${when}, as \`database.${key}\` says; export recordings before that`);
  }
  return toRecording({ record, measurements, histories });
}
