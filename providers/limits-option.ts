import { z } from 'zod';

const Limits = z.strictObject({
  concurrency: z.int().min(1).max(100).default(4).describe('Maximum number of concurrent requests of all servers together. Default: 4.'),
  per_second: z
    .number()
    .positive()
    .max(10_000)
    .nullable()
    .default(null)
    .describe('Maximum number of requests per second of all servers together. Default: unlimited.'),
});

/** `limits` of an instance whose server has no limits that are known. */
export const LimitsOption = Limits.default({ concurrency: 4, per_second: null }).describe('Limits of the requests to the server.');
