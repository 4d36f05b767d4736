import type { DeployAnswer } from '../../src/cli/client.ts';

/** What the API says of a deploy in the middle of its bake. */
export function aDeployAnswer(rest: Partial<DeployAnswer> = {}): DeployAnswer {
  return {
    id: 'd2',
    url: 'https://bake.example.com/deploys/d2',
    service: 'shop',
    environment: 'production',
    release: { version: 'v2' },
    state: 'baking',
    bake_version: 3,
    final: false,
    summary: 'baking',
    reasons: ['errors: 0.1 %'],
    rolled_back: null,
    baking: null,
    stage: null,
    registered_at: '2026-11-21T14:00:00Z',
    target: null,
    ...rest,
  };
}
