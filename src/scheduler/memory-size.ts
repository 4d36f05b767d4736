const [slotBytes, objectBytes, textBytes] = [16, 56, 24];

/** About how much memory a plain value takes. */
export function memorySizeOf(value: unknown): number {
  if (typeof value === 'string') return textBytes + value.length;
  if (typeof value !== 'object' || value === null) return slotBytes;
  let bytes = objectBytes;
  for (const one of Array.isArray(value) ? value : Object.values(value)) bytes += typeof one === 'number' ? slotBytes : memorySizeOf(one);
  return bytes;
}
