import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { onHangup, untilStopSignal } from '../../src/app/signals.ts';

function aProcess() {
  const exits: number[] = [];
  const source = Object.assign(new EventEmitter(), { exit: (code: number) => exits.push(code) });
  return { source, exits };
}

test.for(['SIGTERM', 'SIGINT'])('the first %s is only reported, so that the server can drain', async (name) => {
  const { source, exits } = aProcess();
  const signal = untilStopSignal(source);
  source.emit(name);
  expect(await signal).toBe(name);
  expect(exits).toEqual([]);
});

test('a second signal of either kind ends the process at once', async () => {
  const { source, exits } = aProcess();
  const signal = untilStopSignal(source);
  source.emit('SIGTERM');
  source.emit('SIGINT');
  expect(await signal).toBe('SIGTERM');
  expect(exits).toEqual([1]);
});

test('SIGHUP is only reported, every time, and ends nothing', async () => {
  const { source, exits } = aProcess();
  const hangups: number[] = [];
  onHangup(() => hangups.push(1), source);
  const signal = untilStopSignal(source);
  source.emit('SIGHUP');
  source.emit('SIGHUP');
  source.emit('SIGTERM');
  expect([await signal, hangups.length, exits]).toEqual(['SIGTERM', 2, []]);
});
