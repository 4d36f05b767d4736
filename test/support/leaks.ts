const encodings = ['base64', 'base64url', 'hex'] as const;

/** The forms in which a far side may hand a secret back. */
export function echoesOf(secret: string): Readonly<Record<string, string>> {
  const encoded = encodings.map((encoding) => [encoding, Buffer.from(secret).toString(encoding)] as const);
  return { plain: secret, ...Object.fromEntries(encoded), percent: encodeURIComponent(secret), lower: lower(secret) };
}

/** The form of a text, or of half of it, in which it can be read in another one; `null` where it cannot. */
export function leakIn(text: string, secret: string): string | null {
  const half = Math.ceil(secret.length / 2);
  const parts = [secret, secret.slice(0, half), secret.slice(half)];
  const forms = parts.flatMap((part) => [
    part,
    encodeURIComponent(part),
    lower(part),
    Buffer.from(part).toString('hex'),
    ...insideBase64(part),
  ]);
  return forms.find((form) => text.includes(form)) ?? null;
}

/** What base64 makes of a text that stands somewhere inside another one: it depends on how many bytes are before it, by threes. */
function insideBase64(part: string): readonly string[] {
  return [0, 1, 2].map((before) => {
    const whole = Buffer.from('x'.repeat(before) + part).toString('base64');
    return whole.slice(before === 0 ? 0 : 4, whole.length - 4);
  });
}

function lower(text: string): string {
  return encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase());
}
