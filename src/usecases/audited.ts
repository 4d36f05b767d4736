import { AppError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import type { AuditEntry, AuditOrigin, AuditPlace, AuditTrail } from '../ports/audit-trail.ts';

/** What is recorded of a change. `origin`: who asks for it; missing: nothing but the name `by` is known. */
export type AuditedChange = {
  readonly origin?: AuditOrigin | undefined;
  readonly by: string;
  readonly at: number;
  readonly verb: string;
  readonly detail: string;
};

/** The server itself acts, or somebody on its machine by a signal. */
export function byServer(name: string): AuditOrigin {
  return { actor: { kind: 'server', name }, requestId: null, address: null };
}

/** The entry of a change to a deploy, to be committed with it. */
export function deployEntry({ id, ...place }: AuditPlace & { readonly id: string }, change: AuditedChange): AuditEntry {
  return { ...changeEntry(place, change), deployId: id };
}

/** The entry of a change in a place that was made. `null`: it belongs to no service. */
export function changeEntry(place: AuditPlace | null, { origin, by, at, verb, detail }: AuditedChange): AuditEntry {
  return {
    ...(origin ?? { actor: { kind: 'unknown', name: by }, requestId: null, address: null }),
    at,
    verb,
    place: place && { service: place.service, environment: place.environment },
    outcome: 'done',
    detail,
  };
}

export type RecordDeps = { readonly store: Pick<AuditTrail, 'recordAudit'>; readonly log: Log };

/** Records what has been done already and is no write to the database. Where the database is away, the entry is in the log, so that it is not lost. */
export async function recordAfterwards({ store, log }: RecordDeps, entry: AuditEntry): Promise<void> {
  try {
    await store.recordAudit(entry);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.error({ err: error, entry }, 'a row of the audit trail could not be written');
  }
}
