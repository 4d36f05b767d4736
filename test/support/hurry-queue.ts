import { queueSchema } from '../../src/store/queues.ts';
import { administer } from './database.ts';

/** The channel of pg-boss, as its `plans.js` names it. */
const channel = `'pgboss_' || left(encode(sha224('${queueSchema}'::bytea), 'hex'), 24)`;

/** Makes every job due that waits for its next try, and wakes the workers. Returns the seconds that it skipped. */
export async function hurryQueue(url: string): Promise<number> {
  const rows = await administer(
    url,
    `with waiting as (
      select name, id, extract(epoch from start_after - now())::float as seconds from ${queueSchema}.job where state = 'retry' and start_after > now()
    ), hurried as (
      update ${queueSchema}.job set start_after = now() from waiting where job.name = waiting.name and job.id = waiting.id returning job.name, seconds
    ) select sum(seconds) as seconds, pg_notify(${channel}, name) from hurried group by name`,
  );
  return rows.reduce((sum, { seconds }) => sum + Number(seconds), 0);
}
