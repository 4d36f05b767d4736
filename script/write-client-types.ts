import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientTypes, clientTypesPath } from './client-types.ts';

const text = await clientTypes();
if (process.argv[2] === '--print') process.stdout.write(text);
else {
  writeFileSync(join(import.meta.dirname, '..', clientTypesPath), text);
  console.log(clientTypesPath);
}
