import type { RollbackHook } from '../../src/ports/hook.ts';
import type { ShiftHook } from '../../src/ports/shift-hook.ts';

type ByService<T> = Readonly<Record<string, T>>;

/** Platforms of several services, whose hooks always succeed. `running`: the version of each service; `weights`: the newest release's share of the traffic. */
export function createFakePlatforms({ running, weights }: { readonly running: ByService<string>; readonly weights: ByService<number> }) {
  const [versions, shares] = [new Map(Object.entries(running)), new Map(Object.entries(weights))];
  const hook: RollbackHook = {
    timeoutMs: 1_000,
    current: async ({ service }) => versions.get(service) ?? null,
    rehearse: async () => ['it could be put back'],
    async rollBack({ place: { service }, target: { version } }) {
      const alreadyThere = versions.get(service) === version;
      versions.set(service, version);
      return { summary: `${version} is running`, alreadyThere, fingerprint: version, output: '' };
    },
  };
  const shiftHook: ShiftHook = {
    timeoutMs: 1_000,
    weight: async ({ service }) => shares.get(service) ?? 0,
    rehearse: async () => ['it could be shifted'],
    async shift({ place: { service }, weight }) {
      const alreadyThere = shares.get(service) === weight;
      shares.set(service, weight);
      return { summary: `${weight} % of the traffic`, alreadyThere, output: '' };
    },
  };
  return { hook, shiftHook };
}
