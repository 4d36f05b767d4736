import { stampOf } from '../core/bake/bake-stamp.ts';
import { decide, type PreparedCommit } from '../core/bake/decide.ts';
import type { Target } from '../core/bake/deploy.ts';
import type { BakeEvent } from '../core/bake/event.ts';
import type { Facts } from '../core/bake/facts.ts';
import { type GuardLine, reportGuards } from '../core/bake/guard-report.ts';
import { defaultExtensionMs } from '../core/bake/interventions.ts';
import { whyNotMarked } from '../core/bake/verdict-mark.ts';
import { AppError } from '../core/base/errors.ts';
import type { BakeStore, DeployRecord } from '../ports/bake-store.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { ActVerb } from './perform-act.ts';

/**
 * What would become of an act now. `refusal`: why it cannot be done; `null`: it can. `confirm`: what holds automatic orders, which the person must confirm.
 * `target`: the release that would run afterwards, where the act changes that.
 */
export type ActPreview = { readonly refusal: string | null; readonly confirm: string | null; readonly target: Target | null };

/** What a person can do with a deploy now. `version`: the stamp of the bake, which a decision carries. Nothing was written. */
export type ActsPreview = {
  readonly record: DeployRecord;
  readonly version: string;
  readonly guards: readonly GuardLine[];
  readonly knownGood: Target | null;
  readonly acts: Readonly<Record<ActVerb, ActPreview>>;
};

type PreviewRequest = { readonly id: string; readonly by: string; readonly at: number };

/** Tries all acts without doing one: the facts are read as for a decision, and nothing is committed. Throws `AppError('not_found')`. */
export async function previewActs(store: BakeStore & DeployCatalog, request: PreviewRequest): Promise<ActsPreview> {
  const { id } = request;
  const fingerprint = (await store.firstFingerprint(id)) ?? undefined;
  const seen: { preview?: ActsPreview } = {};
  await store.update(id, null, async (record, facts) => {
    seen.preview = tryAll({ record, facts: await facts(), fingerprint }, request);
    return { ok: false, refusal: 'this was a look only' };
  });
  if (seen.preview === undefined) throw new AppError('not_found', `there is no deploy ${id.slice(0, 100)}`);
  return seen.preview;
}

type Situation = { readonly record: DeployRecord; readonly facts: Facts; readonly fingerprint: string | undefined };

function tryAll({ record, facts, fingerprint }: Situation, { id, by, at }: PreviewRequest): ActsPreview {
  const { bake, deploy, plan, marks = [] } = record;
  const attempt = (event: BakeEvent) => previewOf(decide(record, event, by));
  const { version, commit, image } = deploy.release;
  const own: Target = { deployId: id, version, commit, image, fingerprint };
  const forward = { type: 'forward_requested', at, by, why: '', own, isExonerated: marks.length > 0, facts } as const;
  const careful = attempt({ ...forward, isConfirmed: false });
  const confirmed = attempt({ ...forward, isConfirmed: true });
  const markRefusal = marks.some(({ kind }) => kind === 'false_alarm') ? 'it is marked as a false alarm already' : whyNotMarked(bake);
  return {
    record,
    version: stampOf(bake),
    guards: reportGuards({ bake, plan, facts, before: null, at }),
    knownGood: facts.knownGood,
    acts: {
      approve: attempt({ type: 'approved', at, by }),
      roll_back: attempt({ type: 'rollback_requested', at, by, why: '', facts }),
      roll_forward: confirmed.refusal === null ? { ...confirmed, confirm: careful.refusal && holdsIn(careful.refusal) } : confirmed,
      pass: attempt({ type: 'passed_by_hand', at, by, why: '' }),
      extend: attempt({ type: 'extended', at, byMs: defaultExtensionMs }),
      cancel: attempt({ type: 'canceled', at, by }),
      false_alarm: { refusal: markRefusal, confirm: null, target: null },
    },
  };
}

function previewOf(result: PreparedCommit): ActPreview {
  if (!result.ok) return { refusal: result.refusal, confirm: null, target: null };
  const { next } = result;
  if (next.state === 'rolling_back') return { refusal: null, confirm: null, target: next.order.target };
  const isBack = next.state === 'shifting' && next.after.kind === 'roll_back';
  return { refusal: null, confirm: null, target: isBack && 'target' in next.after ? next.after.target : null };
}

/** The holds in a refusal to roll forward, without the words about the command line. */
function holdsIn(refusal: string): string {
  return refusal.replace(/^not rolled forward: /, '').replace(/; to do it nevertheless, confirm it \(.*\)$/, '');
}
