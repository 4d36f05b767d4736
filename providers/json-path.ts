import { createContext, Script } from 'node:vm';
import { JSONPathEnvironment, JSONPathQuery } from 'json-p3';
import { ProviderError } from '../src/core/base/errors.ts';

/** A JSON value. */
export type JsonNode = null | boolean | number | string | readonly JsonNode[] | { readonly [name: string]: JsonNode };

/** The names and indexes that lead to a value. */
export type JsonPlace = readonly (string | number)[];

/**
 * What a JSONPath selects, and where each value lies. `isMissing`: nothing, and the document lacks the part of the path that names one place, so that this
 * is an error and not an empty list.
 */
export type PathMatch = { readonly nodes: readonly JsonNode[]; readonly places: readonly JsonPlace[]; readonly isMissing: boolean };

const maxPathLength = 500;
const maxNodes = 100_000;
const maxDepth = 50;
/** Wall time: a busy machine needs more of it than the work takes. */
const maxMs = 2_000;

/** Returns what is wrong with a JSONPath of RFC 9535, or `null`. */
export function pathProblem(path: string): string | null {
  if (path.length > maxPathLength) return `the JSONPath is ${path.length} characters long, the maximum is ${maxPathLength}`;
  try {
    environment().compile(path);
    return null;
  } catch (error) {
    return `${path} is not a JSONPath of RFC 9535: ${error instanceof Error ? error.message : 'it cannot be read'}`;
  }
}

/** Evaluates a JSONPath. Throws `ProviderError` where it is wrong, takes too long, or selects too much. */
export function selectNodes(path: string, document: JsonNode): PathMatch {
  const problem = pathProblem(path);
  if (problem !== null) throw new ProviderError('bad_query', problem);
  const compiled = environment().compile(path);
  const found = nodesOf(compiled, document, path);
  const isMissing =
    found.length === 0 && (compiled.singularQuery() || !isContainer(nodesOf(fixedPart(compiled), document, path)[0]?.value));
  return { nodes: found.map(({ value }) => value), places: found.map(({ place }) => place), isMissing };
}

type FoundNode = { readonly value: JsonNode; readonly place: JsonPlace };

/** The steps of a path up to the first that may select several values, or none. */
function fixedPart({ environment: own, segments }: JSONPathQuery): JSONPathQuery {
  let count = 0;
  while (count < segments.length && new JSONPathQuery(own, segments.slice(0, count + 1)).singularQuery()) count++;
  return new JSONPathQuery(own, segments.slice(0, count));
}

function isContainer(value: JsonNode | undefined): boolean {
  return typeof value === 'object' && value !== null;
}

// Rules are written by more people than the config is. A pattern in `match()` or nested selectors can take hours, so the engine stops the evaluation.
function nodesOf(compiled: JSONPathQuery, document: JsonNode, path: string): readonly FoundNode[] {
  try {
    return runBriefly(() => {
      const nodes: FoundNode[] = [];
      const input = document as Parameters<JSONPathQuery['lazyQuery']>[0]; // The library only reads, but does not say so in its types.
      for (const { value, location } of compiled.lazyQuery(input)) {
        if (nodes.length === maxNodes) throw new ProviderError('bad_query', `${path} selects more than ${maxNodes} values`);
        nodes.push({ value: value as JsonNode, place: location }); // A part of the document.
      }
      return nodes;
    });
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new ProviderError('bad_query', `${path} takes longer than ${maxMs} ms: name its steps`);
    throw new ProviderError('bad_response', `${path} cannot be looked up: the answer is nested deeper than ${maxDepth} levels`);
  }
}

/** Runs a function with a time limit that holds inside of regular expressions, too. */
function runBriefly(work: () => readonly FoundNode[]): readonly FoundNode[] {
  sandbox ??= createContext({});
  script ??= new Script('work()');
  sandbox.work = work;
  try {
    return script.runInContext(sandbox, { timeout: maxMs });
  } finally {
    sandbox.work = undefined;
  }
}

let sandbox: { work?: unknown } | undefined;
let script: Script | undefined;
let loaded: JSONPathEnvironment | undefined;

function environment(): JSONPathEnvironment {
  loaded ??= new JSONPathEnvironment({ maxRecursionDepth: maxDepth });
  return loaded;
}
