/** The servers that speak Prometheus, as the config names them. */
export const flavors = ['prometheus', 'victoriametrics', 'mimir', 'thanos', 'amazon', 'google', 'azure', 'cloudwatch'] as const;

/** A server that speaks Prometheus. */
export type Flavor = (typeof flavors)[number];

/** How a server differs from Prometheus. */
export type FlavorTraits = {
  readonly name: string;
  /** How long after its end a tick may still change. */
  readonly settleMs: number;
  /** It may refuse parameters that Prometheus ignores, so it is sent only those that its documents name. */
  readonly isStrict?: boolean;
  /** Its documents name only this method for range queries. */
  readonly method?: 'GET';
  /** It leaves out, without a word, what exceeds this number of series. */
  readonly maxSeries?: number;
};

// Scraped by the server itself: five seconds. Written by a collector, which sends what it has every few seconds: more. Of Google and CloudWatch nothing
// was measured, so they get more time than they should need.
const traits: Readonly<Record<Flavor, FlavorTraits>> = {
  prometheus: { name: 'Prometheus', settleMs: 5_000 },
  // What it hides of the newest time is measured, not assumed.
  victoriametrics: { name: 'VictoriaMetrics', settleMs: 5_000 },
  thanos: { name: 'Thanos', settleMs: 15_000 },
  mimir: { name: 'Mimir', settleMs: 15_000 },
  amazon: { name: 'Amazon Managed Service for Prometheus', settleMs: 15_000 },
  azure: { name: 'Azure Monitor', settleMs: 15_000 },
  google: { name: 'Google Cloud Managed Service for Prometheus', settleMs: 60_000, isStrict: true, method: 'GET' },
  cloudwatch: { name: 'CloudWatch', settleMs: 120_000, isStrict: true, maxSeries: 500 },
};

const hosts: readonly (readonly [RegExp, Flavor])[] = [
  [/^aps-workspaces\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/, 'amazon'],
  [/^monitoring\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/, 'cloudwatch'],
  [/^monitoring\.googleapis\.com$/, 'google'],
  [/\.prometheus\.monitor\.azure\.(?:com|cn|us)$/, 'azure'],
  [/^prometheus-[a-z0-9-]+\.grafana\.net$/, 'mimir'],
];

/** The flavor that the config names, or that the address of a managed service shows; `null` where only the server can tell. */
export function flavorOf({ flavor, url }: { readonly flavor?: Flavor | undefined; readonly url: string }): Flavor | null {
  if (flavor !== undefined) return flavor;
  const { hostname } = new URL(url);
  return hosts.find(([pattern]) => pattern.test(hostname))?.[1] ?? null;
}

/** The traits of a flavor. An unknown server is treated as Prometheus. */
export function traitsOf(flavor: Flavor | null): FlavorTraits {
  return traits[flavor ?? 'prometheus'];
}

/** What a server says about its own version. */
export type BuildInfo = { readonly application: string; readonly version: string };

/** The flavor that a server has by what it says of itself and by whether it knows a function of VictoriaMetrics. */
export function recognize({ application, version }: BuildInfo, knowsLabelSet: boolean): Flavor | null {
  if (knowsLabelSet) return 'victoriametrics';
  if (/mimir|cortex/i.test(application)) return 'mimir';
  if (/^v?0\./.test(version)) return 'thanos';
  return version === '' ? null : 'prometheus';
}
