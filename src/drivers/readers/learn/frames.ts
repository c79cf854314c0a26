import type { FrameForm } from "../../definitions.ts";
import type { Framers } from "../serial/frames.ts";
import type { Chunk, Sample } from "./capture.ts";

/** So much silence separates the frames of a reader that marks them by nothing else. */
const SILENCE_MS = 100;

/** The frames of a sample under a form; `noise` when not everything was a frame. */
export interface Cut {
  readonly texts: readonly string[];
  readonly noise: boolean;
}

/** Cuts what was heard as the driver would. */
export function cutBy(form: FrameForm, chunks: readonly Chunk[], framers: Framers): Cut {
  const framer = framers(form);
  const silence = form.silenceMs ?? SILENCE_MS;
  const frames = chunks.flatMap(({ at, bytes }, i) => {
    const next = chunks[i + 1]?.at ?? Number.POSITIVE_INFINITY;
    const now = framer.push(bytes);
    return next - at >= silence && framer.pending ? [...now, ...framer.silence()] : now;
  });
  return {
    texts: frames.flatMap(({ text }) => (text === undefined ? [] : [text])),
    noise: frames.some(({ noise }) => noise !== undefined),
  };
}

/** Ways in which what was heard may fall into frames, the surest first. */
export function frameForms(samples: readonly Sample[]): FrameForm[] {
  const bursts = samples.flatMap(({ chunks }) => burstsOf(chunks));
  const first = common(bursts.map((b) => b[0]));
  const last = common(bursts.map((b) => b.at(-1)));
  const forms: FrameForm[] = [];
  if (first !== undefined && last !== undefined && isMark(first)) {
    for (const lengthAt of [1, 2, 3, 4]) {
      if (bursts.every((b) => lengthFits(b, lengthAt, last)))
        forms.push({ start: chr(first), end: chr(last), lengthAt });
    }
    if (isMark(last)) forms.push({ start: chr(first), end: chr(last) });
  }
  if (bursts.some((b) => b.includes(0x0a) || b.includes(0x0d))) forms.push({ end: "\n" });
  if (last !== undefined && isMark(last)) forms.push({ end: chr(last) });
  const lengths = [...new Set(bursts.map((b) => b.length))];
  const [length = 0] = lengths;
  if (lengths.length === 1 && length >= 4 && length <= 64) forms.push({ length, silenceMs: SILENCE_MS });
  forms.push({ silenceMs: SILENCE_MS });
  return forms;
}

/** What came without a pause in it. */
export function burstsOf(chunks: readonly Chunk[]): Uint8Array[] {
  const bursts: number[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const { at, bytes } of chunks) {
    if (at - before >= SILENCE_MS || bursts.length === 0) bursts.push([]);
    bursts.at(-1)?.push(...bytes);
    before = at;
  }
  return bursts.map((burst) => Uint8Array.from(burst));
}

/** The time between two reports of a card that is held; undefined when it was reported once. */
export function repeatMs(samples: readonly Sample[]): number | undefined {
  const gaps = samples.flatMap(({ chunks }) =>
    chunks.slice(1).flatMap(({ at }, i) => {
      const gap = at - (chunks[i]?.at ?? at);
      return gap >= SILENCE_MS / 2 ? [gap] : [];
    }),
  );
  return gaps.length === 0 ? undefined : Math.max(...gaps);
}

/** Marks are what no number is written with. */
const isMark = (byte: number): boolean => !/[0-9A-Za-z \r\n\t]/.test(chr(byte)) && byte < 0x80;

const chr = (byte: number): string => String.fromCharCode(byte);

function common(bytes: readonly (number | undefined)[]): number | undefined {
  return new Set(bytes).size === 1 ? bytes[0] : undefined;
}

/** Does this byte lead from frame to frame, to the end of the burst? */
function lengthFits(burst: Uint8Array, lengthAt: number, end: number): boolean {
  for (let at = 0; at < burst.length; ) {
    const length = burst[at + lengthAt] ?? 0;
    if (length < lengthAt + 2 || burst[at + length - 1] !== end) return false;
    at += length;
  }
  return true;
}
