import type { Tone } from "../../../src/station/signals.ts";

/** Quieter than this is silence; so long a silence ends a tone. */
const THRESHOLD = 400;
const GAP_MS = 8;

/** The tones in 16-bit mono samples, by their zero crossings; length in milliseconds. */
export function tonesIn(pcm: Buffer, sampleRate: number): Tone[] {
  const loud: { from: number; to: number }[] = [];
  for (let i = 0; i + 1 < pcm.length; i += 2) {
    if (Math.abs(pcm.readInt16LE(i)) <= THRESHOLD) continue;
    const last = loud.at(-1);
    if (last !== undefined && i - last.to <= ((sampleRate * GAP_MS) / 1000) * 2) last.to = i;
    else loud.push({ from: i, to: i });
  }
  return loud.map(({ from, to }) => {
    const rises: number[] = [];
    for (let i = from + 2; i <= to; i += 2) {
      if (pcm.readInt16LE(i - 2) < 0 && pcm.readInt16LE(i) >= 0) rises.push(i / 2);
    }
    const cycles = rises.length - 1;
    const samples = (rises.at(-1) ?? 0) - (rises[0] ?? 0);
    return { hz: (cycles * sampleRate) / samples, ms: ((to - from) / 2 / sampleRate) * 1000 };
  });
}

/** Rounded so that a tone that is right within a few Hz and ms is equal to what was asked for. */
export function rounded({ hz, ms }: Tone): Tone {
  return { hz: Math.round(hz / 20) * 20, ms: Math.round(ms / 5) * 5 };
}
