import type { z } from '@hono/zod-openapi';
import type { Dora, DurationStats } from '../core/report/dora.ts';
import type { PlaceView } from '../usecases/view-service.ts';
import { type BaseUrl, iso, presentSummary } from './present.ts';
import type { ServiceKeys } from './service-schemas.ts';

/** Presents one environment of a service. */
export function presentPlace(
  { environment, recent, knownGood, dora }: PlaceView,
  baseUrl: BaseUrl,
): z.output<typeof ServiceKeys>['environments'][number] {
  return {
    environment,
    recent: recent.map((record) => presentSummary(record, baseUrl)),
    known_good: knownGood && {
      version: knownGood.version,
      commit: knownGood.commit ?? null,
      unverified: knownGood.isUnverified === true,
      url: `${baseUrl}/deploys/${knownGood.deployId}`,
    },
    dora: presentDora(dora),
  };
}

function presentDora({ from, to, deploys, changeFailure, restore, leadTime, notCounted }: Dora) {
  const { interval, ...share } = changeFailure;
  return {
    from: iso(from),
    to: iso(to),
    deploys: { count: deploys.count, per_day: deploys.perDay },
    change_failure: { ...share, interval_95: interval && { low: interval[0], high: interval[1] }, not_counted: notCounted },
    restore: { took: presentTook(restore.took), open: restore.open },
    lead_time: presentTook(leadTime),
  };
}

function presentTook(took: DurationStats | null) {
  return took && { n: took.n, median_ms: took.medianMs, p90_ms: took.p90Ms };
}
