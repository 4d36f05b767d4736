import { z } from 'zod';
import { Duration } from '../../core/fields.ts';
import { Variables } from '../variables.ts';

const Program = z.string().regex(/^[^\s\0-][^\0]*$/, 'must be the name or path of a program');
const Argument = z.string().regex(/^[^\s\p{Cc}-][^\p{Cc}]*$/u, 'must not be empty, start with - or hold control characters');

/** A name as Kubernetes writes it. */
export const kubernetesName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

const NamePattern = z.string().refine((text) => kubernetesName.test(text.replace(/\{(service|environment)\}/g, 'x')), {
  message: 'must be a name of lower-case letters, digits, - and ., and may hold {service} and {environment}',
});

/** What every hook that runs kubectl needs: which cluster, and where in it. None has a default that a stray kubeconfig could change. */
export const ClusterOptions = {
  kubectl: Program.default('kubectl').describe('The kubectl program. Default: kubectl.'),
  kubeconfig: Argument.describe('The kubeconfig file; no other is read.'),
  context: Argument.describe('The context in the kubeconfig: which cluster, as whom.'),
  namespace: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'is not the name of a namespace')
    .describe('The namespace.'),
  name: NamePattern.describe('The name of the object; {service} and {environment} are filled in.'),
  request_timeout: Duration.prefault('30s').describe('How long one question to the cluster may take. Default: 30s.'),
  env: Variables.optional().describe('Environment variables for kubectl and its credential plugins, beside PATH, HOME and LANG.'),
};

/** What the operator writes for a rollback with kubectl. */
export const KubectlOptions = z.strictObject({
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
export type Kind = KubectlOptions['kind'];
