import { z } from '@hono/zod-openapi';
import { topics } from '../core/bake/effect.ts';
import { name } from './request-schemas.ts';

export const DrillBody = z
  .strictObject({
    service: name('the service whose rollback is tried', 'shop'),
    environment: name('default: production', 'production').default('production'),
    for_real: z
      .boolean()
      .default(false)
      .openapi({ description: 'roll back and return, where the config allows it; default: change nothing' }),
  })
  .openapi('DrillRequest');

export const NotifierName = z.object({
  name: z
    .string()
    .max(200)
    .openapi({ param: { name: 'name', in: 'path' }, example: 'team' }),
});

export const NotifierTestBody = z
  .strictObject({
    topic: z.enum(topics).default('unhealthy').openapi({ description: 'the topic of the sample; default: unhealthy' }),
    service: name('the service of the sample; default: example', 'example').default('example'),
    environment: name('default: production', 'production').default('production'),
  })
  .openapi('NotifierTestRequest');
