import { Secret } from '../core/base/secret.ts';
import { redact, redactAroundCut, redactBeginning } from './redact.ts';

/** What a process printed: plain text, capped and redacted. `merged` keeps the order of the lines of both streams. */
export type OutputText = { readonly stdout: string; readonly stderr: string; readonly merged: string };

/** Collects what a process prints, in bounded memory however much that is. */
export type Output = {
  write(stream: 'stdout' | 'stderr', chunk: Buffer): void;
  /** Both streams while the program runs: whole lines, and nothing that may be the beginning of a secret. */
  soFar(secrets: readonly Secret[]): string;
  /** Everything, at the end. */
  read(secrets: readonly Secret[]): OutputText;
  /** The standard output as it was printed, or `undefined` where a part of it was cut. */
  answer(): Secret | undefined;
};

/** An empty collector that keeps at most `maxBytes` of each stream and of both merged: the beginning and the end. */
export function createOutput(maxBytes: number): Output {
  const streams = { stdout: createCapped(maxBytes), stderr: createCapped(maxBytes) };
  const merged = createCapped(maxBytes);
  const unfinished: Record<'stdout' | 'stderr', Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  return {
    write(stream, chunk) {
      streams[stream].add(chunk);
      const text = Buffer.concat([unfinished[stream], chunk]);
      const end = text.length > longestLine ? text.length : text.lastIndexOf(0x0a) + 1;
      merged.add(text.subarray(0, end));
      unfinished[stream] = text.subarray(end);
    },
    soFar: (secrets) => merged.text(secrets, redactBeginning),
    read(secrets) {
      for (const stream of ['stdout', 'stderr'] as const) merged.add(unfinished[stream]);
      unfinished.stdout = unfinished.stderr = Buffer.alloc(0);
      return { stdout: streams.stdout.text(secrets), stderr: streams.stderr.text(secrets), merged: merged.text(secrets) };
    },
    answer() {
      const whole = streams.stdout.whole();
      return whole === null ? undefined : new Secret(whole.toString('utf8'));
    },
  };
}

/** Streams are merged by whole lines, so that one cannot break up a secret in the other; a line longer than this is not waited for. */
const longestLine = 16 * 1024;

type CappedOutput = {
  add(chunk: Buffer): void;
  text(secrets: readonly Secret[], redactEnd?: typeof redact): string;
  whole(): Buffer | null;
};

function createCapped(maxBytes: number): CappedOutput {
  const half = Math.max(1, Math.floor(maxBytes / 2));
  const head: Buffer[] = [];
  let tail: Buffer[] = [];
  let headBytes = 0;
  let tailBytes = 0;
  let dropped = 0;
  return {
    add(chunk) {
      const first = chunk.subarray(0, half - headBytes);
      if (first.length > 0) head.push(first);
      headBytes += first.length;
      const rest = chunk.subarray(first.length);
      if (rest.length === 0) return;
      tail.push(rest);
      tailBytes += rest.length;
      if (tailBytes <= 2 * maxBytes) return;
      const kept = Buffer.from(Buffer.concat(tail).subarray(-half));
      dropped += tailBytes - kept.length;
      tail = [kept];
      tailBytes = kept.length;
    },
    whole: () => (dropped === 0 && headBytes + tailBytes <= 2 * half ? Buffer.concat([...head, ...tail]) : null),
    text(secrets, redactEnd = redact) {
      const end = Buffer.concat(tail);
      if (headBytes + end.length + dropped <= 2 * half) return redactEnd(plain(Buffer.concat([...head, end])), secrets);
      const last = end.subarray(-half);
      const cut = dropped + end.length - last.length;
      const clean = redactAroundCut(plain(Buffer.concat(head)), plain(last), secrets);
      return `${clean.head}\n… ${cut.toLocaleString('en-US')} bytes cut …\n${redactEnd(clean.tail, secrets)}`;
    },
  };
}

/** Text without colors, cursor movements and control characters: it is stored, mailed and shown on pages. */
function plain(bytes: Buffer): string {
  return bytes.toString('utf8').replace(ansiSequence, '').replace(/\r\n?/g, '\n').replace(controlCharacter, '');
}

const esc = String.fromCharCode(0x1b);
const ansiSequence = new RegExp(`${esc}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${esc}\\u0007]*(?:\\u0007|${esc}\\\\)|[@-Z\\\\^_])`, 'g');
const controlCharacter = /(?![\n\t])\p{Cc}/gu;
