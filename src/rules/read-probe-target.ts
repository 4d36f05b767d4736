import { didYouMean } from '../core/base/did-you-mean.ts';
import type { CommandTarget, HttpTarget, ProbeTarget, TcpTarget } from '../core/rules/probe.ts';
import { probePlaceholders } from '../core/rules/render-probe.ts';
import { placeholdersIn } from '../core/rules/render-query.ts';
import { show } from '../core/rules/written-values.ts';
import type { Cursor } from './cursor.ts';
import { ProbeSection } from './probe-file.ts';

type ProbeKind = ProbeTarget['kind'];

const { shape } = ProbeSection;
const keysByKind: Readonly<Record<ProbeKind, readonly string[]>> = {
  http: ['method', 'send', 'status', 'body', 'body_not', 'header', 'redirects', 'tls_days'],
  tcp: ['tls_days'],
  command: ['ssh', 'cwd'],
};

/** Reads the target of a probe, and reports problems and keys of another kind. Returns `null` if the target is invalid. */
export function readProbeTarget(cursor: Cursor, kind: ProbeKind): ProbeTarget | null {
  for (const other of new Set(Object.values(keysByKind).flat())) {
    if (!keysByKind[kind].includes(other) && cursor.at(other).isPresent)
      cursor.at(other).keyProblem(`does not apply to a probe with \`${kind}\``);
  }
  switch (kind) {
    case 'http':
      return readHttp(cursor);
    case 'tcp':
      return readTcp(cursor);
    case 'command':
      return readCommand(cursor);
  }
}

function readHttp(cursor: Cursor): HttpTarget | null {
  const url = readUrl(cursor.at('http'));
  const send = readTexts(cursor.at('send'));
  const headers = readTexts(cursor.at('header'));
  const contains = readTextWithPlaceholders(cursor.at('body'));
  const lacks = readTextWithPlaceholders(cursor.at('body_not'));
  const method = cursor.at('method').take(shape.method) ?? 'GET';
  if (method === 'HEAD' && (contains ?? lacks) !== null)
    cursor.at('method').problem('the answer to HEAD has no body to search', 'remove `method`');
  const tlsDays = cursor.at('tls_days').take(shape.tls_days) ?? null;
  if (tlsDays !== null && url?.startsWith('http:')) cursor.at('tls_days').keyProblem('needs an https:// URL');
  const status = readStatus(cursor.at('status'));
  const redirects = cursor.at('redirects').take(shape.redirects) ?? 0;
  return url === null ? null : { kind: 'http', method, url, send, status, redirects, contains, lacks, headers, tlsDays };
}

function readUrl(cursor: Cursor): string | null {
  const text = readTextWithPlaceholders(cursor);
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    cursor.problem(`${show(text)} is not a URL`, 'write an http:// or https:// URL, such as https://shop.example.com/healthz');
    return null;
  }
  if (url.username !== '' || url.password !== '') cursor.problem('contains a user or a password', 'rules must not hold secrets');
  if (placeholdersIn(text.split('/').slice(0, 3).join('/')).length > 0)
    cursor.problem('has a placeholder in its host', 'placeholders may stand only in the path and the query');
  return text;
}

function readStatus(cursor: Cursor): HttpTarget['status'] {
  const written = cursor.take(shape.status);
  if (written === undefined) return [{ from: 200, to: 299 }];
  return [written].flat().map((one, i) => {
    const [from = 0, to = from] = String(one).split('-').map(Number);
    if (from > to) (cursor.items[i] ?? cursor).problem(`${from} is more than ${to}`, `write ${to}-${from}`);
    return { from, to };
  });
}

function readTcp(cursor: Cursor): TcpTarget | null {
  const at = cursor.at('tcp');
  const text = at.take(shape.tcp);
  if (text === undefined) return null;
  const [, v6, name, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text) ?? [];
  const [host, port] = [v6 ?? name, Number(digits)];
  if (host !== undefined && port >= 1 && port <= 65_535)
    return { kind: 'tcp', host, port, tlsDays: cursor.at('tls_days').take(shape.tls_days) ?? null };
  at.problem(`${show(text)} is not a host and a port`, 'write HOST:PORT, such as shop.example.com:443');
  return null;
}

function readCommand(cursor: Cursor): CommandTarget | null {
  const at = cursor.at('command');
  const ssh = cursor.at('ssh').take(shape.ssh) ?? null;
  const cwd = cursor.at('cwd').take(shape.cwd) ?? null;
  if (ssh !== null && cwd !== null)
    cursor.at('cwd').keyProblem('applies only to a command on the machine of the server', 'remove `cwd` or `ssh`');
  if (cwd !== null && placeholdersIn(cwd).length > 0)
    cursor.at('cwd').problem('contains a placeholder', 'placeholders may stand only in arguments');
  const argv = at.take(shape.command);
  const [program, ...args] = argv ?? [];
  if (program === undefined) return null;
  if (program === '' || program.startsWith('-')) at.at(0).problem(`${show(program)} is not a program`);
  if (placeholdersIn(program).length > 0) at.at(0).problem('the program itself must not contain a placeholder');
  for (const [i, text] of [program, ...args].entries()) {
    if (text.includes('\0')) at.at(i).problem('contains a NUL character');
    if (i > 0) placeholderProblems(at.at(i), text);
  }
  return { kind: 'command', argv: [program, ...args], cwd, ssh };
}

function readTextWithPlaceholders(cursor: Cursor): string | null {
  const text = cursor.take(shape.body) ?? null;
  if (text !== null) placeholderProblems(cursor, text);
  return text;
}

function readTexts(cursor: Cursor): Readonly<Record<string, string>> {
  const texts = cursor.take(shape.send) ?? {};
  for (const [name, text] of Object.entries(texts)) {
    placeholderProblems(cursor.at(name), text);
    if (/^(proxy-)?authorization$|^cookie$|token|secret|api-?key/i.test(name))
      cursor.at(name).keyProblem('looks like a secret', 'rules must not hold secrets: use an address that needs none');
    if (!/^[ -~]*$/.test(text)) cursor.at(name).problem('must be one line of printable ASCII');
  }
  return texts;
}

function placeholderProblems(cursor: Cursor, text: string): void {
  for (const name of placeholdersIn(text)) {
    if (probePlaceholders.some((known) => known === name)) continue;
    const known = probePlaceholders.map((each) => `$${each}`);
    cursor.problem(`a probe has no placeholder $${name.slice(0, 60)}`, `${didYouMean(`$${name}`, known)}; a plain dollar sign is $$`);
  }
}
