import { describe, expect, test } from 'vitest';
import { faceStories } from '../support/face-stories.ts';
import { readFaces } from '../support/faces.ts';

/** Faces that repeat a sentence by their nature: the log of a wait and its result, which goes to another stream. */
const minSentence = 30;

/** The sentences of a face that are long enough to be one: a reader notices when they come twice. */
function repeatsIn(lines: readonly string[]): readonly string[] {
  const sentences = lines.flatMap((line) => line.split(/[|•;]|\. |\*\*/)).map((text) => text.replace(/^[\s>#-]*(?:[a-z]+: )*/i, '').trim());
  const long = sentences.filter((text) => text.length >= minSentence && !/^https?:|-{3}/.test(text));
  return [...new Set(long.filter((text, i) => long.indexOf(text) !== i))];
}

describe.for(faceStories)('of $name', (story) => {
  test('every face shows the same headline', async () => {
    const faces = await readFaces(story);
    const without = [...faces].filter(([, lines]) => !lines.join('\n').includes(story.headline.replace(/^\w+: /, '')));
    expect(without.map(([face]) => face)).toEqual([]);
    expect([...faces.keys()]).toEqual(['page', 'report', 'report in Markdown', 'Slack', 'pager', 'status', 'status of one', '--wait']);
  });

  test('no face says a sentence twice', async () => {
    for (const [face, lines] of await readFaces(story)) expect({ face, repeats: repeatsIn(lines) }).toEqual({ face, repeats: [] });
  });

  test('no face names the end of a bake that is past', async () => {
    const { bake } = story.details.record;
    if (bake.state !== 'baking') return;
    const past = new Date(bake.endsAt).toISOString().slice(11, 19);
    for (const [face, lines] of await readFaces(story))
      expect({ face, isPast: lines.join('\n').includes(past) }).toEqual({ face, isPast: false });
  });
});

describe('what only some faces must say', () => {
  const linesOf = async (name: string, face: string) => {
    const story = faceStories.find((one) => one.name === name);
    if (story === undefined) throw new Error(`there is no story ${name}`);
    return ((await readFaces(story)).get(face) ?? []).join('\n');
  };

  test.for(['page', 'report', 'Slack', 'status of one', '--wait'])('the check that proves nothing is marked: %s', async (face) => {
    const text = await linesOf('a pass with an unproven check', face);
    expect(text).toMatch(/unproven/);
    expect(text).toContain('no series has ever matched status="500"; the label status_class has 2xx, 4xx and 5xx');
  });

  test.for(['page', 'report', 'Slack', 'status of one', '--wait'])('the check that was blind all the time is named: %s', async (face) => {
    const text = await linesOf('a failure that was not rolled back', face);
    expect(text).toContain('parse error: unclosed parenthesis');
    expect(text).toContain('3 orders a minute, was 5');
    expect(text).not.toMatch(/rolled back: no\b/);
  });

  test.for(['page', 'status', 'status of one', '--wait'])('an extension says until when: %s', async (face) => {
    expect(await linesOf('an undecided bake that was extended', face)).toMatch(/extended until 14:17:00 UTC/i);
  });

  test.for(['page', 'Slack', 'report', 'status of one', '--wait'])('below the headline is compared with what: %s', async (face) => {
    expect(await linesOf('a slow release that was rolled back and recovered', face)).toContain('very sure: one healthy bake in 10,000');
  });
});
