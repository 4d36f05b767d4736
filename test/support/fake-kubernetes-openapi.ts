/**
 * The part of an API server's description from which an older kubectl learns that the server supports dry runs: the PATCH of each kind has the parameter
 * `dryRun`. kubectl accepts it only as protocol buffers, so this is a handwritten message `openapi.v2.Document`.
 */
export function dryRunDescription(kinds: readonly string[], group = 'apps'): Buffer {
  const paths = kinds.map((kind) => field(2, field(1, `/apis/${group}/v1/${kind}`), field(2, field(8, patchOf(kind, group)))));
  return Buffer.concat([field(1, '2.0'), field(8, ...paths)]);
}

function patchOf(kind: string, group: string): Buffer {
  const query = field(3, field(2, 'query'), field(4, 'dryRun'));
  const parameter = field(8, field(1, field(2, query)));
  const yaml = `group: ${group}\nversion: v1\nkind: ${kind}\n`;
  return Buffer.concat([parameter, field(13, field(1, 'x-kubernetes-group-version-kind'), field(2, field(2, yaml)))]);
}

/** A field that holds a text or a message. */
function field(number: number, ...parts: readonly (string | Buffer)[]): Buffer {
  const value = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint(number * 8 + 2), varint(value.length), value]);
}

function varint(number: number): Buffer {
  return number < 0x80 ? Buffer.from([number]) : Buffer.concat([Buffer.from([(number % 0x80) + 0x80]), varint(Math.floor(number / 0x80))]);
}
