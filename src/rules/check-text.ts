import type { Problem } from '../core/base/errors.ts';
import type { Bindable, Config, Plugins } from './config.ts';
import { readRules } from './parse-rules.ts';
import { Problems } from './problems.ts';
import type { KnownProvider, RulesContext } from './rules-context.ts';

/** What is wrong with the text of a rule file, and remarks about what is correct. */
export type TextReport = { readonly problems: readonly Problem[]; readonly notes: readonly Problem[] };

/**
 * Checks the text of a rule file against the instances of a config. It reads no file: a text that extends another one is refused. The options of the
 * instances are left out, because they may hold secrets: what they allow is not checked.
 */
export function checkText<P, H, T, N>(
  text: string,
  config: Pick<Config<P, H, T, N>, 'providers' | 'hooks' | 'traffic' | 'notifiers'>,
  plugins: Pick<Plugins<P, H, T, N>, 'providers'>,
): TextReport {
  const problems = new Problems();
  readRules({ text, file: 'rules', context: contextOf(config, plugins) }, problems);
  return { problems: problems.list(), notes: problems.notes() };
}

function contextOf<P, H, T, N>(
  config: Pick<Config<P, H, T, N>, 'providers' | 'hooks' | 'traffic' | 'notifiers'>,
  plugins: Pick<Plugins<P, H, T, N>, 'providers'>,
): RulesContext {
  const builtIn = [...plugins.providers.values()].filter(({ isBuiltIn }) => isBuiltIn).map(({ type }) => [type, type] as const);
  const named = [...config.providers].map(([name, { type }]) => [name, type] as const);
  const providers = new Map([...builtIn, ...named].map(([name, type]) => [name, knownProvider(plugins.providers.get(type))]));
  const [hooks, traffic, notifiers] = [config.hooks, config.traffic, config.notifiers].map((instances) => new Set(instances.keys()));
  return { providers, hooks, traffic, notifiers };
}

function knownProvider(plugin: Bindable<unknown> | undefined): KnownProvider {
  return {
    lintSelector: (text) => plugin?.lintSelector?.(text) ?? null,
    lintQuery: (text, kind, stepMs) => plugin?.lintQuery?.(text, kind, stepMs) ?? null,
    lintMatchers: plugin?.lintMatchers,
    simplifySelector: plugin?.simplifySelector,
    lintSplit: plugin === undefined ? () => null : plugin.lintSplit,
    hasAlerts: plugin === undefined ? undefined : plugin.hasAlerts === true,
    lintProbe: plugin === undefined || plugin.lintProbe ? () => null : undefined,
  };
}
