import { describe, expect, test } from 'vitest';
import { filesBelow, read } from '../meta/tree.ts';
import { harmfulStatements } from '../support/additive-migration.ts';

describe('an older replica survives', () => {
  const [, ...later] = filesBelow('drizzle')
    .filter((file) => file.endsWith('.sql'))
    .toSorted();

  test('there are migrations after the first', () => {
    expect(later.length).toBeGreaterThan(5);
  });

  test.for(later)('%s', (file) => {
    const why = 'an older replica runs on: add first, and remove in a later version, with a comment "-- safe for replicas from 0.3.0: why"';
    expect(harmfulStatements(read(file)), why).toEqual([]);
  });
});

describe('what an older replica may not survive is found', () => {
  test.for([
    'DROP TABLE "bakewatch"."marks";',
    'ALTER TABLE "bakewatch"."marks" DROP COLUMN "why";',
    'ALTER TABLE "bakewatch"."marks" RENAME COLUMN "why" TO "reason";',
    'ALTER TABLE "bakewatch"."marks" RENAME TO "signs";',
    'ALTER TABLE "bakewatch"."marks" ALTER COLUMN "at" SET DATA TYPE text;',
    'ALTER TABLE "bakewatch"."marks" ALTER COLUMN "why" SET NOT NULL;',
    'ALTER TABLE "bakewatch"."marks" ADD COLUMN "who" text NOT NULL;',
    'ALTER TABLE "bakewatch"."marks" ADD COLUMN "who" text UNIQUE;',
    'ALTER TABLE "bakewatch"."marks" ADD COLUMN "who" text, DROP COLUMN "why";',
    'ALTER TABLE "bakewatch"."marks" ADD CONSTRAINT "one" UNIQUE("why");',
    'CREATE UNIQUE INDEX "one" ON "bakewatch"."marks" USING btree ("why");',
    'TRUNCATE "bakewatch"."marks";',
    `DELETE FROM "bakewatch"."marks" WHERE why = 'a;b';`,
    'DROP INDEX "bakewatch"."bakes_due";',
  ])('%s', (statement) => {
    const migration = `CREATE INDEX "i" ON "bakewatch"."marks" ("at");--> statement-breakpoint\n${statement}`;
    expect(harmfulStatements(migration)).toEqual([statement.slice(0, -1)]);
  });

  test('also behind another statement, and a comment for one does not allow the next', () => {
    const allowed = '-- safe for replicas from 0.3.0: nothing reads it since then\nDROP TABLE "a"';
    expect(harmfulStatements(`${allowed};\nDROP TABLE "b";`)).toEqual(['DROP TABLE "b"']);
    expect(harmfulStatements('-- safe\nDROP TABLE "a";')).toEqual(['DROP TABLE "a"']);
  });
});

test.for([
  'ALTER TABLE "bakewatch"."marks" ADD COLUMN "who" text;',
  `ALTER TABLE "bakewatch"."marks" ADD COLUMN "who" text DEFAULT ';' NOT NULL;`,
  'CREATE INDEX "i" ON "bakewatch"."marks" USING btree ("why");',
  'CREATE TABLE "new" ("id" text NOT NULL);--> statement-breakpoint\nALTER TABLE "new" ADD CONSTRAINT "u" UNIQUE("id");\nCREATE UNIQUE INDEX "v" ON "new" ("id");',
  '-- safe for replicas from 0.3.0: nothing reads this column since then\nALTER TABLE "bakewatch"."marks" DROP COLUMN "why";',
  '-- nothing',
])('harmless: %s', (migration) => {
  expect(harmfulStatements(migration)).toEqual([]);
});
