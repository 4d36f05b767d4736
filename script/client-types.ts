import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';

/** Where the types of the client are, from the root. */
export const clientTypesPath = 'src/client/api-types.ts';

const foreword = `// Generated from docs/reference/openapi.json by script/write-client-types.ts. Do not edit.
`;

/** The types of the HTTP API as TypeScript, from its OpenAPI document. */
export async function clientTypes(): Promise<string> {
  // The generator needs the compiler API of TypeScript 5, which TypeScript 7 does not have. The checker of packages brings it.
  const withApi = import.meta.resolve('@arethetypeswrong/core');
  const hooks = registerHooks({
    resolve: (name, context, next) => next(name, name === 'typescript' ? { ...context, parentURL: withApi } : context),
  });
  try {
    const { default: generate, astToString } = await import('openapi-typescript');
    const document: Parameters<typeof generate>[0] = JSON.parse(
      readFileSync(join(import.meta.dirname, '..', 'docs/reference/openapi.json'), 'utf8'),
    );
    // Not `immutable`: openapi-fetch maps read-only arrays to types without methods.
    // A field with a default may be left out of a request. Answers say themselves which fields they always have.
    return foreword + astToString(await generate(document, { defaultNonNullable: false }));
  } finally {
    hooks.deregister();
  }
}
