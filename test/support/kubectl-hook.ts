import { kubectl } from '../../src/hooks/kubectl.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { RollbackHook } from '../../src/ports/hook.ts';
import type { FakeKubernetes } from './fake-kubernetes.ts';

/** The hook with a real kubectl that talks to the stand-in. */
export function kubectlHook(fake: FakeKubernetes, rest: Readonly<Record<string, unknown>> = {}): RollbackHook {
  const deps = { http: createHttp(), run: createRunProcess({ PATH: process.env.PATH, HOME: fake.home }) };
  const common = { kubeconfig: fake.kubeconfig, context: 'test', namespace: 'default', kind: fake.workload.kind, name: '{service}' };
  return kubectl.bind({ ...common, timeout: '3s', request_timeout: '5s', ...rest })(deps);
}
