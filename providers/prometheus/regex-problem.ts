/** What is wrong with a regular expression of RE2, in words; `null` if nothing was found. What only RE2 knows is left to the server. */
export function regexProblem(pattern: string): string | null {
  if (/(?<!\\)\(\?(?:[=!]|<[=!])/.test(pattern)) return 'has a lookaround, which Prometheus does not know';
  if (/\\[QECz]|\[\[:/.test(pattern)) return null;
  const plain = pattern
    .replace(/\(\?[imsU]*(?:-[imsU]+)?\)/g, '')
    .replace(/\(\?[imsU]*(?:-[imsU]+)?:/g, '(?:')
    .replace(/\(\?P</g, '(?<');
  try {
    new RegExp(plain);
    return null;
  } catch (error) {
    const [, words] = faults.find(([sign]) => error instanceof Error && error.message.includes(sign)) ?? [];
    return words ?? null;
  }
}

/** By what the engine says. Any other fault may be one of JavaScript only. */
const faults = [
  ['Unterminated character class', 'has a `[` that is not closed'],
  ['Unterminated group', 'has a `(` that is not closed'],
  ["Unmatched ')'", 'has a `)` that closes nothing'],
  ['Nothing to repeat', 'repeats nothing: a `*`, `+` or `?` needs something before it'],
  ['Range out of order', 'has a range such as `z-a` in the wrong order'],
] as const;
