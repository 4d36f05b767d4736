import type { HookDeps } from '../../src/hooks/deps.ts';
import { kubectl } from '../../src/hooks/kubectl.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess, type RunProcess } from '../../src/net/process.ts';
import type { RollbackHook } from '../../src/ports/hook.ts';
import type { FakeKubernetes } from './fake-kubernetes.ts';

/** The hook `kubectl` with a real kubectl and the fake API server. */
export function kubectlHook(
  fake: FakeKubernetes,
  rest: Readonly<Record<string, unknown>> = {},
  using: HookDeps = { http: createHttp(), run: createRunProcess({ PATH: process.env.PATH }) },
): RollbackHook {
  const run: RunProcess = (request, signal) => using.run({ ...request, env: { HOME: fake.home, ...request.env } }, signal);
  const common = { kubeconfig: fake.kubeconfig, context: 'test', namespace: 'default', kind: fake.workload.kind, name: '{service}' };
  return kubectl.bind({ ...common, timeout: '3s', request_timeout: '20s', ...rest })({ ...using, run });
}
