/** What the end of a metric's name says about the unit of its values. A name may continue with the word for its type, such as `_total`. */
const endings: readonly (readonly [ending: RegExp, unit: string])[] = [
  [/(?:timestamp|start_time)[._]seconds$/, ''],
  [/(?:milliseconds|millis|[._]ms)$/, 'milliseconds'],
  [/microseconds$/, 'microseconds'],
  [/nanoseconds$/, 'nanoseconds'],
  [/seconds$/, 'seconds'],
  [/bytes$/, 'bytes'],
  [/percent$/, '%'],
  [/ratio$/, 'share'],
  [/celsius$/, 'celsius'],
];

/** Functions whose result has another unit than their argument. */
const countingFunctions =
  /\b(?:count|count_over_time|count_values|absent|absent_over_time|changes|resets|group|sgn|present_over_time)\s*(?:\(|by\b|without\b)/;

/** Guesses the unit of the number that a query returns from the names of its metrics; empty where they say nothing, or not the same. */
export function guessUnit(query: string): string {
  const text = stripped(query);
  const names = namesIn(text);
  if (names.length === 0 || countingFunctions.test(text) || /\bbool\b/.test(text)) return '';
  const average = averageIn(text, names);
  if (average !== null) return average;
  if (/[*/%^]/.test(text)) return '';
  const units = new Set(names.map((name) => unitOfName(name)));
  const [unit = ''] = units.size === 1 ? units : [];
  return isPerSecond(text) && unit !== '' ? (unit === 'seconds' ? '' : `${unit}/second`) : unit;
}

/** Guesses from the name of a counter what it counts, in the plural: `http_requests_total` → "requests"; empty where it does not say. */
export function guessNoun(query: string): string {
  const nouns = namesIn(stripped(query)).map(nounOfName);
  return nouns.every((noun) => noun === nouns[0]) ? (nouns[0] ?? '') : '';
}

/** Guesses the unit of one event of a counter: of time or of bytes, or else what it counts. */
export function guessEventUnit(query: string): string {
  const [name = ''] = namesIn(stripped(query));
  return (/[._]total$/.test(name) && unitOfName(name)) || guessNoun(query);
}

/** The sum of a histogram or summary, divided by its count, has the unit of one observation. */
function averageIn(text: string, names: readonly string[]): string | null {
  const [sum, count] = names;
  if (names.length !== 2 || !sum?.endsWith('_sum') || count !== `${sum.slice(0, -4)}_count`) return null;
  return text.match(/[*/%^]/g)?.join('') === '/' ? unitOfName(sum) : null;
}

function isPerSecond(text: string): boolean {
  return /\b(?:rate|irate|deriv)\s*\(/.test(text) && !/\bhistogram_quantile\b/.test(text);
}

function unitOfName(name: string): string {
  const base = name.replace(/[._](?:total|sum|bucket|max|min|avg|mean)$/, '');
  return endings.find(([ending]) => ending.test(base))?.[1] ?? '';
}

function nounOfName(name: string): string {
  const words = name.toLowerCase().split(/[._:]/);
  if (words.some((word) => word === 'request' || word === 'requests')) return 'requests';
  const last = words.findLast((word) => /[a-z]{2}[^s]s$/.test(word) && !unitOfName(`_${word}`) && !notNouns.has(word));
  return last ?? '';
}

/** Words that end like a plural. */
const notNouns: ReadonlySet<string> = new Set([
  'status',
  'aws',
  'dns',
  'https',
  'nginx',
  'always',
  'has',
  'was',
  'kubernetes',
  'redis',
  'postgres',
  'ingress',
]);

/** The text without what is no metric: labels, strings, ranges, placeholders and groupings. */
function stripped(query: string): string {
  return query
    .replace(/\{\s*(?:__name__\s*=\s*)?"([\w.:]+)"\s*(?=[,}])/g, ' $1{')
    .replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '')
    .replace(/\{[^{}]*\}/g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
}

const keywords: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'offset', 'bool', 'by', 'without', 'on', 'ignoring']);

/** Names that no parenthesis follows: those are functions. */
function namesIn(text: string): readonly string[] {
  const names = text.match(/[A-Za-z_$][\w:.]*(?![\w:.]*\s*\()/g) ?? [];
  return names.filter((name) => name.length > 2 && !keywords.has(name) && !name.startsWith('$'));
}
