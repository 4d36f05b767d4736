import type { Context } from 'hono';
import { describeBake } from '../core/bake/narrate.ts';
import { AppError, failureStatuses } from '../core/base/errors.ts';
import { formatInstant } from '../core/base/format-instant.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { BakeStore } from '../ports/bake-store.ts';
import { findDeploy } from '../usecases/view-deploy.ts';
import { type BackLink, refusalPage } from './refusal-page.ts';
import { type PagesEnv, viewerOf } from './viewer.ts';

/** Answers with a page where the work refuses: a person reads it, not a program. */
export async function answerRefusals(c: Context<PagesEnv>, back: BackLink | null, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const status = failureStatuses[error.code];
    if (status === 401 || status === 403) c.set('refusal', { status, why: error.message });
    const page = refusalPage({ code: error.code, why: error.message, back }, viewerOf(c));
    return c.html(await page, status, { 'cache-control': 'no-store' });
  }
}

/** Who moved the bake, when, and how it is now, for a person who came second. */
export async function whoWasFirst(store: BakeStore & AuditLog, id: string): Promise<string> {
  const { bake } = await findDeploy(store, id);
  const last = (await store.timeline(id)).at(-1);
  const now = `It is now: ${describeBake(bake)}. Nothing of what you sent was done.`;
  if (last === undefined) return now;
  const who = last.by === 'bakewatch' ? 'Bakewatch itself' : last.by;
  return `This deploy was moved on by ${who}, at ${formatInstant(last.at)} UTC, after your page was made. ${now}`;
}
