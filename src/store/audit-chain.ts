import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AuditCheck, AuditMark } from '../ports/audit-trail.ts';
import type { StoredAudit } from './audit-schema.ts';

/** What the first row ever written names as the hash of the row before. */
export const genesisHash = '0'.repeat(64);

/** The verb of a checkpoint: the row that the retention writes before it deletes all rows up to another one. */
export const checkpointVerb = 'audit.cut';

/** The hash of a row: SHA-256 of its fields in a fixed order, as JSON. */
export function hashOf(row: Omit<StoredAudit, 'hash'>): string {
  const { seq, previousHash, at, actorKind, actorName, verb, service, environment, deployId, outcome, count, detail, requestId, address } =
    row;
  const fields = [
    ...['bakewatch.audit/1', seq, previousHash, at, actorKind, actorName, verb, service, environment],
    ...[deployId, outcome, count, detail, requestId, address],
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

const Checkpoint = z.object({ through: z.int(), hash: z.string() });

/** The detail of a checkpoint: the last deleted row. */
export function checkpointDetail({ seq, hash }: AuditMark): string {
  return JSON.stringify({ through: seq, hash } satisfies z.input<typeof Checkpoint>);
}

/** Checks rows in the order of their `seq`, page by page. */
export type ChainCheck = {
  /** Returns `false` where a fault was found, so that the rest need not be read. */
  readonly take: (rows: readonly StoredAudit[]) => boolean;
  readonly result: () => AuditCheck;
};

/** Creates a check of a whole chain. `expected`: a row that must be there. */
export function createChainCheck(expected?: AuditMark): ChainCheck {
  let rows = 0;
  let first: StoredAudit | null = null;
  let head: StoredAudit | null = null;
  let fault: AuditCheck['fault'] = null;
  const checkpoints = new Set<string>();

  function faultOf(row: StoredAudit): string | null {
    if (head !== null && row.seq !== head.seq + 1) return `the rows ${head.seq + 1} to ${row.seq - 1} are missing`;
    if (head !== null && row.previousHash !== head.hash) return 'the row before it is not the one that it was written after';
    if (row.hash !== hashOf(row)) return 'its fields are not those that were written';
    if (row.seq === expected?.seq && row.hash !== expected.hash) return 'it is not the row that was noted';
    return null;
  }

  return {
    take(page) {
      for (const row of page) {
        const why = faultOf(row);
        if (why !== null) {
          fault = { seq: row.seq, why };
          return false;
        }
        rows += 1;
        first ??= row;
        head = row;
        if (row.verb === checkpointVerb) checkpoints.add(row.detail);
      }
      return true;
    },
    result() {
      const mark = head && { seq: head.seq, hash: head.hash };
      return { rows, first: first?.seq ?? null, head: mark, fault: fault ?? faultAtEnds({ first, head: mark, expected }, checkpoints) };
    },
  };
}

type Ends = { readonly first: StoredAudit | null; readonly head: AuditMark | null; readonly expected: AuditMark | undefined };

/** What is wrong before the first row, or after the last one. */
function faultAtEnds({ first, head, expected }: Ends, checkpoints: ReadonlySet<string>): AuditCheck['fault'] {
  if (first !== null && !isBegin(first, checkpoints))
    return { seq: first.seq, why: 'the rows before it are missing, and no checkpoint says that the retention deleted them' };
  if (expected !== undefined && expected.seq > (head?.seq ?? 0))
    return { seq: expected.seq, why: `it was noted, and is missing: the newest row is ${head?.seq ?? 'none'}` };
  return null;
}

function isBegin({ seq, previousHash }: StoredAudit, checkpoints: ReadonlySet<string>): boolean {
  if (seq === 1) return previousHash === genesisHash;
  return checkpoints.has(checkpointDetail({ seq: seq - 1, hash: previousHash }));
}
