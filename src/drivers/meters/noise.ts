/** A number from 0 to below 1 that depends on seed, moment and channel only: the same run gives the same values. */
export function noise(seed: number, moment: number, channel: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(moment | 0, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15) ^ Math.imul(channel + 1, 0x27d4eb2f), 0x165667b1);
  h = Math.imul(h ^ (h >>> 13), 0x2c1b3c6d);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** A seed of a text, for example a station's id: FNV-1a, 32 bits. */
export function seedOf(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
