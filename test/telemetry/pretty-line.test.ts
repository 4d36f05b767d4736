import { spawnSync } from 'node:child_process';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from '../../src/telemetry/log.ts';
import { prettyLine } from '../../src/telemetry/pretty-line.ts';

/** A terminal that keeps what it gets. */
function terminal({ isTTY = false } = {}) {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { lines, stream: Object.assign(stream, isTTY ? { isTTY, getColorDepth: () => 8, hasColors: () => true } : {}) };
}

const line = (fields: object) =>
  prettyLine(JSON.stringify({ level: 'info', time: '2026-11-21T14:00:15.120Z', ...fields }), terminal().stream);

test('a line for people has the time, the level, the message and the fields', () => {
  expect(line({ level: 'warn', route: '/v1/deploys', status: 401, reason: 'no token', groups: ['a'], msg: 'request refused' })).toBe(
    '14:00:15.120 WARN  request refused  route=/v1/deploys  status=401  reason="no token"  groups=["a"]',
  );
});

test('an error is shown with its stack, one line below the other', () => {
  const text = line({ err: { type: 'Error', message: 'no', stack: 'Error: no\n    at a.ts:1' }, msg: 'pass crashed' });
  expect(text.split('\n')).toEqual(['14:00:15.120 INFO  pass crashed', '    Error: no', '        at a.ts:1']);
});

test('no text of others acts upon the terminal', () => {
  const text = line({ reason: '\u001b[2J\u202e', '\u001b]0;x': 1, msg: 'a\u0007', err: { stack: '\u001b[2J' } });
  expect(text).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u);
});

test('a log for a terminal is made for people, in colors where the terminal has them', () => {
  const plain = terminal();
  createLog('info', { terminal: plain.stream }).info({ service: 'shop' }, 'deploy registered');
  createLog('info', { terminal: plain.stream }).debug({}, 'not asked for');
  expect(plain.lines).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}deploy registered {2}service=shop\n$/)]);
});

test('without a terminal the log is lines of JSON on standard error', () => {
  const program = `import { createLog } from ${JSON.stringify(new URL('../../src/telemetry/log.ts', import.meta.url).href)}; createLog('info').info({ service: 'shop' }, 'started');`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(JSON.parse(stderr)).toEqual({ level: 'info', time: expect.any(String), service: 'shop', msg: 'started' });
});
