import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, constants, existsSync, mkdtempSync, openSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../contracts/until.ts";

/**
 * Why a test that needs this command cannot run here, with what would enable it; undefined when it can. With
 * TAPSTATION_REQUIRE_ALL=1 nothing is ever missing, so that the test runs and fails.
 */
export function missingCommand(command: string, install: string): string | undefined {
  if (process.env.TAPSTATION_REQUIRE_ALL === "1") return undefined;
  const found = spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
  return found ? undefined : `${command} is not installed: ${install}`;
}

export const socatMissing = (): string | undefined => missingCommand("socat", "sudo apt-get install socat");

/** A serial port that is not there: one end is a device path, the other is this object. */
export class Pty {
  readonly #dir = mkdtempSync(join(tmpdir(), "tapstation-pty-"));
  readonly path = join(this.#dir, "ttyRFID0");
  readonly #onText: (text: string) => void;
  #socat: ChildProcess | undefined;
  /** Kept open, so that the terminal lives on when the program under test closes it, as a device does. */
  #held: number | undefined;

  /** `onText` hears what is written to the device. */
  constructor(onText: (text: string) => void = () => {}) {
    this.#onText = onText;
  }

  static async plugged(onText?: (text: string) => void): Promise<Pty> {
    const pty = new Pty(onText);
    await pty.plug();
    return pty;
  }

  async plug(): Promise<void> {
    const socat = spawn("socat", [`PTY,link=${this.path},raw,echo=0`, "STDIO"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    socat.stdout.setEncoding("latin1").on("data", this.#onText);
    socat.stdin.on("error", () => {});
    this.#socat = socat;
    await until(
      () => `socat's link ${this.path}`,
      () => existsSync(this.path),
    );
    this.#held = openSync(this.path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  }

  /** The device sends these bytes; each argument is a write of its own. */
  async send(...chunks: readonly (string | Uint8Array)[]): Promise<void> {
    for (const chunk of chunks) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk;
      await new Promise<void>((resolve) => this.#socat?.stdin?.write(bytes, () => setImmediate(resolve)));
    }
  }

  /** Takes the device's path away and leaves the device: a port that is unplugged and does not tell. */
  hide(): void {
    renameSync(this.path, `${this.path}-hidden`);
  }

  show(): void {
    renameSync(`${this.path}-hidden`, this.path);
  }

  async unplug(): Promise<void> {
    if (this.#held !== undefined) closeSync(this.#held);
    this.#held = undefined;
    const socat = this.#socat;
    this.#socat = undefined;
    if (socat === undefined || socat.exitCode !== null || socat.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      socat.once("close", () => resolve());
      socat.kill();
    });
  }

  async dispose(): Promise<void> {
    await this.unplug();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
