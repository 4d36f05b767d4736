import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Secret } from '../core/base/secret.ts';
import type { SecretDigest } from '../ports/token-store.ts';

/**
 * The secret of a token is `bw_`, an id by which its row is found, 256 random bits, and a checksum: only letters and digits, so that a double click selects
 * all of it, and with a form that scanners for leaked secrets can search for.
 */
const form = /^bw_([0-9A-Za-z]{12})([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;
const sizes = { id: 12, random: 43, checksum: 6 } as const;
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A secret that nobody has seen yet. Its digest is what the store keeps. */
export type MintedSecret = { readonly secret: Secret; readonly digest: SecretDigest };

/** Makes a new secret. */
export function mintSecret(): MintedSecret {
  const id = Array.from({ length: sizes.id }, () => digits[randomInt(digits.length)]).join('');
  const random = inDigits(BigInt(`0x${randomBytes(32).toString('hex')}`), sizes.random);
  const text = `bw_${id}${random}`;
  const secret = new Secret(`${text}${checksumOf(text)}`);
  const salt = randomBytes(16).toString('hex');
  return { secret, digest: { id, salt, hash: hashOf(salt, secret.reveal()) } };
}

/** `id`: the text has the form of a secret. `damaged`: it was cut, or a character is wrong. `foreign`: it is something else. */
export type SecretReading = { readonly kind: 'id'; readonly id: string } | { readonly kind: 'damaged' } | { readonly kind: 'foreign' };

/** Reads the id out of a secret, and finds mistakes of typing and copying by its checksum. */
export function readSecret(text: string): SecretReading {
  if (!text.startsWith('bw_')) return { kind: 'foreign' };
  const [, id, random, checksum] = form.exec(text) ?? [];
  if (id === undefined || checksumOf(`bw_${id}${random}`) !== checksum) return { kind: 'damaged' };
  return { kind: 'id', id };
}

/** Whether a text is the secret behind a digest; compared in constant time. */
export function isSecretOf({ salt, hash }: SecretDigest, text: string): boolean {
  const [expected, given] = [hash, hashOf(salt, text)].map((hex) => Buffer.from(hex, 'hex'));
  return expected !== undefined && given !== undefined && expected.length === given.length && timingSafeEqual(expected, given);
}

/** The hash of a secret as the config has it. */
export function sha256Of(secret: Secret): string {
  return createHash('sha256').update(secret.reveal()).digest('hex');
}

/** One round of SHA-256 is right for 256 random bits: they cannot be guessed, however fast the hash is. */
function hashOf(salt: string, text: string): string {
  return createHash('sha256').update(`${salt}:${text}`).digest('hex');
}

function checksumOf(text: string): string {
  return inDigits(BigInt(crc32(text)), sizes.checksum);
}

function inDigits(value: bigint, length: number): string {
  const base = BigInt(digits.length);
  let text = '';
  for (let rest = value; text.length < length; rest /= base) text = `${digits[Number(rest % base)]}${text}`;
  return text;
}
