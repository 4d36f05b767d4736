import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type ApiEnv, demand } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { body, ok, operation, refusedChanges } from './route-parts.ts';
import { createSeats, refuseSeat } from './seats.ts';

/** A week of a few checks has some hundred KiB. */
export const maxReplayBytes = 4 * 1024 * 1024;
export const replayPath = '/v1/replay';

const ReplayRequest = z
  .strictObject({
    recording: z
      .record(z.string(), z.unknown())
      .openapi({ description: 'one recording (bakewatch.recording/1), as `GET /v1/deploys/{id}/recording` writes it' }),
    rules: z
      .string()
      .max(256 * 1024)
      .optional()
      .openapi({
        description:
          'the text of a rule file, in YAML: its checks judge those of the recording that have their names. Default: the rules in the recording, or the defaults of each kind',
      }),
    false_alarms: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .openapi({ description: 'how often a healthy bake may fail, for all its checks together. Default: as the rules say, or 0.01' }),
  })
  .openapi('ReplayRequest');

const verdict = z.enum(['pass', 'fail', 'inconclusive']);
const decidedAfter = z.number().openapi({ description: 'seconds after the deploy: the end of the tick at which the verdict was final' });
const Replay = z
  .object({
    id: z.string().openapi({ description: 'the id in the recording' }),
    verdict,
    decided_after: decidedAfter,
    checks: z.array(z.object({ name: z.string(), verdict, decided_after: decidedAfter, reason: z.string() })),
  })
  .openapi('Replay');

const route = createRoute({
  method: 'post',
  path: replayPath,
  summary: 'Judge a recording again',
  description:
    'What `bakewatch replay` does, for one recording of at most 4 MiB. Changes nothing and asks no provider. It runs beside the live bakes, one recording after the other, for at most 20 seconds each.',
  ...operation('replayRecording', 'Operations'),
  request: body(ReplayRequest),
  responses: { ...ok('The verdict, and the reason of each check', Replay), ...refusedChanges(422) },
});

/** Mounts the judge of recordings. */
export function mountReplay(app: OpenAPIHono<ApiEnv>, { replay }: Pick<ApiDeps, 'replay'>): void {
  const seats = createSeats({ perCaller: 2, inAll: 8 });
  app.openapi(route, async (c) => {
    const seat = seats.take(demand(c, 'read')) ?? refuseSeat(c, 'recordings to judge');
    try {
      const { recording, rules, false_alarms: falseAlarms } = c.req.valid('json');
      const { id, verdict, checks, ...rest } = await replay({ recording: JSON.stringify(recording), rules: rules ?? null, falseAlarms });
      const shown = checks.map(({ decidedAfter: after, ...check }) => ({ ...check, decided_after: after }));
      return c.json({ id, verdict, decided_after: rest.decidedAfter, checks: shown }, 200);
    } finally {
      seat.leave();
    }
  });
}
