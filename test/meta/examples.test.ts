import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plugins } from '../../src/plugins.ts';
import { loadConfig } from '../../src/rules/load-config.ts';
import { filesBelow, read, root } from './tree.ts';

const configs = filesBelow('examples').filter((path) => basename(path) === 'bakewatch.yaml');

/** Every variable that a config takes from the environment, set to something of its kind: a port, an address, or a secret of its own. */
function madeUpEnv(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...text.matchAll(/(?<!\$)\$\{(\w+)\}/g)].map(([, name = '']) => [name, madeUp(name)]));
}

function madeUp(name: string): string {
  if (name.endsWith('PORT')) return '12345';
  return name.endsWith('URL') ? 'http://127.0.0.1:12345/made-up' : `made-up-for-${name}`;
}

describe('examples', () => {
  test.for(configs)('%s and its rules are valid', (path) => {
    const { ruleSets } = loadConfig({
      file: join(root, path),
      env: madeUpEnv(read(path)),
      readFile: (file) => readFileSync(file, 'utf8'),
      listFiles: (folder) => readdirSync(folder),
      plugins,
    });
    expect(ruleSets.size).toBeGreaterThan(0);
  });

  test('every rule file belongs to a config', () => {
    const lone = filesBelow('examples').filter(
      (path) =>
        /^rules: 1$/m.test(path.endsWith('.yaml') ? read(path) : '') && !configs.includes(join(dirname(dirname(path)), 'bakewatch.yaml')),
    );
    expect(lone).toEqual([]);
  });
});
