import { z } from '@hono/zod-openapi';
import { markKinds } from '../core/bake/verdict-mark.ts';
import { namePattern } from '../core/base/name-pattern.ts';
import { Duration, Name } from '../core/base/option-schemas.ts';
import { ifMatchPattern } from './position.ts';

// The schemas of core have no OpenAPI descriptions; a schema that is piped into them can have one.

/** Text for people: no control characters except line breaks and tabs. */
const plainText = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this refuses them.
    .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/, 'has control characters');

// No `format: uri`: a link may have letters that RFC 3986 wants escaped.
const HttpUrl = z
  .string()
  .max(2000)
  .pipe(z.url({ protocol: /^https?$/ }))
  .openapi({ type: 'string', maxLength: 2000, pattern: '^\\s*[Hh][Tt][Tt][Pp][Ss]?:' });

/** A field that holds a name of the strict pattern. */
export const name = (description: string, example: string) =>
  z.string().pipe(Name).openapi({ description, example, type: 'string', minLength: 1, maxLength: 200, pattern: namePattern.source });

export const Environment = name('where it runs', 'production');

/** A registration, as CI sends it. Strict: a misspelt field is an error, not a silent default. */
export const RegisterBody = z
  .strictObject({
    service: name('the service, as the rule file names it', 'shop'),
    environment: Environment,
    version: name('the release: a tag, a SHA or a digest', 'v42'),
    commit: name('the commit of the release', '4f2c1d9').optional(),
    image: name('the image of the release', 'registry.example.com/shop@sha256:4f2c').optional(),
    cause: z
      .enum(['release', 'rollback'])
      .default('release')
      .openapi({ description: 'rollback: this deploy returns to an older release; it is never rolled back itself' }),
    rollback_of: z.uuid().optional().openapi({ description: 'the deploy that this one rolls back' }),
    migrations: z.enum(['none', 'compatible', 'irreversible']).default('none'),
    links: z
      .array(z.strictObject({ title: plainText(100), url: HttpUrl }))
      .max(20)
      .default([]),
    build_id: plainText(200).optional().openapi({ description: 'a retried call with the same build id returns the same deploy' }),
    phase: z
      .enum(['started', 'finished'])
      .default('finished')
      .openapi({ description: 'started: the bake begins with the call to /finished' }),
    deployed_at: z.iso.datetime({ offset: true }).optional().openapi({
      description: 'when the deploy finished, if it is registered later than that: after an outage, or by a retry; at most 7 days ago',
      example: '2026-11-21T14:00:00Z',
    }),
    metadata: z
      .record(plainText(100), z.union([plainText(1000), z.literal('')]))
      .refine((map) => Object.keys(map).length <= 50, { message: 'has more than 50 entries' })
      .default({})
      .openapi({ maxProperties: 50 }),
    force: z.boolean().default(false).openapi({ description: 'register the deploy even while a rollback is under way' }),
  })
  .openapi('RegisterDeploy', {
    example: {
      service: 'shop',
      environment: 'production',
      version: 'v42',
      commit: '4f2c1d9',
      build_id: '83',
      links: [{ title: 'build', url: 'https://ci.example.com/runs/83' }],
      metadata: { committed_at: '2026-11-21T13:00:00Z' },
    },
  });

/** The headers of a registration. */
export const RegisterHeaders = z.object({
  'idempotency-key': z.string().min(1).max(200).optional(),
  'bakewatch-first-try-ago': z.coerce
    .number()
    .min(0)
    .max(7 * 86_400)
    .optional()
    .openapi({
      type: 'number',
      description:
        'seconds since the first try of this call: the deploy had finished then. By the clock of the caller alone, so that it may be wrong',
    }),
});

export const AdoptBody = z
  .strictObject({
    service: name('the service', 'shop'),
    environment: Environment,
    version: name('the release that runs now', 'v41'),
    commit: name('its commit', '4f2c1d9').optional(),
    image: name('its image', 'shop:v41').optional(),
    force: z
      .boolean()
      .default(false)
      .openapi({ description: 'adopt although the rollback hook says that another release runs: it is this release under another name' }),
  })
  .openapi('AdoptRelease');

export const WhyBody = z.strictObject({ why: plainText(500) }).openapi('Why');
export const ForwardBody = z
  .strictObject({
    why: plainText(500),
    confirm: z.boolean().default(false).openapi({ description: 'also where a freeze or a verdict would hold an automatic order' }),
  })
  .openapi('RollForward');
export const MarkBody = z
  .strictObject({
    kind: z.enum(markKinds).openapi({ description: 'the verdict is a false alarm, or the cause of the failure lies elsewhere' }),
    why: plainText(500),
    undo: z.boolean().default(false).openapi({ description: 'take the mark back' }),
  })
  .openapi('Mark');
export const ExtendBody = z
  .strictObject({ by: z.string().pipe(Duration).openapi({ description: 'a duration such as 10m', example: '10m', type: 'string' }) })
  .openapi('Extend');
export const FreezeBody = z
  .strictObject({
    frozen: z.boolean(),
    service: name('one service; default: all services', 'shop').optional(),
    why: plainText(500).optional(),
    until: z.string().max(100).optional().openapi({
      description: 'when the freeze ends by itself; default: when it is lifted',
      format: 'date-time',
      example: '2026-12-01T08:00:00Z',
    }),
    for: z.string().max(100).optional().openapi({ description: 'instead of `until`: how long the freeze holds', example: '2h' }),
  })
  .openapi('Freeze');

export const DeployId = z.object({
  id: z.uuid().openapi({ param: { name: 'id', in: 'path' }, example: '0f8fad5b-d9cb-469f-a165-70867728950e' }),
});
/** The headers of a decision about a deploy. */
export const DecisionHeaders = z.object({
  'if-match': z.string().max(1000).regex(ifMatchPattern, 'must be an ETag with its quotes, as an answer has it, or *').optional().openapi({
    description: 'the `ETag` of the deploy about which the caller decides: 412 where its bake has moved on since',
    example: '"baking.1764421200000.1764423000000"',
  }),
});
export const states = [
  'warming',
  'shifting',
  'baking',
  'awaiting_approval',
  'rolling_back',
  'verifying',
  'passed',
  'rolled_back',
  'inconclusive',
  'failed',
  'canceled',
  'superseded',
] as const;
const ListInstant = z.iso.datetime({ offset: true }).openapi({ format: 'date-time', example: '2026-11-21T14:00:00Z' });
export const ListQuery = z.strictObject({
  service: z.string().max(200).optional(),
  environment: z.string().max(200).optional(),
  version: z.string().max(200).optional(),
  commit: z.string().max(200).optional(),
  build_id: z.string().max(200).optional(),
  state: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(states)))
    .optional()
    .openapi({
      param: { style: 'form', explode: false },
      type: 'array',
      items: { type: 'string', enum: [...states] },
      description: 'one state, or several with commas between them',
    }),
  since: ListInstant.optional().openapi({ description: 'registered then or later' }),
  until: ListInstant.optional().openapi({ description: 'registered before that' }),
  limit: z.coerce.number().int().min(1).max(200).default(50).openapi({ type: 'integer' }),
  cursor: z.string().max(200).optional().openapi({ description: 'the `next` of the page before; keep the other fields as they were' }),
  before: z.uuid().optional().openapi({ description: 'only deploys registered before this one; `cursor` is better' }),
});
export const WaitQuery = z.strictObject({
  timeout: z
    .string()
    .pipe(Duration)
    .default(30_000)
    .openapi({ type: 'string', example: '30s' })
    .refine((ms) => ms <= 60_000, { message: 'at most 60s a call; call again' }),
  after: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .openapi({ type: 'integer', description: 'answer as soon as the version of the bake is greater than this' }),
  until: z
    .enum(['final', 'clear'])
    .default('final')
    .openapi({ description: 'clear: answer also as soon as every critical check has ruled out harm; the bake goes on' }),
});
