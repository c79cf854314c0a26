import type { Tone } from "../../station/signals.ts";

export interface WavForm {
  /** Samples a second. */
  readonly sampleRate: number;
  /** 1 is full scale. */
  readonly gain: number;
  /** Rise and fall of each tone. */
  readonly fadeMs: number;
}

const HEADER_BYTES = 44;
const FULL_SCALE = 32767;

/** The tones as a WAV file: 16 bits, one channel. A tone of 0 Hz is silence. */
export function wavOf(tones: readonly Tone[], form: WavForm): Buffer {
  const samplesOf = (tone: Tone): number => Math.round((tone.ms * form.sampleRate) / 1000);
  const samples = tones.reduce((sum, tone) => sum + samplesOf(tone), 0);
  const file = Buffer.alloc(HEADER_BYTES + samples * 2);
  writeHeader(file, form.sampleRate);
  let offset = HEADER_BYTES;
  for (const tone of tones) {
    const count = samplesOf(tone);
    const fade = Math.max(1, Math.min((form.fadeMs * form.sampleRate) / 1000, count / 2));
    for (let i = 0; i < count; i++, offset += 2) {
      const envelope = tone.hz === 0 ? 0 : Math.min(1, i / fade, (count - 1 - i) / fade);
      const wave = Math.sin((2 * Math.PI * tone.hz * i) / form.sampleRate);
      file.writeInt16LE(Math.round(FULL_SCALE * form.gain * envelope * wave), offset);
    }
  }
  return file;
}

function writeHeader(file: Buffer, sampleRate: number): void {
  const [channels, bytesPerSample] = [1, 2];
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(file.length - 8, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16); // length of the format chunk
  file.writeUInt16LE(1, 20); // PCM
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * channels * bytesPerSample, 28);
  file.writeUInt16LE(channels * bytesPerSample, 32);
  file.writeUInt16LE(bytesPerSample * 8, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(file.length - HEADER_BYTES, 40);
}
