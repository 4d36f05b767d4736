import { z } from 'zod';
import { EffectError } from '../../core/base/errors.ts';

/** A route and the two backends that share its traffic. */
export type Split = { readonly route: string; readonly canary: string; readonly stable: string };

/** The position of a backend in the route. */
type Backend = { readonly rule: number; readonly ref: number; readonly name: string };
type RouteCondition = z.output<typeof HttpRoute>['status']['parents'][number]['conditions'][number];

/** The parts of a route that a shift needs: its pairs of backends, the share of each canary in percent, and the status by its gateways. */
export type TrafficRoute = {
  readonly pairs: readonly { readonly canary: Backend; readonly stable: Backend }[];
  readonly shares: readonly number[];
  readonly generation: number;
  readonly parents: readonly { readonly name: string; readonly conditions: readonly RouteCondition[] }[];
};

const HttpRoute = z.object({
  metadata: z.object({ generation: z.number().default(0) }),
  spec: z.object({
    rules: z
      .array(z.object({ backendRefs: z.array(z.object({ name: z.string(), weight: z.number().default(1) })).default([]) }))
      .default([]),
  }),
  status: z
    .object({
      parents: z
        .array(
          z.object({
            parentRef: z.object({ name: z.string() }),
            conditions: z
              .array(
                z.object({
                  type: z.string(),
                  status: z.string(),
                  reason: z.string().default(''),
                  message: z.string().default(''),
                  observedGeneration: z.number().default(0),
                }),
              )
              .default([]),
          }),
        )
        .default([]),
    })
    .default({ parents: [] }),
});

/** Parses the answer of kubectl. Ignores rules that do not send to both backends. Throws `EffectError` `refused` if no rule does. */
export function readRoute(answer: unknown, { route, canary, stable }: Split): TrafficRoute {
  const parsed = HttpRoute.safeParse(answer);
  if (!parsed.success)
    throw new EffectError('unreachable', `${route} is an HTTPRoute of an unknown form: ${parsed.error.issues[0]?.message}`);
  const { metadata, spec, status } = parsed.data;
  const pairs = spec.rules.flatMap(({ backendRefs }, rule) => {
    const at = (name: string) => backendRefs.findIndex((ref) => ref.name === name);
    const [canaryRef, stableRef] = [at(canary), at(stable)];
    if (canaryRef === -1 || stableRef === -1) return [];
    const weights = { canary: backendRefs[canaryRef]?.weight ?? 0, stable: backendRefs[stableRef]?.weight ?? 0 };
    return [{ canary: { rule, ref: canaryRef, name: canary }, stable: { rule, ref: stableRef, name: stable }, share: shareOf(weights) }];
  });
  if (pairs.length === 0)
    throw new EffectError('refused', `no rule of ${route} sends to both ${canary} and ${stable}; name both in its \`backendRefs\``);
  const parents = status.parents.map(({ parentRef, conditions }) => ({ name: parentRef.name, conditions }));
  return { pairs, shares: pairs.map(({ share }) => share), generation: metadata.generation, parents };
}

function shareOf({ canary, stable }: { readonly canary: number; readonly stable: number }): number {
  return canary + stable === 0 ? 0 : Math.round((canary / (canary + stable)) * 10_000) / 100;
}

/** The JSON patch that sets a share. It tests the position of each backend, so that it changes nothing if the rules of the route have moved. */
export function patchTo({ pairs }: TrafficRoute, weight: number): string {
  // Weights are whole numbers: a share such as 0.5 % is 50 of 10,000.
  const scale = Number.isInteger(weight) ? 1 : 100;
  const share = Math.round(weight * scale);
  const operations = pairs.flatMap(({ canary, stable }) => [...setWeight(canary, share), ...setWeight(stable, 100 * scale - share)]);
  return JSON.stringify(operations);
}

function setWeight({ rule, ref, name }: Backend, value: number) {
  const path = `/spec/rules/${rule}/backendRefs/${ref}`;
  return [
    { op: 'test', path: `${path}/name`, value: name },
    { op: 'add', path: `${path}/weight`, value },
  ];
}

/** Whether the gateways have accepted this generation of the route. */
export function stateOf({ parents, generation }: TrafficRoute): {
  readonly kind: 'accepted' | 'pending' | 'rejected';
  readonly words: string;
} {
  const fresh = parents.map(({ name, conditions }) => ({
    name,
    conditions: conditions.filter((one) => one.observedGeneration >= generation),
  }));
  for (const { name, conditions } of fresh) {
    const bad = conditions.find(({ type, status }) => (type === 'Accepted' || type === 'ResolvedRefs') && status === 'False');
    if (bad) return { kind: 'rejected', words: `${name} says ${bad.type} is false (${bad.reason}): ${bad.message}` };
  }
  const waiting = fresh.filter(({ conditions }) => !conditions.some(({ type, status }) => type === 'Accepted' && status === 'True'));
  if (fresh.length === 0) return { kind: 'pending', words: 'no gateway has accepted it' };
  if (waiting.length > 0) return { kind: 'pending', words: `${waiting.map(({ name }) => name).join(', ')} does not accept them yet` };
  return { kind: 'accepted', words: fresh.map(({ name }) => name).join(', ') };
}
