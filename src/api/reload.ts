import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError, formatProblem } from '../core/base/errors.ts';
import { reloadScope } from '../usecases/reload-report.ts';
import { type ApiEnv, demand } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { ok, operation, refusedChanges } from './route-parts.ts';
import { originOf } from './trace.ts';

const Reload = z
  .object({
    rule_book: z.int().openapi({ description: 'the version of the rule book in force' }),
    outcome: z.enum(['loaded', 'current', 'older']).openapi({
      description:
        'loaded: the rules of the files are a new version; current: the fleet uses these rules already; older: the fleet has newer ones',
    }),
    changes: z.array(z.string()).openapi({ description: 'what changed, such as "rules of shop in production: changed"' }),
    refused: z
      .array(z.object({ file: z.string(), problems: z.array(z.string()) }))
      .openapi({ description: 'the rule files that cannot be used; their services keep the rules that they had' }),
    needs_restart: z.array(z.string()).openapi({ description: 'keys of the config that have changed and are read at the start only' }),
    scope: z.string().openapi({ description: 'which parts of the config a reload loads, in one sentence' }),
  })
  .openapi('Reload');

const reload = createRoute({
  method: 'post',
  path: '/v1/reload',
  summary: 'Load the config, the rule files and the secrets again',
  description:
    'Needs a token that may `operate` everywhere. Bakes under way keep their rules. A rule file that cannot be used does not stop the others; where the config cannot be used, nothing changes (422).',
  ...operation('reloadFiles', 'Operations'),
  responses: { ...ok('What was loaded', Reload), ...refusedChanges(409, 422) },
});

/** Mounts the reload of the files. */
export function mountReload(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(reload, async (c) => {
    const caller = demand(c, 'operate', { service: null, environment: null });
    if (deps.reload === undefined) throw new AppError('conflict', 'this server was started without files');
    const { version, outcome, changes, refused, needsRestart } = await deps.reload(caller.name, originOf(c));
    return c.json(
      {
        rule_book: version,
        outcome,
        changes: [...changes],
        refused: refused.map(({ file, problems }) => ({ file, problems: problems.map(formatProblem) })),
        needs_restart: [...needsRestart],
        scope: reloadScope,
      },
      200,
    );
  });
}
