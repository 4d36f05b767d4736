import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError, type YAMLMap } from 'yaml';
import type { Problems } from './problems.ts';
import { textPlaces } from './text-places.ts';
import type { Body, FilePosition, Tree } from './tree.ts';

const maxCharacters = 256 * 1024;
const maxValues = 20_000;
const maxDepth = 30;
const maxSyntaxErrors = 20;

type YamlReading = {
  readonly text: string;
  readonly placeOf: (offset: number) => FilePosition;
  readonly problems: Problems;
  readonly anchors: Map<string, Node>;
  values: number;
};

/** A file is too large or too deep. The problem is already reported. */
class LimitReached extends Error {}

/**
 * Parses a YAML 1.2 document to a tree of values with their positions. Returns `null` and reports problems if it is invalid or too large.
 * Aliases are resolved. Each use counts for the limits.
 */
export function readYaml(text: string, file: string, problems: Problems): Tree | null {
  const lines = new LineCounter();
  const placeOf = (offset: number): FilePosition => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (text.length > maxCharacters) {
    report(problems, placeOf(0), `the file has ${text.length} characters`, `the maximum is ${maxCharacters}`);
    return null;
  }
  // Duplicate keys are found here and not by the library, whose search takes seconds on a large map.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  const all = [...document.errors, ...document.warnings];
  const tooDeep = all.filter(({ code }) => code === 'RESOURCE_EXHAUSTION').slice(0, 1);
  const wrong = tooDeep.length > 0 ? tooDeep : all;
  for (const error of withoutFollowUps(wrong).slice(0, maxSyntaxErrors))
    reportSyntax(error, placeOf(tooDeep.length > 0 ? 0 : error.pos[0]), problems);
  if (document.directives?.yaml.explicit && document.directives.yaml.version !== '1.2') {
    report(problems, placeOf(0), 'only YAML 1.2 is supported', 'remove the %YAML line');
    return null;
  }
  if (wrong.length > 0) return null;
  if (document.contents === null) {
    report(problems, placeOf(0), 'the file is empty');
    return null;
  }
  try {
    return build(document.contents, { depth: 0, isAliased: false }, { text, placeOf, problems, anchors: new Map(), values: 0 });
  } catch (error) {
    if (error instanceof LimitReached) return null;
    throw error;
  }
}

type Spot = { readonly depth: number; readonly isAliased: boolean; readonly keyAt?: FilePosition };

function build(node: Node, spot: Spot, reading: YamlReading): Tree {
  const at = reading.placeOf(node.range?.[0] ?? 0);
  const keyAt = spot.keyAt ?? at;
  reading.values += 1;
  if (spot.depth > maxDepth) throw stop(reading, at, `the file has more than ${maxDepth} levels`);
  if (reading.values > maxValues) throw stop(reading, at, `the file has more than ${maxValues} values`);
  if (isAlias(node)) {
    const target = reading.anchors.get(node.source);
    if (target) return { ...build(target, { depth: spot.depth + 1, isAliased: true, keyAt }, reading), at };
    report(reading.problems, at, `there is no anchor &${node.source.slice(0, 60)} above`);
    return { at, keyAt, body: { kind: 'scalar', value: null, hidden: [], isBroken: true } };
  }
  if (node.anchor !== undefined && !spot.isAliased) reading.anchors.set(node.anchor, node);
  return { at, keyAt, body: bodyOf(node, { depth: spot.depth + 1, isAliased: spot.isAliased }, reading) };
}

function bodyOf(node: Node, spot: Spot, reading: YamlReading): Body {
  if (isMap<unknown, Node | null>(node)) return { kind: 'map', entries: entriesOf(node, spot, reading) };
  if (isSeq<Node>(node)) return { kind: 'list', items: node.items.map((item) => build(item, spot, reading)) };
  const value: unknown = isScalar(node) ? node.value : null;
  if (typeof value === 'string') return { kind: 'scalar', value, hidden: [], placeAt: placesIn(value, node, reading) };
  return { kind: 'scalar', value: typeof value === 'number' || typeof value === 'boolean' ? value : null, hidden: [] };
}

/** Few texts ever need the places of their characters, so they are looked for when they are asked for. */
function placesIn(value: string, node: Node, { placeOf, text }: YamlReading): (character: number) => FilePosition {
  const [from = 0, to = 0] = node.range ?? [];
  return (character) => {
    const places = textPlaces(text.slice(from, to), value);
    const last = places.at(-1) ?? 0;
    return placeOf(from + (places[character] ?? (value === '' ? 0 : last + 1)));
  };
}

function entriesOf(node: YAMLMap<unknown, Node | null>, spot: Spot, reading: YamlReading): ReadonlyMap<string, Tree> {
  const entries = new Map<string, Tree>();
  for (const { key, value } of node.items) {
    const keyAt = reading.placeOf(
      isScalar(key) || isMap(key) || isSeq(key) || isAlias(key) ? (key.range?.[0] ?? 0) : (node.range?.[0] ?? 0),
    );
    const name = isScalar(key) && key.value !== null ? String(key.value) : null;
    if (name === null) report(reading.problems, keyAt, 'a key must be a text');
    else if (name === '__proto__') report(reading.problems, keyAt, '`__proto__` cannot be a key');
    else if (entries.has(name)) report(reading.problems, keyAt, `the key \`${name.slice(0, 60)}\` occurs twice`, 'keep one of them');
    else entries.set(name, value === null ? emptyAt(keyAt) : build(value, { ...spot, keyAt }, reading));
  }
  return entries;
}

function emptyAt(at: FilePosition): Tree {
  return { at, keyAt: at, body: { kind: 'scalar', value: null, hidden: [] } };
}

function stop(reading: YamlReading, at: FilePosition, message: string): LimitReached {
  report(reading.problems, at, message);
  return new LimitReached(message);
}

const knownErrors: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  TAB_AS_INDENT: ['YAML must not be indented with tabs', 'use spaces'],
  MULTIPLE_DOCS: ['the file has more than one document', 'remove the `---` line'],
  RESOURCE_EXHAUSTION: ['the file has too many levels', `the maximum is ${maxDepth}`],
  BLOCK_AS_IMPLICIT_KEY: ['there is a second `: ` on this line', 'put a value that contains `: ` in quotes'],
  UNEXPECTED_TOKEN: ['the text is not YAML from here on', 'put a value that contains any of `{ } [ ] , #` in quotes'],
  TAG_RESOLVE_FAILED: ['YAML tags (`!name`) are not supported', 'remove the tag'],
};

/** One wrong character makes every following token wrong, so only the first error is reported. */
function withoutFollowUps(errors: readonly YAMLError[]): readonly YAMLError[] {
  const first = errors.findIndex(({ code }) => code === 'UNEXPECTED_TOKEN');
  return errors.filter(({ code }, i) => code !== 'UNEXPECTED_TOKEN' || i === first);
}

function reportSyntax(error: YAMLError, place: FilePosition, problems: Problems): void {
  const text = knownErrors[error.code];
  const message = text?.[0] ?? `the text is not YAML: ${error.message.charAt(0).toLowerCase()}${error.message.slice(1, 200)}`;
  report(problems, place, message, text?.[1]);
}

function report(problems: Problems, place: FilePosition, message: string, hint?: string): void {
  problems.add({ ...place, path: '', message, hint });
}
