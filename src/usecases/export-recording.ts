import { AppError } from '../core/base/errors.ts';
import { type Recording, toRecording } from '../core/recording/recording.ts';
import type { BakeStore } from '../ports/bake-store.ts';
import type { MeasurementStore } from '../ports/measurement-store.ts';
import { findDeploy } from './view-deploy.ts';

/** Exports everything that the judge saw of one bake, in the recording format. Throws `AppError('not_found')`, also where its ticks were deleted. */
export async function exportRecording(store: BakeStore & MeasurementStore, id: string): Promise<Recording> {
  const record = await findDeploy(store, id);
  const [measurements, histories] = await Promise.all([store.measurements(id), store.histories(id)]);
  const prunedAt = await store.prunedAt(id);
  if (prunedAt !== null) {
    const when = new Date(prunedAt).toISOString().slice(0, 10);
    throw new AppError(
      'not_found',
      `the measurements of this deploy were deleted on ${when}, as \`database.retention\` says; export recordings before that`,
    );
  }
  return toRecording({ record, measurements, histories });
}
