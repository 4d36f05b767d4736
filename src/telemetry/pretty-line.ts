import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { visibleText } from '../core/base/visible-text.ts';

const colors = { fatal: 'red', error: 'red', warn: 'yellow', info: 'green', debug: 'gray' } as const;

/**
 * A line of the log for people: "14:00:15.120 WARN  request refused  route=/v1/deploys status=401". The time is UTC. Errors follow with their stack, one line
 * below the other. Texts of others cannot move the cursor. Colors are used where `terminal` has them.
 */
export function prettyLine(json: string, terminal: Writable): string {
  const { level, time, msg, err, ...fields }: LogFields = JSON.parse(json);
  const paint = (color: Parameters<typeof styleText>[0], text: string) => styleText(color, text, { stream: terminal });
  const word = String(level).toUpperCase().padEnd(5);
  const color = Object.entries(colors).find(([name]) => name === level)?.[1];
  const values = Object.entries(fields).map(([name, value]) => `${paint('dim', `${visibleText(name)}=`)}${valueText(value)}`);
  const clock = paint('dim', String(time).slice(11, 23));
  const head = [clock, color === undefined ? word : paint(color, word), visibleText(String(msg))].join(' ');
  const below = errorLines(err).map((line) => `    ${visibleText(line)}`);
  return [[head, ...values].join('  '), ...below].join('\n');
}

type LogFields = Readonly<Record<string, unknown>> & { readonly err?: { readonly stack?: unknown; readonly message?: unknown } };

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return visibleText(typeof value === 'string' && /^$|[\s"=]/.test(text) ? JSON.stringify(text) : text);
}

function errorLines(err: LogFields['err']): readonly string[] {
  if (err === undefined || err === null) return [];
  return String(err.stack ?? err.message ?? JSON.stringify(err)).split('\n');
}
