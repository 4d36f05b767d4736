import { bigint, customType } from './drizzle.ts';
import { storable, storableText } from './storable.ts';

/** A `jsonb` column: made storable when written, and `unknown` when read, so that every reader must parse it. */
export const json = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(storable(value)),
  fromDriver: (value) => (typeof value === 'string' ? JSON.parse(value) : value),
});

/** A `text` column whose values are made storable, in comparisons too. */
export const words = customType<{ data: string; driverData: string }>({ dataType: () => 'text', toDriver: storableText });

/** An instant in epoch milliseconds: exact, and the same in every session's time zone. */
export const instant = (name: string) => bigint(name, { mode: 'number' });
