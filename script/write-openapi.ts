import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiText } from './openapi.ts';

const path = 'docs/reference/openapi.json';
writeFileSync(join(import.meta.dirname, '..', path), await openApiText());
console.log(path);
