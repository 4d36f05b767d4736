import { z } from 'zod';
import { EffectError } from '../../core/base/errors.ts';
import { Duration } from '../../core/base/option-schemas.ts';
import { Variables } from '../../net/variables.ts';
import type { Place } from '../../ports/hook.ts';
import { fillText, placeValues } from '../placeholders.ts';

/** The name or path of a program. */
export const Program = z.string().regex(/^[^\s\0-][^\0]*$/, 'must be the name or path of a program');
const Argument = z.string().regex(/^[^\s\p{Cc}-][^\p{Cc}]*$/u, 'must not be empty, start with - or hold control characters');

/** The pattern of names in Kubernetes. */
const kubernetesName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

const NamePattern = z.string().refine((text) => kubernetesName.test(text.replace(/\{(service|environment)\}/g, 'x')), {
  message: 'must be a name of lower-case letters, digits, - and ., and may hold {service} and {environment}',
});

/** The options of every hook that talks to a cluster. None has a default that another kubeconfig on the machine could change. */
export const ClusterOptions = {
  kubeconfig: Argument.describe('The kubeconfig file; no other is read.'),
  context: Argument.describe('The context in the kubeconfig: the cluster and the account.'),
  namespace: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'is not the name of a namespace')
    .describe('The namespace.'),
  name: NamePattern.describe('The name of the object; {service} and {environment} are filled in.'),
  request_timeout: Duration.prefault('30s').describe('How long one request to the cluster may take. Default: 30s.'),
  env: Variables.optional().describe(
    'Environment variables for the program and its credential plugins, in addition to PATH, HOME, LANG and the proxies.',
  ),
};

/** The options of the hook `kubectl`. */
export const KubectlOptions = z.strictObject({
  kubectl: Program.default('kubectl').describe('The kubectl program. Default: kubectl.'),
  ...ClusterOptions,
  kind: z.enum(['deployment', 'statefulset', 'daemonset']).default('deployment').describe('The kind of the object. Default: deployment.'),
  container: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'is not the name of a container')
    .optional()
    .describe('The container whose image identifies the release. Default: all containers of the pod.'),
  timeout: Duration.prefault('10m').describe('How long the replacement of the pods may take. Default: 10m.'),
});

/** The parsed options. */
export type KubectlOptions = z.output<typeof KubectlOptions>;
/** The kinds of object that have a history of pod templates. */
export type WorkloadKind = KubectlOptions['kind'] | 'rollout';

/** The name of the object for a place. Throws `EffectError` `refused` if it is not a valid name in Kubernetes. */
export function nameIn(place: Place, pattern: string): string {
  const name = fillText(pattern, placeValues(place));
  if (kubernetesName.test(name)) return name;
  throw new EffectError('refused', `${name} is not a valid name in Kubernetes; correct \`name\` of the hook`);
}
