import type { Notice } from '../../src/ports/notifier.ts';

/** A notice about a rollback. */
export function aNotice(rest: Partial<Notice> = {}): Notice {
  return {
    id: 'bake-1:7:1:team',
    topic: 'unhealthy',
    at: Date.UTC(2026, 10, 21, 2, 0, 0),
    isDigest: false,
    deployId: 'deploy-2',
    service: 'shop',
    environment: 'production',
    version: 'v2',
    release: { version: 'v2', commit: 'c0ffee2', metadata: {} },
    registeredAt: Date.UTC(2026, 10, 21, 1, 50, 0),
    registeredBy: 'ci',
    state: 'rolling_back',
    target: 'v1',
    checks: [{ name: 'errors', critical: true, outcome: 'fail', headline: '4.2 % of 1,310 requests', reason: '4.2 % of 1,310 requests' }],
    title: 'shop v2 (production) is unhealthy: rolling back to v1',
    summary: 'shop v2 (production): errors 4.2 % of 1,310 requests; rolling back to v1',
    details: [],
    reasons: ['errors 4.2 % of 1,310 requests, last day 0.4 %, tolerance 0.7 %'],
    url: 'https://bakewatch.example.com/deploys/deploy-2',
    links: [{ title: 'build', url: 'https://ci.example.com/runs/5' }],
    ...rest,
  };
}
