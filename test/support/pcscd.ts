/**
 * The machine's own pcscd with vsmartcard's virtual reader, apart from any daemon that may run: in its own mount
 * and network namespace, with its run directory bound to a directory of ours, so that its socket is seen outside
 * and vpcd's port (which it binds on all addresses) is not. Cards reach vpcd through Unix sockets (socat).
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { presentCard, type VpcdCard } from "./vpcd.ts";
import type { CardScript } from "./vpcd-cards.ts";
import { until } from "./vpcd-until.ts";

const PCSCD = "/usr/sbin/pcscd";
const VPCD = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const PORT = 35963;
const INSTALL = "sudo apt-get install pcscd libpcsclite-dev vsmartcard-vpcd socat iproute2 util-linux";

/** nfc-pcsc makes its own class for readers of this name. */
export const VPCD_READER = "ACS ACR122U PICC Interface";

/** As root directly, else as root of a user namespace, where the system allows one. */
function unshareFlags(): readonly string[] {
  return process.getuid?.() === 0 ? ["-m", "-n"] : ["-U", "-r", "-m", "-n"];
}

/** Why the real daemon cannot be run here, with the command that helps; undefined: it can. */
export function pcscdMissing(): string | undefined {
  if (process.platform !== "linux") return "pcscd with vpcd runs on Linux only";
  if (!existsSync(PCSCD) || !existsSync(VPCD)) return `pcscd or vpcd is not installed: ${INSTALL}`;
  for (const tool of ["socat", "ip", "unshare"]) {
    if (spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0)
      return `${tool} is not installed: ${INSTALL}`;
  }
  const allowed =
    spawnSync("unshare", [...unshareFlags(), "sh", "-c", "mount -t tmpfs none /run"]).status === 0;
  return allowed ? undefined : "namespaces are not allowed: run the tests as root (sudo -E npm test)";
}

export class Pcscd {
  readonly #dir = mkdtempSync(path.join(tmpdir(), "pcscd-"));
  #daemon: ChildProcess | undefined;

  /** The daemon's socket, seen from outside its namespace. */
  get socket(): string {
    return path.join(this.#dir, "run", "pcscd.comm");
  }

  constructor() {
    for (const dir of ["run", "conf"]) mkdirSync(path.join(this.#dir, dir));
    writeFileSync(
      path.join(this.#dir, "conf", "vpcd"),
      [
        `FRIENDLYNAME "${VPCD_READER}"`,
        `DEVICENAME /dev/null:${PORT}`,
        `LIBPATH ${VPCD}`,
        `CHANNELID ${PORT}`,
        "",
      ].join("\n"),
    );
  }

  async start(): Promise<void> {
    const script = [
      "set -e",
      'mount -t tmpfs none /run; mkdir /run/pcscd; mount --bind "$DIR/run" /run/pcscd',
      "ip link set lo up",
      ...[0, 1].map(
        (n) =>
          `socat "UNIX-LISTEN:$DIR/slot${n},fork,unlink-early" "TCP:127.0.0.1:${PORT + n}" >"$DIR/socat${n}.log" 2>&1 &`,
      ),
      `exec ${PCSCD} --foreground --info --config "$DIR/conf" >"$DIR/pcscd.log" 2>&1`,
    ].join("\n");
    const daemon = spawn("unshare", [...unshareFlags(), "sh", "-c", script], {
      env: { ...process.env, DIR: this.#dir },
      stdio: "ignore",
      detached: true,
    });
    this.#daemon = daemon;
    await until("pcscd takes connections", async () => {
      if (daemon.exitCode !== null) throw new Error(`pcscd did not start:\n${this.log()}`);
      return (await connects(this.socket)) && existsSync(path.join(this.#dir, "slot1"));
    });
  }

  /** As `systemctl stop` does. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (daemon?.pid === undefined) return;
    const gone = new Promise((resolve) => daemon.once("exit", resolve));
    if (daemon.exitCode === null && daemon.signalCode === null) {
      daemon.kill(signal);
      await gone;
    }
    // What is left of its group: the relays.
    try {
      process.kill(-daemon.pid, "SIGKILL");
    } catch {
      // Nothing is left.
    }
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /** Puts a card on the virtual reader's slot 0 or 1. Resolves when the daemon has seen it; so does `remove`. */
  async present(script: CardScript, slot: 0 | 1 = 0): Promise<VpcdCard> {
    const count = (what: string) => this.log().split(`${what} ${VPCD_READER} 00 0${slot}`).length;
    const inserted = count("Card inserted into");
    const removals = count("Card Removed From");
    const card = await presentCard(path.join(this.#dir, `slot${slot}`), script);
    await until("the card in pcscd's log", () => count("Card inserted into") > inserted);
    let removed: Promise<void> | undefined;
    const remove = async () => {
      await card.remove();
      if (this.#daemon !== undefined)
        await until("the card's removal in pcscd's log", () => count("Card Removed From") > removals);
    };
    return {
      apdus: card.apdus,
      remove: () => {
        removed ??= remove();
        return removed;
      },
    };
  }

  log(): string {
    const file = path.join(this.#dir, "pcscd.log");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }
}

function connects(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect(socket, () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}
