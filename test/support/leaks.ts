const encodings = ['base64', 'base64url', 'hex'] as const;

/** The forms in which a server or program may echo a secret. */
export function echoesOf(secret: string): Readonly<Record<string, string>> {
  const encoded = encodings.map((encoding) => [encoding, Buffer.from(secret).toString(encoding)] as const);
  return { plain: secret, ...Object.fromEntries(encoded), percent: encodeURIComponent(secret), lower: lower(secret) };
}

/** The form in which a text, or half of it, can be read from another text; `null` if it cannot. */
export function leakIn(text: string, secret: string): string | null {
  const forms = formsBySecret.get(secret) ?? formsOf(secret);
  formsBySecret.set(secret, forms);
  return forms.find((form) => text.includes(form)) ?? null;
}

/** The forms of a secret are expensive to compute and are used thousands of times. */
const formsBySecret = new Map<string, readonly string[]>();

function formsOf(secret: string): readonly string[] {
  const half = Math.ceil(secret.length / 2);
  const parts = [secret, secret.slice(0, half), secret.slice(half)];
  return parts.flatMap((part) => [part, encodeURIComponent(part), lower(part), Buffer.from(part).toString('hex'), ...insideBase64(part)]);
}

/** The base64 forms of a text inside another one: they depend on the number of bytes before it, modulo 3. */
function insideBase64(part: string): readonly string[] {
  return [0, 1, 2].map((before) => {
    const whole = Buffer.from('x'.repeat(before) + part).toString('base64');
    return whole.slice(before === 0 ? 0 : 4, whole.length - 4);
  });
}

function lower(text: string): string {
  return encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase());
}
