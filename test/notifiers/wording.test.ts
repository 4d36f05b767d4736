import { expect, test } from 'vitest';
import type { Topic } from '../../src/core/effect.ts';
import { titleOf } from '../../src/notifiers/wording.ts';

test.for<{ topic: Topic; target: string | null; title: string }>([
  { topic: 'started', target: null, title: 'shop v2 (production) is being watched' },
  { topic: 'unhealthy', target: 'v1', title: 'shop v2 (production) is unhealthy: rolling back to v1' },
  { topic: 'unhealthy', target: null, title: 'shop v2 (production) is unhealthy' },
  { topic: 'approval', target: 'v1', title: 'shop v2 (production) is unhealthy: waiting for approval to roll back to v1' },
  { topic: 'rolled_back', target: 'v1', title: 'shop v2 (production) was rolled back to v1' },
  { topic: 'recovered', target: 'v1', title: 'shop v2 (production) was rolled back to v1, and the service has recovered' },
  { topic: 'failed', target: null, title: 'shop v2 (production) needs a person now' },
  { topic: 'inconclusive', target: null, title: 'shop v2 (production) ended its bake without an answer' },
  { topic: 'blind', target: null, title: 'shop v2 (production) cannot be watched at the moment' },
  { topic: 'sighted', target: null, title: 'shop v2 (production) can be watched again' },
  { topic: 'passed', target: null, title: 'shop v2 (production) passed its bake' },
])('$topic: "$title"', ({ topic, target, title }) => {
  expect(titleOf({ topic, service: 'shop', environment: 'production', version: 'v2', target })).toBe(title);
});
