import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { HttpError } from './http-error.ts';

const decoders: ReadonlyMap<string, (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Buffer>> = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/**
 * Unpacks a body. Bakewatch asks no server to pack its answers; some proxies do it anyway. Throws `HttpError`: `too_large` for more than `maxBytes`,
 * `broken` for a body that cannot be unpacked, such as half of one.
 */
export async function decodeBody(
  bytes: Uint8Array,
  { encoding, maxBytes, host }: { readonly encoding: string | undefined; readonly maxBytes: number; readonly host: string },
): Promise<Uint8Array> {
  const decode = decoders.get(encoding?.trim().toLowerCase() ?? '');
  if (decode === undefined || bytes.byteLength === 0) return bytes;
  try {
    return await decode(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw new HttpError('too_large', `the answer of ${host} is larger than ${maxBytes} bytes`);
    throw new HttpError('broken', `the packed answer of ${host} cannot be unpacked`);
  }
}
