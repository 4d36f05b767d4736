import { z } from 'zod';
import { EffectError } from '../../core/base/errors.ts';

/** Which route splits the traffic between which two backends. */
export type Split = { readonly route: string; readonly canary: string; readonly stable: string };

/** Where in the route a backend stands. */
type Backend = { readonly rule: number; readonly ref: number; readonly name: string };
type RouteCondition = z.output<typeof HttpRoute>['status']['parents'][number]['conditions'][number];

/** A route as far as it is shifted: its pairs of backends, the canary's share of each in percent, and what its gateways say of it. */
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

/** Reads what kubectl printed. Rules that do not send to both backends are not ours. Throws `EffectError` `refused` where none does. */
export function readRoute(answer: unknown, { route, canary, stable }: Split): TrafficRoute {
  const parsed = HttpRoute.safeParse(answer);
  if (!parsed.success)
    throw new EffectError('unreachable', `${route} is not an HTTPRoute as it is known here: ${parsed.error.issues[0]?.message}`);
  const { metadata, spec, status } = parsed.data;
  const pairs = spec.rules.flatMap(({ backendRefs }, rule) => {
    const at = (name: string) => backendRefs.findIndex((ref) => ref.name === name);
    const [own, other] = [at(canary), at(stable)];
    if (own === -1 || other === -1) return [];
    const weights = { own: backendRefs[own]?.weight ?? 0, other: backendRefs[other]?.weight ?? 0 };
    return [{ canary: { rule, ref: own, name: canary }, stable: { rule, ref: other, name: stable }, share: shareOf(weights) }];
  });
  if (pairs.length === 0)
    throw new EffectError('refused', `no rule of ${route} sends to both ${canary} and ${stable}: name both in its \`backendRefs\``);
  const parents = status.parents.map(({ parentRef, conditions }) => ({ name: parentRef.name, conditions }));
  return { pairs, shares: pairs.map(({ share }) => share), generation: metadata.generation, parents };
}

function shareOf({ own, other }: { readonly own: number; readonly other: number }): number {
  return own + other === 0 ? 0 : Math.round((own / (own + other)) * 10_000) / 100;
}

/** The JSON patch to a share. It holds the place of each backend, so that it does nothing to a route whose rules were moved. */
export function patchTo({ pairs }: TrafficRoute, weight: number): string {
  // Whole numbers only: a share such as 0.5 % is 50 of 10,000.
  const scale = Number.isInteger(weight) ? 1 : 100;
  const own = Math.round(weight * scale);
  const operations = pairs.flatMap(({ canary, stable }) => [...setTo(canary, own), ...setTo(stable, 100 * scale - own)]);
  return JSON.stringify(operations);
}

function setTo({ rule, ref, name }: Backend, value: number) {
  const path = `/spec/rules/${rule}/backendRefs/${ref}`;
  return [
    { op: 'test', path: `${path}/name`, value: name },
    { op: 'add', path: `${path}/weight`, value },
  ];
}

/** Whether the gateways have taken this very route. */
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
  if (fresh.length === 0) return { kind: 'pending', words: 'no gateway has taken it' };
  if (waiting.length > 0) return { kind: 'pending', words: `${waiting.map(({ name }) => name).join(', ')} has not accepted them yet` };
  return { kind: 'accepted', words: fresh.map(({ name }) => name).join(', ') };
}
