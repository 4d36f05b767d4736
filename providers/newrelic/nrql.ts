import { type NrqlResult, type NrqlToken, refuse, scan, show } from './scan.ts';

/** One clause: its keyword, and the text up to the next clause. `start` is the position of the keyword, `end` the end of the text. */
export type Clause = {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly tokens: readonly NrqlToken[];
};

/** The parts of a query that we must understand. Clauses may come in any order. */
export type Nrql = {
  readonly text: string;
  readonly select: Clause;
  readonly from: Clause;
  readonly where: Clause | undefined;
  readonly facet: Clause | undefined;
};

const clauseWords = new Set([
  ...['SELECT', 'FROM', 'WHERE', 'FACET', 'WITH', 'EXTRAPOLATE', 'ORDER'],
  ...['SINCE', 'UNTIL', 'TIMESERIES', 'LIMIT', 'OFFSET', 'COMPARE', 'SLIDE', 'PREDICT', 'SHOW'],
]);

const refusedClauses: Readonly<Record<string, string>> = {
  SINCE: 'leave it out: Bakewatch adds the time range',
  UNTIL: 'leave it out: Bakewatch adds the time range',
  TIMESERIES: 'leave it out: Bakewatch adds the length of the ticks',
  LIMIT: 'leave it out: all facets are read',
  OFFSET: 'leave it out: all facets are read',
  COMPARE: 'leave it out, and compare in the rules: relative, regression or drop',
  SLIDE: 'leave it out: ticks do not overlap',
  PREDICT: 'leave it out: only what was measured is judged',
  SHOW: 'write a query such as SELECT count(*) FROM Transaction',
};

const example = "such as SELECT count(*) FROM Transaction WHERE appName = '$service'";

/** Parses a query. Clauses that set the time range or the ticks are refusedClauses: the bake sets them. */
export function parseNrql(text: string): NrqlResult<Nrql> {
  const scanned = scan(text);
  if (!scanned.ok) return scanned;
  const clauses = splitClauses(text, scanned.value);
  const [first] = scanned.value;
  if (first === undefined) return refuse('the query is empty', example);
  if (clauses[0]?.start !== first.at) return refuse(`a query cannot begin with ${show(text)}`, example);
  const seen = new Map<string, Clause>();
  for (const clause of clauses) {
    const hint = refusedClauses[clause.word];
    if (hint !== undefined) return refuse(`a query of a check cannot have ${clause.word}`, hint);
    if (seen.has(clause.word)) return refuse(`the query has two ${clause.word} clauses`, 'join them');
    seen.set(clause.word, clause);
  }
  const [select, from] = [seen.get('SELECT'), seen.get('FROM')];
  if (!select || select.tokens.length === 0) return refuse('the query selects nothing', example);
  if (!from || from.tokens.length === 0) return refuse('the query has no FROM', example);
  return { ok: true, value: { text, select, from, where: seen.get('WHERE'), facet: seen.get('FACET') } };
}

/**
 * Returns the query with the matchers as further conditions and, if given, another selection. An empty `$matchers` leaves an empty WHERE or an AND at
 * the end, which are removed. Never throws: matchers that are not conditions are a problem.
 */
export function compose(
  nrql: Nrql,
  { matchers, select }: { readonly matchers: string; readonly select?: string | undefined },
): NrqlResult<string> {
  const extra = conditionProblem(matchers);
  if (extra !== null) return extra;
  const own = (nrql.where?.text ?? '').replace(/(?:^|\s)AND\s*$/i, '').trim();
  const conditions = matchers.trim() === '' || own === '' ? [own, matchers.trim()] : [`(${own})`, `(${matchers.trim()})`];
  const where = conditions.filter((condition) => condition !== '').join(' AND ');
  const edits = [
    { start: nrql.select.start, end: nrql.select.end, text: `SELECT ${select ?? nrql.select.text}` },
    ...(nrql.where ? [{ start: nrql.where.start, end: nrql.where.end, text: where && `WHERE ${where}` }] : []),
    ...(!nrql.where && where ? [{ start: nrql.from.end, end: nrql.from.end, text: ` WHERE ${where}` }] : []),
  ];
  let text = nrql.text;
  for (const edit of edits.toSorted((a, b) => b.start - a.start)) text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  return { ok: true, value: text.trim() };
}

/** A text and its tokens. The first token is at the beginning of the text. */
export type Piece = Pick<Clause, 'text' | 'tokens'>;

/** Splits a list at the commas outside of parentheses. */
export function listOf({ text, tokens }: Piece): readonly Piece[] {
  const base = tokens[0]?.at ?? 0;
  const items: Piece[] = [];
  let [begin, from] = [0, 0];
  const take = (until: number, end: number): void => {
    items.push({ text: text.slice(begin, end).trim(), tokens: tokens.slice(from, until) });
  };
  for (const [index, token] of tokens.entries()) {
    if (token.text !== ',' || token.depth > 0) continue;
    take(index, token.at - base);
    [begin, from] = [token.at - base + 1, index + 1];
  }
  take(tokens.length, text.length);
  return items;
}

function splitClauses(text: string, tokens: readonly NrqlToken[]): readonly Clause[] {
  const starts = tokens.flatMap((_, index) => (beginsClause(tokens, index) ? [index] : []));
  return starts.map((index, i) => {
    const [word, body] = [tokens[index], tokens.slice(index + 1, starts[i + 1] ?? tokens.length)];
    const start = word?.at ?? 0;
    const last = body.at(-1);
    const end = last ? last.at + last.text.length : start + (word?.text.length ?? 0);
    return { word: word?.text.toUpperCase() ?? '', start, end, text: text.slice(body[0]?.at ?? end, end), tokens: body };
  });
}

/** The word after these is a name, even where it looks like a keyword: FROM Order. */
const beforeNames = new Set(['SELECT', 'FROM', ',']);
const secondWords: Readonly<Record<string, string>> = { ORDER: 'BY', SLIDE: 'BY', COMPARE: 'WITH' };

function beginsClause(tokens: readonly NrqlToken[], index: number): boolean {
  const [before, word, after] = [index - 1, index, index + 1].map((i) => tokens[i]?.text.toUpperCase() ?? '');
  if (tokens[index]?.kind !== 'word' || tokens[index].depth > 0 || !word || !clauseWords.has(word)) return false;
  if (beforeNames.has(before ?? '') || before === 'COMPARE') return false;
  const second = secondWords[word];
  return second === undefined || second === after;
}

function conditionProblem(matchers: string): ReturnType<typeof refuse> | null {
  const scanned = scan(matchers);
  if (!scanned.ok) return refuse(`in the matchers: ${scanned.problem}`, scanned.hint);
  const stray = scanned.value.find(({ kind, text, depth }) => kind === 'word' && depth === 0 && clauseWords.has(text.toUpperCase()));
  return stray ? refuse(`in the matchers: ${stray.text} begins a clause`, "write conditions such as appVersion = '$version'") : null;
}
