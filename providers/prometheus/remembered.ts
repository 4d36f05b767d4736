/**
 * The maximum number of texts of one generation that are remembered. Every check asks for the same texts at each tick, and 10,000 bakes of three ratios
 * ask for 60,000. Texts that come in turns are all forgotten where one generation cannot hold them.
 */
const maxTexts = 70_000;

/** Remembers what `read` made of the newest texts: they are asked for again and again. `more`: whatever else it needs; equal texts mean the same. */
export function remembered<T, More extends readonly unknown[]>(
  read: (text: string, ...more: More) => T,
): (text: string, ...more: More) => T {
  let [young, old] = [new Map<string, T>(), new Map<string, T>()];
  return (text, ...more) => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const value = old.get(text) ?? read(text, ...more);
    young.set(text, value);
    if (young.size >= maxTexts) [young, old] = [new Map(), young];
    return value;
  };
}
