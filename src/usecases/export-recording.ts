import { type Recording, toRecording } from '../core/recording.ts';
import type { Store } from '../ports/store.ts';
import { findDeploy } from './view-deploy.ts';

/** Everything the judge saw of one bake, in the recording format. Throws `AppError('not_found')`. */
export async function exportRecording(store: Store, id: string): Promise<Recording> {
  const record = await findDeploy(store, id);
  const [measurements, histories] = await Promise.all([store.measurements(id), store.histories(id)]);
  return toRecording({ record, measurements, histories });
}
