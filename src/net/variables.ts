import { z } from 'zod';
import { Secret } from '../core/base/secret.ts';

/** Environment variables that the operator sets for a program. */
export const Variables = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of an environment variable'), z.string());

/** The values to redact in what the program prints. */
export function secretsIn(env: Readonly<Record<string, string>>): readonly Secret[] {
  return Object.entries(env).flatMap(([name, value]) => (isSecret(name, value) ? [new Secret(value)] : []));
}

/** A value is a secret by its name, or if it is long and looks like no word, path or address. */
function isSecret(name: string, value: string): boolean {
  return value !== '' && (/TOKEN|SECRET|PASS|PWD|KEY|CRED|AUTH/i.test(name) || /^[^\s/:]{20,}$/.test(value));
}
