import { didYouMean } from '../core/did-you-mean.ts';
import type { Bindable, Instance as BoundInstance } from './config.ts';
import { Instance } from './config-file.ts';
import type { Cursor } from './cursor.ts';
import { RuleName, show } from './values.ts';

/** The instances of `providers`, `hooks` or `notifiers`, each bound by the plug-in of its type. Everything wrong is reported. */
export function readInstances<Make>(
  cursor: Cursor,
  plugins: ReadonlyMap<string, Bindable<Make>>,
): ReadonlyMap<string, BoundInstance<Make>> {
  const instances = new Map<string, BoundInstance<Make>>();
  for (const { type, isBuiltIn, bind } of plugins.values())
    if (isBuiltIn) instances.set(type, { type, make: bind({}), options: { reveal: () => ({}) } });
  if (!cursor.isPresent || !cursor.isMap()) return instances;
  for (const name of cursor.keys) {
    const named = RuleName.safeParse(name);
    if (!named.success) cursor.at(name).keyProblem(named.error.issues[0]?.message ?? 'is not a name');
    const instance = readInstance(cursor.at(name), plugins);
    if (instance) instances.set(name, instance);
  }
  return instances;
}

function readInstance<Make>(cursor: Cursor, plugins: ReadonlyMap<string, Bindable<Make>>): BoundInstance<Make> | null {
  if (!cursor.isMap()) return null;
  const type = cursor.at('type').take(Instance.shape.type);
  if (type === undefined) return null;
  const plugin = plugins.get(type);
  if (!plugin) {
    cursor.at('type').problem(`${show(type)} is not a known type`, didYouMean(type, [...plugins.keys()]));
    return null;
  }
  const { type: _, ...options } = Instance.parse(cursor.value);
  const checked = plugin.options.safeParse(options);
  if (checked.success) return { type, make: plugin.bind(options), options: { reveal: () => options } };
  cursor.reportZod(checked.error, plugin.options);
  return null;
}
