/** What the owner of the parcel service may write differently. */
export type ParcelRules = {
  readonly bad?: string;
  readonly total?: string;
  /** Further settings of the check `errors`, indented by four spaces. */
  readonly errors?: string;
  /** Further settings of the file. */
  readonly more?: string;
  readonly bake?: string;
  /** Only the check `errors`. */
  readonly isShort?: boolean;
};

const bad = 'parcel_http_responses_total{job="parcel",status_class="5xx"}';
const total = 'parcel_http_responses_total{job="parcel"}';

/** The rules as `bakewatch init` writes them, with the service's own names, and with checks of its memory and its orders. */
export function parcelRules(rules: ParcelRules = {}): string {
  return `rules: 1
service: parcel
environment: production
bake: ${rules.bake ?? '{ for: 15m, every: 15s, warmup: 30s, extend: 15m }'}
checks:
  errors:
    provider: prom
    ratio:
      bad: ${rules.bad ?? bad}
      total: ${rules.total ?? total}
    fail_when:
      - above: 10%
        for: 2 of 3
      - regression
${rules.errors ?? ''}${rules.isShort ? '' : otherChecks}${rules.more ?? ''}on_failure: rollback
rollback: { hook: parcel, verify: 5m }
notify: [team]
`;
}

const otherChecks = `  latency:
    provider: prom
    latency: parcel_http_duration_seconds_bucket{job="parcel"}
    fail_when:
      - slower_than: 500ms
        for_more_than: 10%
        for: 2 of 3
      - regression
  memory:
    provider: prom
    value: max(parcel_memory_bytes{job="parcel"})
    fail_when:
      - regression
      - trend: { direction: up }
    direction: up
  orders:
    provider: prom
    rate: parcel_orders_total{job="parcel"}
    fail_when: drop
`;

/** The neighbour's rules. It was adopted once, and is not deployed in any story. */
export const stampsRules = `rules: 1
service: stamps
environment: production
checks:
  errors:
    provider: prom
    ratio:
      bad: stamps_http_responses_total{job="stamps",status_class="5xx"}
      total: stamps_http_responses_total{job="stamps"}
    fail_when:
      - above: 10%
        for: 2 of 3
      - regression
on_failure: notify
`;
