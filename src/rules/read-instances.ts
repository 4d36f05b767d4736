import { didYouMean } from '../core/base/did-you-mean.ts';
import { sendEverything } from '../core/notify/route.ts';
import { RuleName, show } from '../core/rules/written-values.ts';
import type { Audience, Bindable, Instance as BoundInstance, Config } from './config.ts';
import { Instance } from './config-file.ts';
import type { Cursor } from './cursor.ts';
import { delivery } from './delivery-file.ts';
import { readDelivery } from './read-delivery.ts';

/** Reads the instances of a section, each with the plug-in of its type, and reports problems. `common`: keys that do not belong to the plug-in. */
export function readInstances<Make>(
  cursor: Cursor,
  plugins: ReadonlyMap<string, Bindable<Make>>,
  common: readonly string[] = [],
): ReadonlyMap<string, BoundInstance<Make>> {
  const instances = new Map<string, BoundInstance<Make>>();
  for (const { type, isBuiltIn, bind } of plugins.values())
    if (isBuiltIn) instances.set(type, { type, make: bind({}), options: { reveal: () => ({}) } });
  if (!cursor.isPresent || !cursor.isMap()) return instances;
  for (const name of cursor.keys) {
    const validName = RuleName.safeParse(name);
    if (!validName.success) cursor.at(name).keyProblem(validName.error.issues[0]?.message ?? 'is not a name');
    const instance = readInstance(cursor.at(name), plugins, common);
    if (instance) instances.set(name, instance);
  }
  return instances;
}

/** Reads the notifiers, each with the rules for its notices. */
export function readNotifiers<Make>(
  cursor: Cursor,
  plugins: ReadonlyMap<string, Bindable<Make> & { readonly audience: Audience }>,
): Config<unknown, unknown, unknown, Make>['notifiers'] {
  const instances = readInstances(cursor, plugins, Object.keys(delivery));
  const rules = new Map(
    cursor.keys.map((name) => {
      const type = cursor.at(name).at('type').value;
      const audience = typeof type === 'string' ? plugins.get(type)?.audience : undefined;
      return [name, readDelivery(cursor.at(name), audience ?? 'people')] as const;
    }),
  );
  return new Map([...instances].map(([name, instance]) => [name, { ...instance, rules: rules.get(name) ?? sendEverything }] as const));
}

function readInstance<Make>(
  cursor: Cursor,
  plugins: ReadonlyMap<string, Bindable<Make>>,
  common: readonly string[],
): BoundInstance<Make> | null {
  if (!cursor.isMap()) return null;
  const type = cursor.at('type').take(Instance.shape.type);
  if (type === undefined) return null;
  const plugin = plugins.get(type);
  if (!plugin) {
    cursor.at('type').problem(`${show(type)} is not a known type`, didYouMean(type, [...plugins.keys()]));
    return null;
  }
  const written = Object.entries(Instance.parse(cursor.value)).filter(([key]) => key !== 'type' && !common.includes(key));
  const options = Object.fromEntries(written);
  const checked = plugin.options.safeParse(options);
  if (checked.success) return { type, make: plugin.bind(options), options: { reveal: () => options } };
  cursor.reportZod(checked.error, plugin.options, common);
  return null;
}
