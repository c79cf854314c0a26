import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Buzzer, Clock } from "../../station/ports.ts";
import { patternMs, type SignalPattern } from "../../station/signals.ts";
import { AppError, errorText } from "../../util/errors.ts";
import type { WavBuzzerDefinition } from "../definitions.ts";
import { InTurn } from "./in-turn.ts";
import { findPlayer, type Player } from "./players.ts";
import { wavOf } from "./tones.ts";

export interface WavOptions {
  readonly definition: WavBuzzerDefinition;
  readonly clock: Clock;
  /** Environment of the player, and where it is looked for. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A player that takes so much longer than the sound is stuck. */
const STUCK_MS = 5000;
/** What is kept of a player's complaint. */
const MAX_COMPLAINT = 500;
/** Sounds kept as files; a station has one for each signal. */
const MAX_FILES = 32;

/**
 * The sound card, through the platform's own player.
 * @throws AppError `driver.missing` when there is no player.
 */
export async function createWavBuzzer(options: WavOptions): Promise<Buzzer> {
  const player = await findPlayer(options.env);
  return new WavBuzzer(options, player, await mkdtemp(join(tmpdir(), "tapstation-sounds-")));
}

class WavBuzzer implements Buzzer {
  readonly name: string;
  readonly #options: WavOptions;
  readonly #player: Player;
  readonly #dir: string;
  readonly #turn: InTurn;
  readonly #files = new Map<string, string>();
  #playing: ChildProcess | undefined;
  #closed = false;

  constructor(options: WavOptions, player: Player, dir: string) {
    this.name = `wav (${player.command})`;
    this.#options = options;
    this.#player = player;
    this.#dir = dir;
    this.#turn = new InTurn(this.name);
  }

  /** Resolves when the player has played it. */
  async play(pattern: SignalPattern): Promise<void> {
    if (pattern.tones.length === 0) return;
    await this.#turn.run(async () => {
      const file = await this.#fileOf(pattern);
      if (!this.#closed) await this.#run(file, patternMs(pattern) + STUCK_MS);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#playing?.kill();
    await this.#turn.close();
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #fileOf(pattern: SignalPattern): Promise<string> {
    const key = JSON.stringify(pattern.tones);
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    if (this.#files.size >= MAX_FILES) this.#files.clear();
    const file = join(this.#dir, `${this.#files.size}.wav`);
    try {
      await writeFile(file, wavOf(pattern.tones, this.#options.definition));
    } catch (cause) {
      throw this.#unavailable(`the sound cannot be stored: ${errorText(cause)}`, cause);
    }
    this.#files.set(key, file);
    return file;
  }

  #run(file: string, limitMs: number): Promise<void> {
    const { clock, env } = this.#options;
    return new Promise((resolve, reject) => {
      const child = spawn(this.#player.command, this.#player.args(file), {
        stdio: ["ignore", "ignore", "pipe"],
        ...(env === undefined ? {} : { env }),
      });
      this.#playing = child;
      let complaint = "";
      let stuck = false;
      const timer = clock.setTimeout(() => {
        stuck = true;
        child.kill("SIGKILL");
      }, limitMs);
      child.stderr.on("data", (chunk: Buffer) => {
        complaint = (complaint + chunk.toString()).slice(0, MAX_COMPLAINT);
      });
      child.on("error", (e) => {
        clock.clearTimeout(timer);
        reject(this.#unavailable(`${this.#player.command} cannot be started: ${errorText(e)}`, e));
      });
      child.on("close", (code, signal) => {
        clock.clearTimeout(timer);
        this.#playing = undefined;
        if (stuck) reject(this.#unavailable(`${this.#player.command} did not end within ${limitMs} ms`));
        else if (code === 0 || this.#closed) resolve();
        else reject(this.#unavailable(complaint.trim().split("\n")[0] || `it ended with ${signal ?? code}`));
      });
    });
  }

  #unavailable(why: string, cause?: unknown): AppError {
    return new AppError("device.unavailable", `The sound card could not be used: ${why}`, {
      hint: `Check that ${this.#player.command} can play a sound here, or use --buzzer bell.`,
      cause,
    });
  }
}
