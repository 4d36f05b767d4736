import { describe, expect, test } from 'vitest';
import { sourcesBelow } from './tree.ts';

const sources = sourcesBelow('src', 'analyzers', 'providers');

/** Every type that is declared, with the files that declare it. */
const filesByType = new Map<string, string[]>();
for (const { path, code } of sources) {
  for (const [, name = ''] of code.matchAll(/^(?:export )?(?:declare )?(?:type|interface) (\w+)\b/gm)) {
    filesByType.set(name, [...(filesByType.get(name) ?? []), path]);
  }
}

/** Type names that end like a participle and are nouns. */
const nouns: ReadonlySet<string> = new Set(['GuardHold', 'AmountBound', 'GateRound', 'Fold', 'EvidenceFold']);
const participle = /(?:ed|old|own|iven|een|ound|eld|ade|ade|old)$|^(?:Asking|Probing|Judging|Looking|Trying|Held|Told)$/;

describe('type names', () => {
  test('no type name is declared in two files', () => {
    expect([...filesByType].filter(([, files]) => files.length > 1)).toEqual([]);
  });

  test('types are named by nouns, not by participles', () => {
    expect([...filesByType.keys()].filter((name) => participle.test(name) && !nouns.has(name))).toEqual([]);
  });

  test('the declarations are found', () => {
    expect(filesByType.get('Verdict')).toEqual(['src/core/judge/verdict.ts']);
    expect(filesByType.size).toBeGreaterThan(500);
  });
});
