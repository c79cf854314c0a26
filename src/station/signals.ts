import type { SignalName } from "./facts.ts";

/** A tone or (hz 0) a pause. */
export interface Tone {
  readonly hz: number;
  readonly ms: number;
}

/** What one signal sounds and looks like. The acoustic confirmation means *read*, never *accepted*. */
export interface SignalPattern {
  readonly signal: SignalName;
  readonly tones: readonly Tone[];
  readonly light: "green" | "red" | "blue" | "off";
  /** How long the light stays, at least as long as the tones. Absent: as the indicator likes. */
  readonly lightMs?: number;
}

const beep = (hz: number, ms: number): Tone => ({ hz, ms });
const pause = (ms: number): Tone => ({ hz: 0, ms });

/** The house's own patterns; a station model may replace any of them. */
export const defaultPatterns: Readonly<Record<SignalName, SignalPattern>> = {
  read: { signal: "read", tones: [beep(2000, 80)], light: "blue" },
  accepted: { signal: "accepted", tones: [beep(1500, 100), pause(40), beep(2500, 150)], light: "green" },
  rejected: {
    signal: "rejected",
    tones: [beep(400, 150), pause(80), beep(400, 150), pause(80), beep(400, 150)],
    light: "red",
  },
  fault: { signal: "fault", tones: [beep(300, 600)], light: "red" },
  ready: { signal: "ready", tones: [], light: "off" },
};

/** How long a pattern takes, in milliseconds. */
export function patternMs(pattern: SignalPattern): number {
  return pattern.tones.reduce((sum, tone) => sum + tone.ms, 0);
}
