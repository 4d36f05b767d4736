import type { Labels } from '../../src/core/series/answer.ts';

/** A metric that counts the requests of services, as its name says. `protocol`: requests of another protocol get checks of their own. */
export type RequestMetric = { readonly name: string; readonly kind: 'counter' | 'buckets'; readonly protocol: 'http' | 'grpc' };

type MetricFamily = { readonly counter: RegExp; readonly buckets: RegExp; readonly protocol: RequestMetric['protocol'] };

/**
 * Families of metrics that servers, frameworks and proxies write about the requests that they answer. Where two of them count the requests of a service, the
 * first is taken: a service itself knows more about its requests than the proxy in front of it.
 */
const families: readonly MetricFamily[] = [
  // OpenTelemetry: of today and of before 2024.
  family('http_server_request_duration_seconds', 'http_server_request_duration_seconds'),
  family('http_server_duration(_milliseconds)?', 'http_server_duration(_milliseconds)?'),
  // Spring Boot (Micrometer).
  family('http_server_requests_seconds', 'http_server_requests_seconds'),
  // Django.
  {
    ...family('django_http_requests_latency_seconds_by_view_method', 'django_http_requests_latency_seconds_by_view_method'),
    counter: /^django_http_responses_total_by_status_total$/,
  },
  // Express, FastAPI, Go and most others.
  {
    counter: /^([a-z0-9]+_)?https?_requests?(_total|_seconds_count|_duration_seconds_count|_duration_milliseconds_count)$/,
    buckets: /^([a-z0-9]+_)?https?_requests?(_duration|_latency)?_(seconds|milliseconds)_bucket$/,
    protocol: 'http',
  },
  {
    counter:
      /^(flask|starlette|rails|rack|php|laravel|express|caddy|actix|axum|ktor)_[a-z_]*requests?(_total|_seconds_count|_duration_seconds_count)$/,
    buckets: /^(flask|starlette|rails|rack|php|laravel|express|caddy|actix|axum|ktor)_[a-z_]*requests?(_duration)?_seconds_bucket$/,
    protocol: 'http',
  },
  { counter: /^grpc_server_handled_total$/, buckets: /^grpc_server_handling_seconds_bucket$/, protocol: 'grpc' },
  { ...family('rpc_server_duration(_milliseconds|_seconds)?', 'rpc_server_duration(_milliseconds|_seconds)?'), protocol: 'grpc' },
  // Meshes and proxies.
  { counter: /^istio_requests_total$/, buckets: /^istio_request_duration_milliseconds_bucket$/, protocol: 'http' },
  { counter: /^response_total$/, buckets: /^response_latency_ms_bucket$/, protocol: 'http' },
  { counter: /^envoy_cluster_upstream_rq_xx$/, buckets: /^envoy_cluster_upstream_rq_time_bucket$/, protocol: 'http' },
  { counter: /^traefik_service_requests_total$/, buckets: /^traefik_service_request_duration_seconds_bucket$/, protocol: 'http' },
  {
    counter: /^nginx_ingress_controller_requests$/,
    buckets: /^nginx_ingress_controller_request_duration_seconds_bucket$/,
    protocol: 'http',
  },
  { counter: /^haproxy_backend_http_responses_total$/, buckets: /^haproxy_backend_response_time_seconds_bucket$/, protocol: 'http' },
  { counter: /^nginx_http_requests_total$/, buckets: /^nginx_http_request_duration_seconds_bucket$/, protocol: 'http' },
];

function family(counter: string, buckets: string): MetricFamily {
  return { counter: new RegExp(`^${counter}_count$`), buckets: new RegExp(`^${buckets}_bucket$`), protocol: 'http' };
}

/** Servers of infrastructure count requests, too. They are no services that anyone deploys by Bakewatch. */
const infrastructure =
  /^(prometheus|promhttp|net_conntrack|apiserver|etcd|kubelet|kubernetes|rest_client|workqueue|coredns|scrape|alertmanager|grafana|cortex|loki|thanos|vm|vmagent|node|bakewatch)_|client/;

/** The metrics of requests among the names of all metrics, the best first. */
export function requestMetricsOf(names: readonly string[]): readonly RequestMetric[] {
  const own = names.filter((name) => !infrastructure.test(name)).toSorted();
  return families.flatMap(({ counter, buckets, protocol }) => [
    ...own.filter((name) => counter.test(name)).map((name) => ({ name, kind: 'counter' as const, protocol })),
    ...own.filter((name) => buckets.test(name)).map((name) => ({ name, kind: 'buckets' as const, protocol })),
  ]);
}

/** Labels that name a service, the best first. */
const serviceLabels = [
  'destination_canonical_service',
  'destination_service_name',
  'exported_service',
  'service_name',
  'service',
  'app_kubernetes_io_name',
  'application',
  'app',
  'envoy_cluster_name',
  'deployment',
  'proxy',
  'exported_job',
  'job',
] as const;

const environmentLabels = ['deployment_environment_name', 'deployment_environment', 'environment', 'env'] as const;

const statusLabels = [
  'http_response_status_code',
  'http_status_code',
  'response_code',
  'status_code',
  'status',
  'code',
  'http_status',
] as const;

/** The label that says which service each of the series belongs to, or `null`. */
export function serviceLabelOf(series: readonly Labels[]): string | null {
  return onAll(serviceLabels, series);
}

/** The label that says which environment each of the series belongs to, or `null`. */
export function environmentLabelOf(series: readonly Labels[]): string | null {
  return onAll(environmentLabels, series);
}

function onAll(labels: readonly string[], series: readonly Labels[]): string | null {
  return series.length === 0 ? null : (labels.find((label) => series.every((one) => (one[label] ?? '') !== '')) ?? null);
}

/** The condition that picks the failed requests, as PromQL writes it, or `null` where no label says how a request ended. */
export function failedRequests(series: readonly Labels[]): string | null {
  const has = (label: string, pattern: RegExp) => series.some((one) => pattern.test(one[label] ?? ''));
  const status = statusLabels.find((label) => has(label, /^[1-5](\d\d|xx|XX)$/));
  if (status !== undefined) return `${status}=~"5.."`;
  if (has('grpc_code', /^[A-Z]/)) return 'grpc_code=~"Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss"';
  if (has('rpc_grpc_status_code', /^\d+$/)) return 'rpc_grpc_status_code=~"2|4|12|13|14|15"';
  if (has('envoy_response_code_class', /^[1-5]$/)) return 'envoy_response_code_class="5"';
  if (has('classification', /^(success|failure)$/)) return 'classification="failure"';
  return null;
}
