/** One metric of an exporter, as its documentation shows it, with the labels that make its series. */
export type ExporterMetric = { readonly name: string; readonly series: readonly Readonly<Record<string, string>>[] };

const codes = ['200', '404', '500'];
const les = ['0.1', '1', '+Inf'];

function withEach(labels: Readonly<Record<string, string>>, name: string, values: readonly string[]): ExporterMetric['series'] {
  return values.map((value) => ({ ...labels, [name]: value }));
}

/** What a Prometheus of a middling company has: services on many frameworks, proxies, a mesh, and infrastructure that is no service. */
export const exporters: readonly ExporterMetric[] = [
  {
    name: 'http_server_request_duration_seconds_count',
    series: withEach({ job: 'web/otel-shop', http_request_method: 'GET' }, 'http_response_status_code', codes),
  },
  {
    name: 'http_server_request_duration_seconds_bucket',
    series: withEach({ job: 'web/otel-shop', http_response_status_code: '200' }, 'le', les),
  },
  {
    name: 'http_server_requests_seconds_count',
    series: withEach({ application: 'spring-pay', job: 'spring', uri: '/pay' }, 'status', codes),
  },
  {
    name: 'http_server_requests_seconds_sum',
    series: withEach({ application: 'spring-pay', job: 'spring', uri: '/pay' }, 'status', codes),
  },
  { name: 'django_http_responses_total_by_status_total', series: withEach({ job: 'django-site' }, 'status', codes) },
  { name: 'django_http_requests_latency_seconds_by_view_method_bucket', series: withEach({ job: 'django-site', view: 'home' }, 'le', les) },
  {
    name: 'http_request_duration_seconds_bucket',
    series: withEach({ job: 'express-api', status_code: '200', env: 'production' }, 'le', les),
  },
  {
    name: 'http_request_duration_seconds_count',
    series: [
      ...withEach({ job: 'express-api', env: 'production' }, 'status_code', codes),
      ...withEach({ job: 'express-api', env: 'staging' }, 'status_code', codes),
    ],
  },
  { name: 'grpc_server_handled_total', series: withEach({ job: 'grpc-stock', grpc_method: 'Get' }, 'grpc_code', ['OK', 'Internal']) },
  { name: 'grpc_server_handling_seconds_bucket', series: withEach({ job: 'grpc-stock', grpc_method: 'Get' }, 'le', les) },
  {
    name: 'istio_requests_total',
    series: ['source', 'destination'].flatMap((reporter) =>
      withEach({ job: 'envoy-stats', reporter, destination_service_name: 'mesh-cart' }, 'response_code', codes),
    ),
  },
  {
    name: 'istio_request_duration_milliseconds_bucket',
    series: withEach({ job: 'envoy-stats', reporter: 'destination', destination_service_name: 'mesh-cart' }, 'le', les),
  },
  {
    name: 'envoy_cluster_upstream_rq_xx',
    series: withEach({ job: 'envoy', envoy_cluster_name: 'edge' }, 'envoy_response_code_class', ['2', '5']),
  },
  { name: 'response_total', series: withEach({ job: 'linkerd-proxy', deployment: 'linked' }, 'classification', ['success', 'failure']) },
  { name: 'traefik_service_requests_total', series: withEach({ job: 'traefik', service: 'blog@docker' }, 'code', codes) },
  {
    name: 'nginx_ingress_controller_requests',
    series: withEach({ job: 'ingress', exported_service: 'front', ingress: 'front' }, 'status', codes),
  },
  { name: 'haproxy_backend_http_responses_total', series: withEach({ job: 'haproxy', proxy: 'legacy' }, 'code', ['2xx', '5xx']) },
  { name: 'nginx_http_requests_total', series: [{ job: 'plain-nginx' }] },
  { name: 'http_requests_total', series: [...withEach({ job: 'go-api' }, 'code', codes), { job: '', code: '200' }] },
  { name: 'prometheus_http_requests_total', series: withEach({ job: 'prometheus' }, 'code', codes) },
  { name: 'apiserver_request_total', series: withEach({ job: 'apiserver' }, 'code', codes) },
  { name: 'rest_client_requests_total', series: withEach({ job: 'apiserver' }, 'code', codes) },
  { name: 'http_client_request_duration_seconds_count', series: withEach({ job: 'express-api' }, 'http_response_status_code', codes) },
  { name: 'node_cpu_seconds_total', series: withEach({ job: 'node' }, 'mode', ['idle', 'user']) },
  { name: 'up', series: [{ job: 'node' }] },
];

/** Their series with a few samples, up to an instant, in OpenMetrics. Gauges: a histogram's type would ask for sums as well, and the server stores the same. */
export function* exporterPast(endAt: number, metrics: readonly ExporterMetric[] = exporters): Generator<string> {
  for (const { name, series } of metrics) {
    yield `# TYPE ${name} gauge\n`;
    for (const labels of series) {
      const own = Object.entries(labels).filter(([, value]) => value !== '');
      const text = [...own.map(([label, value]) => `${label}="${value}"`), 'instance="a:80"'].join(',');
      for (const back of [120, 60, 0]) yield `${name}{${text}} ${120 - back} ${Math.round(endAt / 1000) - back}\n`;
    }
  }
}
