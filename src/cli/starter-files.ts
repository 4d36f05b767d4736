/** The first config, whose one hook rolls the service back. `url`: the address of the Prometheus. */
export function starterConfig(service: string, url = defaultUrl): string {
  return `# The operator's side: addresses, secrets, hooks, notifiers.
config: 1
server:
  listen: 127.0.0.1:8700
  # public_url: https://bakewatch.example.com
# tokens:
#   - { name: ci, token: "\${BAKEWATCH_CI_TOKEN}", verbs: [register, read] }
providers:
  prom:
    type: prometheus
    url: ${url === defaultUrl ? url : JSON.stringify(url)}
hooks:
  # A program on this machine that rolls back to a release. {version} is filled in.
  ${yamlWord(service)}:
    type: command
    rollback: [/usr/local/bin/rollback-${fileNameOf(service)}, "{version}"]
    current: [/usr/local/bin/current-${fileNameOf(service)}]
# notifiers:
#   team: { type: slack, url: "\${SLACK_WEBHOOK_URL}" }
rules: [rules/*.yaml]
`;
}

/** The first rules of a service. */
export function starterRules(service: string): string {
  const selector = `job=${JSON.stringify(service)}`;
  return `# The service owner's side: the checks, the duration of a bake, and what happens when a check fails.
rules: 1
service: ${yamlWord(service)}
environment: production
bake: { for: 15m, every: 15s, warmup: 30s, extend: 15m }
checks:
  errors:
    provider: prom
    ratio:
      bad: http_requests_total{${selector},code=~"5.."}
      total: http_requests_total{${selector}}
    fail_when:
      - above: 10%
        for: 2 of 3
      - regression # worse than the service's past, by more than the past varies
  latency:
    provider: prom
    latency: http_request_duration_seconds_bucket{${selector}}
    fail_when:
      - slower_than: 500ms
        for_more_than: 10%
        for: 2 of 3
      - regression
on_failure: rollback
rollback: { hook: ${yamlWord(service)}, verify: 5m }
# notify: [team]
`;
}

const defaultUrl = 'http://127.0.0.1:9090';

/** A name of a service as a part of the name of a file. */
export function fileNameOf(service: string): string {
  return service.replaceAll(/[^\w.-]/g, '-');
}

/** A name as YAML: in quotes where it would be a number, a boolean or more than a word. */
function yamlWord(name: string): string {
  return /^[A-Za-z][\w.-]*$/.test(name) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(name) ? name : JSON.stringify(name);
}
