import type { Api, DeployBody } from './api.ts';
import { DemoError } from './demo-error.ts';
import type { DemoStory } from './story.ts';

/** How often the newest answer of the checks is told while nothing happens. */
const restlessMs = 5_000;

/** Tells every new line of a deploy's timeline as it comes, and the checks from time to time, until the bake is final. */
export async function follow(api: Api, deploy: DeployBody, story: DemoStory): Promise<DeployBody> {
  let told = 0;
  let spokeAt = Date.now();
  let now = deploy;
  for (;;) {
    for (const { at, text } of now.timeline.slice(told)) {
      story.tell('bakewatch', text, Date.parse(at));
      spokeAt = Date.now();
    }
    told = Math.max(told, now.timeline.length);
    if (now.final) return now;
    const asked = now.checks.filter(({ outcome }) => outcome !== 'not_asked');
    if (asked.length > 0 && Date.now() - spokeAt > restlessMs) {
      for (const { name, outcome, reason } of asked) story.tell('bakewatch', `${name}: ${outcome}: ${reason}`);
      spokeAt = Date.now();
    }
    now = await api.wait(deploy.id, now.bake_version);
  }
}

/** Throws `DemoError`, with the bake's own reasons, where a bake did not end as the story has it. */
export function expectState(deploy: DeployBody, version: string, state: string): void {
  if (deploy.state === state) return;
  throw new DemoError(`${version} should have ended as ${state}, but the bake says: ${deploy.summary}`);
}
