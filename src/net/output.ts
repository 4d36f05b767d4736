import { Secret } from '../core/base/secret.ts';
import { redact, redactAroundCut, redactBeginning } from './redact.ts';

/** What a process printed: plain text, limited in size and redacted. `merged` has the lines of both streams in their order. */
export type OutputText = { readonly stdout: string; readonly stderr: string; readonly merged: string };

/** Collects what a process prints, in limited memory. */
export type Output = {
  write(stream: 'stdout' | 'stderr', chunk: Buffer): void;
  /** Both streams up to now: whole lines, without anything that may be the beginning of a secret. */
  soFar(secrets: readonly Secret[]): string;
  /** Both streams after the end of the process. */
  read(secrets: readonly Secret[]): OutputText;
  /** The unchanged standard output, or `undefined` if a part of it was cut. */
  answer(): Secret | undefined;
};

/** Creates a collector that keeps at most `maxBytes` of each stream and of both merged: the beginning and the end. */
export function createOutput(maxBytes: number): Output {
  const streams = { stdout: createCappedBuffer(maxBytes), stderr: createCappedBuffer(maxBytes) };
  const merged = createCappedBuffer(maxBytes);
  const unfinished: Record<'stdout' | 'stderr', Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  return {
    write(stream, chunk) {
      streams[stream].add(chunk);
      const text = Buffer.concat([unfinished[stream], chunk]);
      const end = text.length > maxLineBytes ? text.length : text.lastIndexOf(0x0a) + 1;
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

/** Streams are merged by whole lines, so that one stream cannot split a secret of the other. A longer line is merged before its end. */
const maxLineBytes = 16 * 1024;

type CappedBuffer = {
  add(chunk: Buffer): void;
  text(secrets: readonly Secret[], redactEnd?: typeof redact): string;
  whole(): Buffer | null;
};

function createCappedBuffer(maxBytes: number): CappedBuffer {
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
      if (headBytes + end.length + dropped <= 2 * half) return redactEnd(toPlainText(Buffer.concat([...head, end])), secrets);
      const last = end.subarray(-half);
      const cut = dropped + end.length - last.length;
      const clean = redactAroundCut(toPlainText(Buffer.concat(head)), toPlainText(last), secrets);
      return `${clean.head}\n… ${cut.toLocaleString('en-US')} bytes cut …\n${redactEnd(clean.tail, secrets)}`;
    },
  };
}

/** Removes colors, cursor movements and control characters: the text is stored, mailed and shown on pages. */
function toPlainText(bytes: Buffer): string {
  return bytes.toString('utf8').replace(ansiSequence, '').replace(/\r\n?/g, '\n').replace(controlCharacter, '');
}

const esc = String.fromCharCode(0x1b);
const ansiSequence = new RegExp(`${esc}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${esc}\\u0007]*(?:\\u0007|${esc}\\\\)|[@-Z\\\\^_])`, 'g');
const controlCharacter = /(?![\n\t])\p{Cc}/gu;
