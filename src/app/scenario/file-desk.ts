import { createPrivateKey, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CentralFiles } from "../../central/index.ts";
import { Authority } from "../../security/authority.ts";
import { AppError, errorText } from "../../util/errors.ts";

const YEAR_MS = 365 * 24 * 3_600_000;

/** The files that a scenario's central system offers, in a directory that is gone with it. */
export class ScenarioFiles {
  readonly dir: string;
  readonly #texts: ReadonlyMap<string, string>;

  /** @param texts by name; each lies there as `name.img` */
  constructor(texts: Readonly<Record<string, string>>) {
    this.#texts = new Map(Object.entries(texts));
    try {
      this.dir = mkdtempSync(path.join(tmpdir(), "tapstation-scenario-"));
      for (const [name, text] of this.#texts) writeFileSync(path.join(this.dir, fileOf(name)), text);
    } catch (cause) {
      throw new AppError("store.writeFailed", `The scenario's files cannot be written: ${errorText(cause)}`, {
        hint: "Make room in the directory for temporary files.",
        cause,
      });
    }
  }

  /**
   * What a scenario refers to as `$files`: addresses, and what a manufacturer says of its firmware: signatures (base64)
   * with their certificate and its root (PEM).
   */
  async variable(desk: CentralFiles, now: number): Promise<Readonly<Record<string, unknown>>> {
    const notAfter = new Date(Math.max(Date.now(), now) + YEAR_MS);
    const root = await Authority.create({ commonName: "Manufacturer root", notAfter });
    const signer = await root.issue({ commonName: "Manufacturer", notAfter });
    const key = createPrivateKey(signer.privateKey);
    const offered = [...this.#texts].map(([name, text]) => [
      name,
      { url: desk.url(fileOf(name)), signature: sign("sha256", Buffer.from(text), key).toString("base64") },
    ]);
    return {
      ...Object.fromEntries(offered),
      uploads: desk.uploadUrl,
      certificate: signer.certificate,
      root: root.certificate,
    };
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

const fileOf = (name: string): string => `${name}.img`;
