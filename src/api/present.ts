import type { z } from '@hono/zod-openapi';
import { type Bake, isFinal, isRolledForward } from '../core/bake/bake.ts';
import type { Freeze } from '../core/bake/facts.ts';
import { describeBake, type TimelineEntry } from '../core/bake/narrate.ts';
import { answerOf } from '../core/judge/check-answer.ts';
import type { SplitTable } from '../core/judge/verdict.ts';
import type { Attempt } from '../ports/audit-log.ts';
import type { DeploySummary } from '../ports/bake-store.ts';
import { explainDeploy } from '../usecases/explain-deploy.ts';
import { type CheckView, type DeployView, reasonsOf } from '../usecases/view-deploy.ts';
import type { Deploy, SplitAnswer, Summary } from './deploy-schemas.ts';

/** Where people reach this server, without a slash at the end. */
export type BaseUrl = string;

/** Presents a deploy as the lists show it. Instants become ISO-8601. */
export function presentSummary(record: DeploySummary, baseUrl: BaseUrl): z.output<typeof Summary> {
  const { deploy, bake, version } = record;
  const { release } = deploy;
  return {
    id: deploy.id,
    url: `${baseUrl}/deploys/${deploy.id}`,
    service: deploy.service,
    environment: deploy.environment,
    release: { version: release.version, commit: release.commit ?? null, image: release.image ?? null, metadata: release.metadata },
    cause: deploy.cause.kind,
    migrations: deploy.migrations,
    links: [...deploy.links],
    adopted: deploy.adopted,
    registered_at: iso(deploy.registeredAt),
    registered_by: deploy.registeredBy,
    deployed_at: bake.deployedAt === null ? null : iso(bake.deployedAt),
    state: bake.state,
    bake_version: version,
    final: isFinal(bake),
    summary: describeBake(bake),
    reasons: [...reasonsOf(record)],
    ...presentState(bake),
  };
}

function presentState(bake: Bake) {
  const target = 'order' in bake ? bake.order.target : 'target' in bake ? bake.target : null;
  return {
    baking: presentBaking(bake),
    clear_at: bake.clearAt === undefined ? null : iso(bake.clearAt),
    stage: presentStage(bake),
    weight: bake.weight ?? null,
    ended_at: isFinal(bake) ? iso(bake.at) : null,
    target: target?.version ?? null,
    target_unverified: target?.isUnverified === true,
    rolled_back: bake.state === 'failed' ? bake.rolledBack : null,
    rolled_forward: isRolledForward(bake),
    rollback_did_not_help: bake.didNotHelp === true,
    confidence: bake.state === 'passed' ? bake.confidence : null,
  };
}

function presentBaking(bake: Bake) {
  if (bake.state !== 'baking') return null;
  const isExtended = bake.extendedSince !== undefined;
  return {
    from: iso(bake.from),
    ends_at: iso(bake.endsAt),
    limit_at: iso(bake.limitAt),
    extended_until: isExtended ? iso(bake.limitAt) : null,
    extended_because: isExtended ? bake.reasons.join('; ') : null,
  };
}

function presentStage(bake: Bake) {
  if (bake.state !== 'baking' || bake.stage === undefined) return null;
  const { number, of, weight } = bake.stage;
  return { number, of, weight, ends_at: iso(bake.endsAt) };
}

/** Presents a deploy with its checks, its timeline and its hook attempts. */
export function presentDeploy(view: DeployView, baseUrl: BaseUrl): z.output<typeof Deploy> {
  const { reasons, asides } = explainDeploy(view);
  return {
    ...presentSummary(view.record, baseUrl),
    explained: reasons.map(({ notes, ...layers }) => ({ ...layers, notes: [...notes] })),
    asides: [...asides],
    checks: view.checks.map(presentCheck),
    timeline: view.timeline.map(presentEntry),
    attempts: view.attempts.map(presentAttempt),
  };
}

function presentAttempt({ orderId, number, startedAt, endedAt, outcome, output, deadlineAt }: Attempt) {
  return {
    order: orderId,
    number,
    started_at: iso(startedAt),
    ended_at: endedAt === null ? null : iso(endedAt),
    outcome,
    may_run_until: outcome === null && deadlineAt !== undefined ? iso(deadlineAt) : null,
    output,
  };
}

function presentCheck(check: CheckView) {
  const { name, provider, critical, latest, asked, couldNotAsk } = check;
  const { outcome, reason, headline, because, notes, unproven, evidence, split } = answerOf(check, latest);
  return {
    name,
    provider,
    critical,
    outcome,
    headline,
    because,
    notes: [...notes],
    unproven,
    reason,
    measured: evidence?.measured ?? null,
    limit: evidence?.limit ?? null,
    by: presentSplit(split),
    at: latest === null ? null : iso(latest.at),
    asked,
    could_not_ask: couldNotAsk,
  };
}

/** Presents what a check with `by` says of each value of its label. */
export function presentSplit(split: SplitTable | null): z.output<typeof SplitAnswer> {
  return (
    split && {
      label: split.label,
      rows: split.rows.map(({ value, outcome, measured = null, expected = null, samples = null, events = null }) => ({
        value,
        outcome,
        measured,
        expected,
        samples,
        events,
      })),
    }
  );
}

/** Presents one entry of a deploy's timeline. */
export function presentEntry({ at, kind, by, text, detail }: TimelineEntry) {
  return { at: iso(at), kind, by, text, detail: detail ?? null };
}

/** Presents a freeze. */
export function presentFreeze({ service, by, why, since, until }: Freeze) {
  return { service, by, why, since: iso(since), until: until === undefined ? null : iso(until) };
}

/** Formats epoch milliseconds as ISO-8601 in UTC. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}
