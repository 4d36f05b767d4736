import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { read, root } from './tree.ts';

// The generator changes how a package is found, so it has a process of its own.
test('the types of the client are fresh; if not, run `npm run schemas`', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'script/write-client-types.ts'), '--print'], {
    maxBuffer: 8 << 20,
  });
  expect(read('src/client/api-types.ts')).toBe(stdout);
});
