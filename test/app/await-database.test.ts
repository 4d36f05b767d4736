import { expect, test } from 'vitest';
import { awaitDatabase } from '../../src/app/await-database.ts';
import { AppError } from '../../src/core/base/errors.ts';
import { onDatabase } from '../../src/store/failures.ts';
import { silentLog } from '../support/database.ts';

const failing = (code: string) => onDatabase('connect', () => Promise.reject(Object.assign(new Error(`code ${code}`), { code })));

/** Opens a database that fails with each of the codes in turn, and then answers. */
async function opening(codes: readonly string[], options: { readonly maxMs?: number; readonly signal?: AbortSignal } = {}) {
  const lines: string[] = [];
  const away: string[] = [];
  const left = [...codes];
  const log = { ...silentLog, warn: (_: object, text: string) => lines.push(text), info: (_: object, text: string) => lines.push(text) };
  const open = async () => {
    const code = left.shift();
    return code === undefined ? 'open' : await failing(code);
  };
  const onAway = async (reason: string) => {
    away.push(reason);
  };
  const result = await awaitDatabase(open, {
    database: 'db:5432',
    pauseMs: 1,
    signal: new AbortController().signal,
    log,
    onAway,
    ...options,
  }).catch((error: unknown) => error);
  return { result, lines, away };
}

test('a start waits for a database that is away, and logs each reason once', async () => {
  const refused = 'the database cannot be reached (connect): connection refused';
  const { result, lines, away } = await opening(['ECONNREFUSED', 'ECONNREFUSED', '57P03', 'ECONNREFUSED']);
  expect(result).toBe('open');
  expect(away).toEqual([refused, refused, 'the database cannot be reached (connect): code 57P03', refused]);
  expect(lines).toEqual([...Array(3).fill('waiting for the database'), 'the database answers']);
});

test('a database that is there is opened without a word', async () => {
  expect(await opening([])).toEqual({ result: 'open', lines: [], away: [] });
});

test.for(['28P01', '3D000', 'CERT_HAS_EXPIRED', 'XX000'])('what waiting does not change ends the start at once: %s', async (code) => {
  const { result, away } = await opening([code, code]);
  expect(result).toMatchObject({ message: expect.stringContaining(code === 'CERT_HAS_EXPIRED' ? 'its certificate has expired' : code) });
  expect(away).toEqual([]);
});

test('a start gives up in one sentence', async () => {
  const { result } = await opening(['ECONNREFUSED', 'ECONNREFUSED'], { maxMs: 0 });
  expect(result).toEqual(new AppError('unavailable', 'the database cannot be reached (connect): connection refused; waited 0s for it'));
});

test('a stop ends the wait', async () => {
  const { result } = await opening(['ECONNREFUSED', 'ECONNREFUSED'], { signal: AbortSignal.abort() });
  expect(result).toMatchObject({ message: 'stopped while waiting for the database' });
});
