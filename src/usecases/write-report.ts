import { buildReport, type Report } from '../core/report/report.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import { loadStory, type StoryStore } from './view-deploy.ts';

/** So many older deploys are looked at for the release that was known good before. */
const mostOlder = 50;

/** Writes the report of a deploy as it stands. Throws `AppError('not_found')`. */
export async function writeReport(store: StoryStore & DeployCatalog, id: string, at: number): Promise<Report> {
  const story = await loadStory(store, id);
  return buildReport({ ...story, at, previous: await previousOf(store, story.record) });
}

/** The release that was known good when this one was deployed: what a rollback returns to, and what a change is a change of. */
async function previousOf(store: DeployCatalog, { deploy, bake, plan }: DeployRecord) {
  if ('order' in bake) return bake.order.target;
  if ('target' in bake) return bake.target;
  if (plan.knownGood === null) return null;
  const { service, environment, registeredAt, id } = deploy;
  const older = await store.list({ service, environment, limit: mostOlder, before: { registeredAt, id } });
  const found = older.find(({ deploy: { release } }) => release.version === plan.knownGood);
  return found?.deploy.release ?? { version: plan.knownGood };
}
