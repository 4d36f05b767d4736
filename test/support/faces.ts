import { Writable } from 'node:stream';
import { Command } from 'commander';
import { presentDeploy } from '../../src/api/present.ts';
import { addStatusCommand } from '../../src/cli/status-command.ts';
import { waitFor } from '../../src/cli/wait.ts';
import { buildReport } from '../../src/core/report/report.ts';
import { noticeFor } from '../../src/effects/notice-for.ts';
import { slackMessage } from '../../src/notifiers/slack-message.ts';
import { deployPage } from '../../src/web/deploy-page.ts';
import { renderReport } from '../../src/web/render-report.ts';
import { textsIn } from './any-notice.ts';
import { v1 } from './builders.ts';
import type { FaceStory } from './face-stories.ts';
import { fakeClient } from './fake-client.ts';

const baseUrl = 'https://bake.example.com';

/** The page of a story's deploy, as HTML. */
export async function pageOfStory({ details, now }: FaceStory): Promise<string> {
  return String(await deployPage(details, { viewer: { caller: null, theme: null }, now }));
}

/** The report of a story's deploy, as HTML. */
export async function reportOfStory({ details, now }: FaceStory): Promise<string> {
  return await renderReport.html(buildReport({ ...details, at: now, previous: v1 }), `${baseUrl}/deploys/d2`);
}

/** What people read of a story on each face, as lines. Drawings, and the tables of their values, are left out. */
export async function readFaces(story: FaceStory): Promise<ReadonlyMap<string, readonly string[]>> {
  const { details, now, notice } = story;
  const effect = { id: 'n', bakeId: 'd2', kind: 'notify', notifier: 'team', notice: { kind: 'notify', at: now, ...notice } } as const;
  const { record, measurements } = details;
  const built = noticeFor(effect, { record, measurements, publicUrl: baseUrl, template: {}, actLinks: [] });
  const report = buildReport({ ...details, at: now, previous: v1 });
  const message = slackMessage(built);
  // `text` is what a notification shows instead of the message.
  const slack = textsIn([message.blocks, message.attachments]).flatMap((text) => text.split('\n'));
  return new Map([
    ['page', linesOf(await pageOfStory(story))],
    ['report', linesOf(await reportOfStory(story))],
    ['report in Markdown', (await renderReport.md(report, `${baseUrl}/deploys/d2`)).replaceAll(/\\(.)/g, '$1').split('\n')],
    ['Slack', slack],
    ['pager', [built.summary]],
    ['status', await printed(story, 'status')],
    ['status of one', await printed(story, 'status of one')],
    ['--wait', await printed(story, '--wait')],
  ]);
}

/** The words of a page, one line an element. */
function linesOf(page: string): readonly string[] {
  return page
    .replace(/<style>[^<]*<\/style>|<title>[^<]*<\/title>|<svg[\s\S]*?<\/svg>|<table class="list drawn">[\s\S]*?<\/table>/g, '')
    .replace(/<\/?(?:time|b|code|span)\b[^>]*>/g, '')
    .replace(/<[^>]*>/g, '\n')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What the command line prints. `--wait`: the result of a wait that begins now; a bake under way is canceled after the first answer. */
async function printed({ details, now }: FaceStory, command: 'status' | 'status of one' | '--wait'): Promise<readonly string[]> {
  let text = '';
  const out = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk);
      done();
    },
  });
  const io = { out, err: out, isTerminal: false, now: () => now, sleep: async () => {} };
  const deploy = presentDeploy(details, baseUrl);
  let calls = 0;
  const client = fakeClient(({ path }) => {
    if (path === '/v1/freeze') return { freezes: [] };
    calls += 1;
    const isSecond = command === '--wait' && calls > 1 && !deploy.final;
    if (path.includes('?limit')) return { deploys: [deploy] };
    return { ...deploy, ...(isSecond && { state: 'canceled', final: true, explained: [], asides: [], checks: [] }) };
  });
  if (command === '--wait') {
    await waitFor(client, io, { id: deploy.id, timeoutMs: null, json: false });
  } else {
    const program = new Command();
    addStatusCommand(program, { io, client: () => client, done: () => {} });
    await program.parseAsync(command === 'status' ? ['status'] : ['status', deploy.id], { from: 'user' });
  }
  return text.split('\n').filter((line) => line.trim() !== '');
}
