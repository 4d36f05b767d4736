import type { Api, DeployBody } from './api.ts';
import { DemoError } from './demo-error.ts';
import type { DemoStory } from './story.ts';

/** How often the newest answers of the checks are printed while nothing happens. */
const idleMs = 5_000;

/** Prints every new line of a deploy's timeline, and the checks now and then, until the bake is final. */
export async function follow(api: Api, deploy: DeployBody, story: DemoStory): Promise<DeployBody> {
  let printed = 0;
  let printedAt = Date.now();
  let now = deploy;
  for (;;) {
    for (const { at, text } of now.timeline.slice(printed)) {
      story.event('bakewatch', text, Date.parse(at));
      printedAt = Date.now();
    }
    printed = Math.max(printed, now.timeline.length);
    if (now.final) return now;
    const asked = now.checks.filter(({ outcome }) => outcome !== 'not_asked');
    if (asked.length > 0 && Date.now() - printedAt > idleMs) {
      for (const { name, outcome, headline } of asked) story.event('bakewatch', `${name}: ${outcome}: ${headline}`);
      printedAt = Date.now();
    }
    now = await api.wait(deploy.id, now.bake_version);
  }
}

/** Throws `DemoError`, with the bake's own summary, where a bake did not end in the expected state. */
export function expectState(deploy: DeployBody, version: string, state: string): void {
  if (deploy.state === state) return;
  throw new DemoError(`the bake of ${version} should have ended as ${state}, but it is: ${deploy.summary}`);
}
