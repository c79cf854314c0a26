import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";

/** The daemon's socket where libpcsclite looks for it; none where the system itself speaks PC/SC. */
export function daemonSocket(given?: string): string | undefined {
  if (given !== undefined) return given;
  if (process.platform === "darwin" || process.platform === "win32") return undefined;
  return process.env.PCSCLITE_CSOCK_NAME ?? "/run/pcscd/pcscd.comm";
}

/**
 * Does the daemon take a connection? Must be asked before nfc-pcsc is loaded: without a daemon its constructor
 * never returns. Where there is no socket to ask (macOS, Windows) the answer is yes, and the watchdog decides.
 */
export function daemonAnswers(socket: string | undefined): Promise<boolean> {
  if (socket === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    const probe = net.connect(socket);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}

/** Is nfc-pcsc installed, and its native part built? Looks at files only: loading it may hang. */
export function packageInstalled(): boolean {
  const require = createRequire(import.meta.url);
  try {
    const nfc = createRequire(require.resolve("nfc-pcsc"));
    const pcsclite = path.dirname(nfc.resolve("@pokusew/pcsclite/package.json"));
    return existsSync(path.join(pcsclite, "build", "Release", "pcsclite.node"));
  } catch {
    return false;
  }
}
