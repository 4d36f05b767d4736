import type { Secret } from '../core/base/secret.ts';

const hidden = '[redacted]';

/**
 * Removes secrets from a text that comes from outside: the given secrets in all usual encodings, then everything that looks like a secret (private keys,
 * authorization headers, `password=…`, well-known token prefixes). Idempotent.
 */
export function redact(text: string, secrets: readonly Secret[] = []): string {
  let clean = text;
  for (const form of formsOf(secrets)) clean = clean.replaceAll(form, hidden);
  for (const [pattern, replacement] of looksSecret) clean = clean.replace(pattern, replacement);
  return clean;
}

/** Redacts both ends of a text without its middle, so that no part of a secret remains next to the cut. */
export function redactAroundCut(
  head: string,
  tail: string,
  secrets: readonly Secret[] = [],
): { readonly head: string; readonly tail: string } {
  const forms = formsOf(secrets);
  let rest = tail.slice(firstLineEnd(tail)).replace(/^(?:(?!-----BEGIN )[\s\S])*?-----END [A-Z0-9 ]*PRIVATE KEY-----/, hidden);
  for (const form of forms) rest = rest.slice(overlapAtStart(rest, form));
  return { head: redactBeginning(head, secrets), tail: redact(rest, secrets) };
}

/** Redacts the beginning of a longer text: removes from its end what may be the beginning of a secret. */
export function redactBeginning(text: string, secrets: readonly Secret[] = []): string {
  let kept = text;
  for (const form of formsOf(secrets)) kept = kept.slice(0, kept.length - overlap(kept, form));
  return redact(kept, secrets);
}

/** All repetitions are bounded: the text comes from outside and must not cause excessive backtracking. */
const looksSecret: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g, hidden],
  [/\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s{0,8}[:=]\s{0,8}["']?)[^\r\n"']+/gi, `$1$2${hidden}`],
  [/\b(bearer)\s{1,8}[\w.~+/=-]{8,}/gi, `$1 ${hidden}`],
  [
    /((?:password|passwd|passphrase|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key)[\w-]{0,20}["']?\s{0,4}[:=]\s{0,4})(?:"[^"\r\n]*"|'[^'\r\n]*'|[^\s"',;&]+)/gi,
    `$1${hidden}`,
  ],
  [/(--?(?:password|passphrase|token|secret|api-key)\s{1,4})[^\s-]\S*/gi, `$1${hidden}`],
  [/(\w:\/\/)[^\s/@]{1,400}@/g, `$1${hidden}@`],
  [/(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g, `$1${hidden}`],
  [/\bxox[a-z](?:\.xox[a-z])?-[\w-]{6,}/g, hidden],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|glsa_|npm_|NRAK-|sk_live_|rk_live_|AKIA)[\w-]{8,}/g, hidden],
  [/\beyJ[\w-]{8,4000}\.[\w-]{8,8000}\.[\w-]{0,2000}/g, hidden],
];

/** All encodings of all secrets, longest first, so that a short one does not split a longer one. */
function formsOf(secrets: readonly Secret[]): readonly string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    const text = secret.reveal();
    const percent = percentEncoded(text);
    const lower = percent.replace(/%../g, (code) => code.toLowerCase());
    for (const form of [text, text.trim(), JSON.stringify(text).slice(1, -1), percent, lower]) forms.add(form);
    if (text.length < 6) continue;
    for (const encoding of ['base64', 'base64url', 'hex'] as const) forms.add(Buffer.from(text).toString(encoding).replace(/=+$/, ''));
    for (const line of text.split(/\r?\n/)) if (line.length >= 8) forms.add(line);
  }
  forms.delete('');
  return [...forms].sort((a, b) => b.length - a.length);
}

/** `encodeURIComponent` throws for a lone surrogate. Such a text has no percent-encoded form. */
function percentEncoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '';
}

/** The length of the longest end of `text` that is a beginning of `form`, from 3 characters on. */
function overlap(text: string, form: string): number {
  for (let size = Math.min(form.length, text.length); size >= 3; size--) if (text.endsWith(form.slice(0, size))) return size;
  return 0;
}

/** The length of the longest beginning of `text` that is an end of `form`, from 3 characters on. */
function overlapAtStart(text: string, form: string): number {
  for (let size = Math.min(form.length, text.length); size >= 3; size--) if (text.startsWith(form.slice(-size))) return size;
  return 0;
}

/** The position of the first whole line in the first 2,000 characters. The text before it may be the end of a line with a secret. */
function firstLineEnd(text: string): number {
  const end = text.slice(0, 2_000).indexOf('\n');
  return end + 1;
}
