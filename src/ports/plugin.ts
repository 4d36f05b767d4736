import type { z } from 'zod';

/** A provider, hook or notifier as the index of its folder lists it. Its options are parsed once; its dependencies are passed in. */
export type Plugin<Made, Deps> = {
  readonly type: string;
  /** One sentence for the docs and `--help`. */
  readonly summary: string;
  /** What the operator writes under the name of the instance, in addition to `type`. Strict: unknown keys are refused. */
  readonly options: z.ZodType;
  /** Valid options, as in YAML: used by the docs and the contract test. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Parses the options (throws a `ZodError`) and returns a function that creates the instance. */
  readonly bind: (options: unknown) => (deps: Deps) => Made;
};

/** Connects the option schema of a plug-in with its `create`. It hides the type of the options, so that an index is a plain list. */
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
