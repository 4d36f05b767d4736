import { expect, test } from 'vitest';
import type { StoredToken } from '../../src/ports/token-store.ts';
import { expiringTokens, expiryWarnings } from '../../src/usecases/expiring-tokens.ts';

const now = 1_800_000_000_000;
const day = 86_400_000;

function stored(name: string, expiresAt: number | null, rest: Partial<StoredToken> = {}): StoredToken {
  const secrets = [{ id: name, createdAt: 0, expiresAt, lastUsedAt: null }];
  const grant = { verbs: ['read'], services: [], environments: [] } as const;
  return { id: name, name, grant, lifeMs: 90 * day, createdAt: 0, createdBy: 'ann', revokedAt: null, revokedBy: null, secrets, ...rest };
}

test('tokens are named from 7 days before their end to 7 days after it, except those that are revoked, rotated or short', () => {
  const found = expiringTokens(
    {
      configured: [{ name: 'file', expiresAt: now + 3 * day }, { name: 'file-later', expiresAt: now + 8 * day }, { name: 'file-endless' }],
      stored: [
        stored('soon', now + 7 * day),
        stored('later', now + 7 * day + 1),
        stored('gone', now - 2 * day),
        stored('long-gone', now - 7 * day - 1),
        stored('endless', null, { lifeMs: null }),
        stored('revoked', now + day, { revokedAt: now }),
        stored('short', now + day, { lifeMs: day }),
        stored('rotated', null, {
          secrets: [now + 90 * day, now + day].map((expiresAt) => ({ id: 's', createdAt: 0, expiresAt, lastUsedAt: null })),
        }),
      ],
    },
    now,
  );
  expect(found.map(({ name }) => name)).toEqual(['gone', 'file', 'soon']);
  expect(expiryWarnings(found, now)).toEqual([
    'the token gone expired 2d ago; `bakewatch token rotate gone` gives it a new secret, or revoke it',
    'the token file expires in 3d; replace it in the config',
    'the token soon expires in 7d; `bakewatch token rotate soon` gives it a new secret',
  ]);
});
