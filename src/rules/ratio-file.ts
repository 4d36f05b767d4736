import { z } from 'zod';

const Selector = z.string().min(1, 'must not be empty').max(10_000);

/** Where the events of a check come from. */
export const Source = z
  .union([
    Selector.describe('A counter selector. Bakewatch reads the exact increments, so it needs no rate().'),
    z.strictObject({
      query: Selector.describe('A query that returns the events of each tick. Placeholders such as `$step` and `$version` are replaced.'),
    }),
  ])
  .describe('A counter selector, or `{ query: … }` for any query that returns the events of each tick.');

/** `ratio` of a check. */
export const Ratio = z
  .strictObject({
    bad: Source.describe('The bad events, such as responses with a 5xx code.'),
    total: Source.describe('All events, such as all responses.'),
  })
  .describe('The share of bad events among all events.');
