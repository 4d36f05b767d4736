import { z } from 'zod';
import { EffectError } from '../../core/base/errors.ts';
import { Duration } from '../../core/base/option-schemas.ts';
import type { Place } from '../../ports/hook.ts';
import { fillInText, placeValues } from '../placeholders.ts';
import { Variables } from '../variables.ts';

/** The name or path of a program. */
export const Program = z.string().regex(/^[^\s\0-][^\0]*$/, 'must be the name or path of a program');
const Argument = z.string().regex(/^[^\s\p{Cc}-][^\p{Cc}]*$/u, 'must not be empty, start with - or hold control characters');

/** A name as Kubernetes writes it. */
const kubernetesName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

const NamePattern = z.string().refine((text) => kubernetesName.test(text.replace(/\{(service|environment)\}/g, 'x')), {
  message: 'must be a name of lower-case letters, digits, - and ., and may hold {service} and {environment}',
});

/** What every hook that talks to a cluster needs: which one, and where in it. None has a default that a stray kubeconfig could change. */
export const ClusterOptions = {
  kubeconfig: Argument.describe('The kubeconfig file; no other is read.'),
  context: Argument.describe('The context in the kubeconfig: which cluster, as whom.'),
  namespace: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'is not the name of a namespace')
    .describe('The namespace.'),
  name: NamePattern.describe('The name of the object; {service} and {environment} are filled in.'),
  request_timeout: Duration.prefault('30s').describe('How long one question to the cluster may take. Default: 30s.'),
  env: Variables.optional().describe('Environment variables for the program and its credential plugins, beside PATH, HOME and LANG.'),
};

/** What the operator writes for a rollback with kubectl. */
export const KubectlOptions = z.strictObject({
  kubectl: Program.default('kubectl').describe('The kubectl program. Default: kubectl.'),
  ...ClusterOptions,
  kind: z.enum(['deployment', 'statefulset', 'daemonset']).default('deployment').describe('What is rolled back. Default: deployment.'),
  container: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'is not the name of a container')
    .optional()
    .describe('The container whose image tells the release. Default: all containers of the pod.'),
  timeout: Duration.prefault('10m').describe('How long the pods may take to be replaced. Default: 10m.'),
});

/** The parsed options. */
export type KubectlOptions = z.output<typeof KubectlOptions>;
/** The kinds of object that have a history of pod templates. */
export type WorkloadKind = KubectlOptions['kind'] | 'rollout';

/** The name of the object for a place. Throws `EffectError` `refused` where that is no name in Kubernetes. */
export function nameIn(place: Place, pattern: string): string {
  const name = fillInText(pattern, placeValues(place));
  if (kubernetesName.test(name)) return name;
  throw new EffectError('refused', `${name} is no name in Kubernetes: correct \`name\` of the hook`);
}
