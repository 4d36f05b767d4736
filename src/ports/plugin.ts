import type { z } from 'zod';

/** A provider, hook or notifier as its folder's index lists it: options parsed once, dependencies handed in. */
export type Plugin<Made, Deps> = {
  readonly type: string;
  /** One sentence for the docs and `--help`. */
  readonly summary: string;
  /** What the operator writes under the instance's name, beside `type`. Strict: unknown keys are refused. */
  readonly options: z.ZodType;
  /** Options that work, as YAML would hold them: used by the docs and the contract test. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Parses the options (throws a `ZodError`) and returns the maker. */
  readonly bind: (options: unknown) => (deps: Deps) => Made;
};

/** Ties a plug-in's option schema to its `create`; the generic ends here, so that an index is a plain list. */
export function definePlugin<Made, Deps, Options extends z.ZodType>(plugin: {
  readonly type: string;
  readonly summary: string;
  readonly options: Options;
  readonly example: Readonly<Record<string, unknown>>;
  readonly create: (options: z.output<Options>, deps: Deps) => Made;
}): Plugin<Made, Deps> {
  const { create, ...rest } = plugin;
  return {
    ...rest,
    bind: (raw) => {
      const options = plugin.options.parse(raw);
      return (deps) => create(options, deps);
    },
  };
}
