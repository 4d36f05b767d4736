import { z } from 'zod';
import { isMatch } from '../core/rules/alert.ts';
import type { AlertRun } from '../core/series/alerts.ts';
import type { AlertDelivery, PushedAlertQuestion, PushedAlerts } from '../ports/alert-store.ts';
import { alertSenders, pushedAlerts } from './alerts-schema.ts';
import type { Database } from './database.ts';
import { sql } from './drizzle.ts';

/** A report that an alert fires is a late copy in this time after the report of its end. */
const lateCopyMs = 300_000;
/** How many rows are kept: for one label set of a place, and for a place. */
const maxRows = { labelSet: 20, place: 5_000 };

/** Stores what a sender reports: `AlertStore.takeAlerts`. */
export async function takeAlerts(tx: Database, { sender, at, reports }: AlertDelivery): Promise<void> {
  // In one order, so that two deliveries do not wait for each other. Of two reports of one alert, the last counts.
  const rows = [...new Map(reports.map((one) => [JSON.stringify([...placeOf(one), one.fingerprint, one.startsAt]), one])).entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, report]) => ({ ...report, receivedAt: at }));
  const places = [...new Map(rows.map((row) => [placeOf(row).join('\n'), row])).values()];
  const heard = [{ service: '', environment: '' }, ...places].map(({ service, environment }) => ({
    sender,
    service,
    environment,
    heardAt: at,
  }));
  await tx
    .insert(alertSenders)
    .values(heard)
    .onConflictDoUpdate({
      target: [alertSenders.sender, alertSenders.service, alertSenders.environment],
      set: { heardAt: sql`greatest(${alertSenders.heardAt}, excluded.heard_at)` },
    });
  if (rows.length === 0) return;
  await tx
    .insert(pushedAlerts)
    .values(rows)
    .onConflictDoUpdate({
      target: [pushedAlerts.service, pushedAlerts.environment, pushedAlerts.fingerprint, pushedAlerts.startsAt],
      set: {
        endedAt: sql`excluded.ended_at`,
        receivedAt: sql`excluded.received_at`,
        labels: sql`excluded.labels`,
        summary: sql`excluded.summary`,
      },
      setWhere: sql`excluded.ended_at is not null or ${pushedAlerts.endedAt} is null or excluded.received_at - ${pushedAlerts.receivedAt} >= ${lateCopyMs}`,
    });
  for (const { service, environment } of places) await dropSurplus(tx, service, environment);
}

function placeOf({ service, environment }: { readonly service: string; readonly environment: string }): readonly string[] {
  return [service, environment];
}

/** Deletes the oldest rows beyond the maximum; alerts that fire go last. */
async function dropSurplus(tx: Database, service: string, environment: string): Promise<void> {
  await tx.execute(sql`
    delete from ${pushedAlerts} old using (
      select fingerprint, starts_at, row_number() over (partition by fingerprint order by starts_at desc) as newest,
        row_number() over (order by ended_at is not null, received_at desc, fingerprint, starts_at desc) as latest
      from ${pushedAlerts} where service = ${service} and environment = ${environment}
    ) ranked
    where old.service = ${service} and old.environment = ${environment} and old.fingerprint = ranked.fingerprint
      and old.starts_at = ranked.starts_at and (ranked.newest > ${maxRows.labelSet} or ranked.latest > ${maxRows.place})`);
}

type AlertRow = { labels: unknown; summary: string; starts: string; ended: string | null };

const Labels = z.record(z.string(), z.string()).catch({});

/** The stored alerts with certain labels, and when their senders were last heard: `AlertStore.pushedAlerts`. */
export async function readPushedAlerts(db: Database, { match, since }: PushedAlertQuestion): Promise<PushedAlerts> {
  const { service, environment = null } = match;
  const labels = Object.fromEntries(Object.entries(match).filter(([, value]) => value !== '')); // An empty value means: no such label.
  const heard = await db.execute<{ at: string | null }>(sql`
    select max(life.heard_at) as at from ${alertSenders} life where life.service = '' and exists (
      select 1 from ${alertSenders} s where s.sender = life.sender and s.service = ${service}
        and (${environment}::text is null or s.environment = ${environment}))`);
  const { rows } = await db.execute<AlertRow>(sql`
    select labels, summary, starts_at as starts, ended_at as ended from ${pushedAlerts}
    where service = ${service} and labels @> ${JSON.stringify(labels)}::jsonb and (ended_at is null or ended_at > ${since})
    order by starts_at, fingerprint`);
  const heardAt = heard.rows[0]?.at ?? null;
  return {
    heardAt: heardAt === null ? null : Number(heardAt),
    runs: rows.map(toRun).filter((run) => isMatch(match, run.labels)),
  };
}

function toRun({ labels: text, summary, starts, ended }: AlertRow): AlertRun {
  const labels = Labels.parse(typeof text === 'string' ? JSON.parse(text) : text);
  const since = Number(starts);
  const endedAt = ended === null ? null : Number(ended);
  return { name: labels.alertname ?? 'an alert', summary, labels, activeAt: since, firingAt: since, endedAt, muted: null };
}

/** Deletes what is too old: `StoreMaintenance.pruneAlerts`. That a sender once reported alerts of a place stays known. */
export async function pruneAlerts(db: Database, before: number): Promise<number> {
  const { rowCount } = await db.execute(sql`delete from ${pushedAlerts} where received_at < ${before}`);
  return rowCount ?? 0;
}
