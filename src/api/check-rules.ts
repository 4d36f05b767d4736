import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Problem } from '../core/base/errors.ts';
import { type ApiEnv, demand } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { body, ok, operation, refusedChanges } from './route-parts.ts';

const RulesText = z
  .strictObject({ text: z.string().openapi({ description: 'the text of a rule file, in YAML' }) })
  .openapi('RulesText', { example: { text: 'rules: 1\nservice: shop\n' } });

const Place = z.object({
  line: z.int().openapi({ description: 'counts from 1' }),
  column: z.int().openapi({ description: 'counts from 1' }),
  path: z.string().openapi({ description: 'the place in the document, such as checks.errors.fail_when[0].above; may be empty' }),
  message: z.string(),
  hint: z.string().nullable(),
});
const RulesCheck = z
  .object({
    ok: z.boolean().openapi({ description: 'whether there is no problem' }),
    problems: z.array(Place),
    notes: z.array(Place).openapi({ description: 'remarks about what is correct' }),
  })
  .openapi('RulesCheck');

const check = createRoute({
  method: 'post',
  path: '/v1/rules/check',
  summary: 'Check the text of a rule file',
  description:
    'Changes nothing and reads no file: `extends` is a problem. Names are checked against the config of this server; what the options of a provider allow is not.',
  ...operation('checkRules', 'Operations'),
  request: body(RulesText),
  responses: { ...ok('What is wrong with the text; a text with problems is answered with 200, too', RulesCheck), ...refusedChanges() },
});

/** Mounts the check of rules. */
export function mountRulesCheck(app: OpenAPIHono<ApiEnv>, deps: Pick<ApiDeps, 'checkRules'>): void {
  app.openapi(check, (c) => {
    demand(c, 'read');
    const { problems, notes } = deps.checkRules(c.req.valid('json').text);
    return c.json({ ok: problems.length === 0, problems: problems.map(present), notes: notes.map(present) }, 200);
  });
}

function present({ line, column, path, message, hint }: Problem) {
  return { line, column, path, message, hint: hint ?? null };
}
