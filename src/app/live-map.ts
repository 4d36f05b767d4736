import type { InstanceOptions } from '../rules/config.ts';

/** An instance of the config, as far as it decides whether a reload must make it anew. */
type WrittenInstance = { readonly type: string; readonly options: InstanceOptions; readonly rules?: unknown };

/** Instances that a reload replaces. Each look-up in `live` finds the newest ones; work under way keeps the instance that it has. */
export type LiveMap<Written, Made> = {
  readonly live: ReadonlyMap<string, Made>;
  /** Makes what is new or changed. An unchanged instance stays, with its limits and its memory. Changes nothing where `make` throws. */
  replace(written: ReadonlyMap<string, Written>): void;
};

/** Creates an empty live map. */
export function createLiveMap<Written extends WrittenInstance, Made>(
  make: (written: Written, name: string) => Made,
): LiveMap<Written, Made> {
  const live = new Map<string, Made>();
  let keys: ReadonlyMap<string, string> = new Map();
  return {
    live,
    replace(written) {
      const newKeys = new Map([...written].map(([name, one]) => [name, keyOf(one)]));
      const made = [...written].map(([name, one]) => {
        const kept = keys.get(name) === newKeys.get(name) ? live.get(name) : undefined;
        return [name, kept ?? make(one, name)] as const;
      });
      live.clear();
      for (const [name, one] of made) live.set(name, one);
      keys = newKeys;
    },
  };
}

function keyOf({ type, options, rules }: WrittenInstance): string {
  return JSON.stringify([type, options.reveal(), rules]);
}
