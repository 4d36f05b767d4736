import { buildReport, type Report } from '../core/report/report.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import { type DetailsStore, loadDetails } from './view-deploy.ts';

/** How many older deploys are searched for the release that was known good before. */
const maxOlder = 50;

/** Writes the report of a deploy in its current state. Throws `AppError('not_found')`. */
export async function writeReport(store: DetailsStore & DeployCatalog, id: string, at: number): Promise<Report> {
  const details = await loadDetails(store, id);
  return buildReport({ ...details, at, previous: await previousOf(store, details.record) });
}

/** Returns the release that was known good when this one was deployed: a rollback returns to it, and the report compares with it. */
async function previousOf(store: DeployCatalog, { deploy, bake, plan }: DeployRecord) {
  if ('order' in bake) return bake.order.target;
  if ('target' in bake) return bake.target;
  if (plan.knownGood === null) return null;
  const { service, environment, registeredAt, id } = deploy;
  const older = await store.list({ service, environment, limit: maxOlder, before: { registeredAt, id } });
  const found = older.find(({ deploy: { release } }) => release.version === plan.knownGood);
  return found?.deploy.release ?? { version: plan.knownGood };
}
