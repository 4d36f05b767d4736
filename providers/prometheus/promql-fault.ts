import { nearest } from '../../src/core/base/did-you-mean.ts';
import { unquote, wrongEscape } from './literals.ts';
import { isCallable, type PromqlNode, parsePromql } from './promql.ts';
import { callNames, isAggregation, isKeyword } from './promql-names.ts';
import { isClosed, type PromqlToken, promqlTokens } from './promql-tokens.ts';
import { regexProblem } from './regex-problem.ts';

/** What is wrong with a query, in words, and where: `at` counts characters from 0. */
export type PromqlFault = { readonly at: number; readonly message: string; readonly hint: string };

/** The expression of a query, or the first fault of it. */
export type PromqlReading = { readonly expression: PromqlNode } | { readonly fault: PromqlFault };

/** A longer text takes the parser too long. Rule files have at most 10,000 characters. */
const maxLength = 65_536;

/**
 * Reads a query. Finds the first fault that Prometheus' grammar, its texts or its regular expressions have. `written`: the same query with placeholders,
 * for the words.
 */
export function readPromql(query: string, written: string = query): PromqlReading {
  if (query.length > maxLength) return { fault: fault(0, `the text has ${query.length} characters`, `the maximum is ${maxLength}`) };
  const parsed = parsePromql(query);
  const tokens = promqlTokens(query, written);
  const errorAt = 'errorAt' in parsed ? parsed.errorAt : Number.POSITIVE_INFINITY;
  for (const [i, token] of tokens.entries()) {
    const isWrong = token.at + Math.max(1, token.text.length) > errorAt;
    const first = textFault(token, tokens[i - 1]) ?? (isWrong ? describe(tokens, i) : null);
    if (first !== null) return { fault: first };
  }
  const expression = 'tree' in parsed ? parsed.tree.topNode.firstChild : null;
  return expression === null ? { fault: fault(0, 'the query is empty', 'write an expression') } : { expression };
}

/** The first fault of a query, or `null`. */
export function findFault(query: string, written?: string): PromqlFault | null {
  const reading = readPromql(query, written);
  return 'fault' in reading ? reading.fault : null;
}

function textFault(token: PromqlToken, before: PromqlToken | undefined): PromqlFault | null {
  if (token.kind !== 'text') return null;
  if (!isClosed(token)) return fault(token.at, `the text ${show(token)} has no closing quote`, `end it with ${token.text.charAt(0)}`);
  const wrong = wrongEscape(token.text);
  if (wrong !== null) {
    const hint = `write the backslash twice, ${wrong.sign.replace('\\', '\\\\')}, or put the text between backticks`;
    return fault(token.at + wrong.at, `\`${wrong.sign}\` means nothing inside of quotes`, hint);
  }
  if (before === undefined || !/^[=!]~$/.test(before.text)) return null;
  const problem = regexProblem(unquote(token.text) ?? '');
  return problem === null
    ? null
    : fault(token.at, `the regular expression ${show(token)} ${problem}`, 'to match a sign itself, put it in brackets: [.]');
}

/** What the grammar says about token `i`, which it did not expect. */
function describe(tokens: readonly PromqlToken[], i: number): PromqlFault {
  const token = tokens[i] ?? { kind: 'end', text: '', written: '', at: 0 };
  const before = tokens[i - 1];
  const open = openAt(tokens, i);
  return unknownCall(tokens, i) ?? repetition(token, before) ?? wrongBracket(token, open) ?? inPlace({ token, before, open, tokens, i });
}

/** `rte(x)`: a name before a parenthesis that is no function. */
function unknownCall(tokens: readonly PromqlToken[], i: number): PromqlFault | null {
  const [token, name] = [tokens[i], tokens[i - 1]];
  if (token?.text !== '(' || name?.kind !== 'word' || isCallable(name.text)) return null;
  const near = nearest(name.text, callNames);
  const hint =
    near === null
      ? 'functions are such as rate or increase; those of VictoriaMetrics need `flavor: victoriametrics` in the config'
      : `did you mean \`${near}\`?`;
  return fault(name.at, `there is no function \`${name.text.slice(0, 40)}\``, hint);
}

function repetition(token: PromqlToken, before: PromqlToken | undefined): PromqlFault | null {
  if (before === undefined || token.kind === 'end' || token.text.toLowerCase() !== before.text.toLowerCase()) return null;
  if (token.kind === 'word' || token.text === ',') return fault(token.at, `${show(token)} is written twice`, 'remove one of them');
  return null;
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The innermost bracket that is open before token `i`, with the word before it. */
function openAt(tokens: readonly PromqlToken[], i: number): OpenBracket | null {
  const stack: OpenBracket[] = [];
  for (const [k, token] of tokens.slice(0, i).entries()) {
    if (closing[token.text] !== undefined) stack.push({ token, name: tokens[k - 1] });
    else if (token.kind === 'sign' && Object.values(closing).includes(token.text)) stack.pop();
  }
  return stack.at(-1) ?? null;
}

type OpenBracket = { readonly token: PromqlToken; readonly name: PromqlToken | undefined };

function wrongBracket(token: PromqlToken, open: OpenBracket | null): PromqlFault | null {
  if (token.kind === 'end' && open !== null) {
    const end = closing[open.token.text] ?? '';
    const name = open.name?.kind === 'word' ? open.name.text.slice(0, 40) : '';
    return fault(token.at, `\`${name}${open.token.text}\` is not closed: expected \`${end}\`, found the end`, `add \`${end}\``);
  }
  const opener = Object.keys(closing).find((sign) => closing[sign] === token.text);
  if (token.kind !== 'sign' || opener === undefined) return null;
  if (open === null) return fault(token.at, `\`${token.text}\` closes nothing`, `remove it, or add the \`${opener}\` that it closes`);
  const wanted = closing[open.token.text] ?? '';
  if (wanted === token.text) return null;
  return fault(token.at, `expected \`${wanted}\`, which closes \`${open.token.text}\`, found ${show(token)}`, `add \`${wanted}\``);
}

type FaultPlace = {
  readonly token: PromqlToken;
  readonly before: PromqlToken | undefined;
  readonly open: OpenBracket | null;
  readonly tokens: readonly PromqlToken[];
  readonly i: number;
};

function inPlace(place: FaultPlace): PromqlFault {
  const { token, before, open } = place;
  if (open?.token.text === '{') return inBraces(place);
  if (open?.token.text === '[') return found(token, 'a duration such as 5m', 'durations are such as 30s, 5m, 1h or 7d');
  if (open !== null && isLabelList(open)) return found(token, 'names of labels, such as by (job, code)', 'separate them with commas');
  if (before === undefined)
    return found(token, 'a metric, a number or a function', 'write a query such as sum(rate(http_requests_total[5m]))');
  if (before.text.toLowerCase() === 'offset') return found(token, 'a duration such as 5m', 'write it as in offset 1d');
  return isOperator(before) ? missingOperand(token, before) : missingOperator(place);
}

/** `by (…)` and its like hold names of labels. */
function isLabelList({ name }: OpenBracket): boolean {
  return name?.kind === 'word' && /^(by|without|on|ignoring|group_left|group_right)$/i.test(name.text);
}

function inBraces({ token, before, tokens, i }: FaultPlace): PromqlFault {
  const label = tokens[i - 2];
  if (before?.text === '{' || before?.text === ',') {
    const hint = token.text === ',' ? 'remove the comma' : 'names of labels have no quotes, or double ones: "service.name"="shop"';
    return found(token, 'a condition such as job="shop"', hint);
  }
  if (before !== undefined && /^(=|!=|=~|!~)$/.test(before.text)) {
    const name = label?.written.slice(0, 40) ?? 'the label';
    if (/^[=~!]+$/.test(token.text)) return fault(token.at, `\`${before.text}${token.text}\` is no operator`, 'write =, !=, =~ or !~');
    return fault(token.at, `the value of ${name} must be in quotes, such as ${name}="…"`, `found ${show(token)}`);
  }
  if (before?.kind === 'word') {
    const hint = token.text === '==' ? 'write one =' : 'write =, !=, =~ or !~, and a value in quotes';
    return found(token, `a condition such as ${before.written.slice(0, 40)}="shop"`, hint);
  }
  return found(token, 'a comma or }', 'separate the conditions with commas; a quote may be missing before this place');
}

function missingOperand(token: PromqlToken, before: PromqlToken): PromqlFault {
  return found(token, `a metric, a number or a function after \`${before.text}\``, `remove \`${before.text}\`, or write what follows it`);
}

function missingOperator({ token, before, tokens, i }: FaultPlace): PromqlFault {
  const word = token.text.toLowerCase();
  if (token.text === ':') return found(token, 'an operator or the end', 'a colon belongs into a name or into a range such as [1h:1m]');
  if (token.text === '=') return found(token, 'an operator', 'write == to compare');
  if (word === 'by' || word === 'without')
    return fault(token.at, `\`${word} (…)\` belongs to an aggregation`, `write it as in sum ${word} (job) (…)`);
  if (before !== undefined && isAggregation(before.text)) return found(token, `\`(\` after ${before.text}`, `write ${before.text}(…)`);
  if (before?.text === ')' && isAfterLabels(tokens, i))
    return found(token, '`(` with what is aggregated', 'write it as in sum by (job) (…)');
  if (before !== undefined && isKeyword(before.text)) return found(token, `\`(\` after ${before.text}`, `write ${before.text} (…)`);
  if (token.kind === 'end') return found(token, 'more', 'the query ends too early');
  return found(token, 'an operator such as + or and, or the end', `${show(before)} and ${show(token)} have nothing between them`);
}

/** Whether token `i` follows the `(…)` of `sum by (…)`. */
function isAfterLabels(tokens: readonly PromqlToken[], i: number): boolean {
  const start = tokens.slice(0, i).findLastIndex(({ text }) => text === '(');
  return /^(by|without)$/i.test(tokens[start - 1]?.text ?? '');
}

function isOperator({ kind, text }: PromqlToken): boolean {
  return kind === 'sign' ? !/^[)\]}]$/.test(text) : /^(and|or|unless|bool|atan2)$/i.test(text);
}

function found(token: PromqlToken, expected: string, hint: string): PromqlFault {
  return fault(token.at, `expected ${expected}, found ${show(token)}`, hint);
}

function fault(at: number, message: string, hint: string): PromqlFault {
  return { at, message, hint };
}

function show(token: PromqlToken | undefined): string {
  if (token === undefined || token.kind === 'end') return 'the end';
  return `\`${token.written.length > 40 ? `${token.written.slice(0, 40)}…` : token.written}\``;
}
