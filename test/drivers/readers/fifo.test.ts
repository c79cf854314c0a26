import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFifoReader } from "../../../src/drivers/readers/fifo.ts";
import type { CardReader } from "../../../src/station/ports.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { readerContract } from "../../contracts/reader.ts";
import { ReaderLog } from "../../contracts/reader-log.ts";
import { missingCommand } from "../../support/pty.ts";

const missing = missingCommand("mkfifo", "run the tests on Linux or macOS");

/** What a shell does with `printf TEXT > PATH`: opens, writes, closes. */
function shellWrites(path: string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sh = spawn("sh", ["-c", 'printf "%b" "$1" > "$2"', "sh", text, path]);
    sh.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`sh ended with ${code}`))));
  });
}

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tapstation-fifo-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

readerContract(
  "fifo",
  async () => {
    const path = join(dir, "card");
    const reader = await createFifoReader({ path, clock: systemClock, holdMs: 20, watchMs: 20 });
    return {
      reader,
      present: (uid) => shellWrites(path, `${uid}\\n`),
      remove: () => {},
      unplug: () => unlinkSync(path),
      replug: () => {},
    };
  },
  { missing },
);

describe.skipIf(missing !== undefined)(
  `the named pipe reader${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    let path: string;
    let reader: CardReader | undefined;
    beforeEach(() => {
      path = join(dir, "card");
    });
    afterEach(() => reader?.close());

    async function open(): Promise<ReaderLog> {
      reader = await createFifoReader({ path, clock: systemClock, holdMs: 20, watchMs: 20 });
      const log = new ReaderLog(reader);
      await log.heard("ready");
      return log;
    }

    it("makes the pipe for its owner only and takes it away again", async () => {
      await open();
      expect(statSync(path).isFIFO()).toBe(true);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      await reader?.close();
      expect(existsSync(path)).toBe(false);
    });

    it("leaves a pipe that somebody else made", async () => {
      execFileSync("mkfifo", [path]);
      const log = await open();
      await shellWrites(path, "6B3D12D6\\n");
      await log.heard("removed 6B3D12D6");
      await reader?.close();
      expect(existsSync(path)).toBe(true);
    });

    it("reads the notations: labelled, bare, lower case, with separators, CR LF, and without a line end", async () => {
      const log = await open();
      await shellWrites(
        path,
        "ISO14443:04A2241BC85E80\\nISO15693:E004010012345678\\r\\n6b 3d 12 d6\\nEM4100:0F00184594",
      );
      await log.heard("removed 0F00184594");
      expect(log.of("card").map((card) => `${card.technology}:${card.uid}`)).toEqual([
        "ISO14443:04A2241BC85E80",
        "ISO15693:E004010012345678",
        "ISO14443:6B3D12D6",
        "EM4100:0F00184594",
      ]);
    });

    it("takes the same line twice as two taps", async () => {
      const log = await open();
      await shellWrites(path, "6B3D12D6\\n6B3D12D6\\n");
      await log.heard("removed 6B3D12D6", 2);
      expect(log.cards).toEqual(["card 6B3D12D6", "removed 6B3D12D6", "card 6B3D12D6", "removed 6B3D12D6"]);
    });

    it("lives through writers that come and go", async () => {
      const log = await open();
      for (const uid of ["00000001", "00000002", "00000003"]) {
        await shellWrites(path, `${uid}\\n`);
        await log.heard(`removed ${uid}`);
      }
      expect(log.lines).not.toContain("lost");
    });

    it("tells nonsense once, with what it was, and reads on", async () => {
      const log = await open();
      await shellWrites(path, `hello\\nISO9999:04A2\\n${"F".repeat(100_000)}\\n6B3D12D6\\n`);
      await log.heard("card 6B3D12D6");
      expect(log.of("ignored")).toEqual([
        expect.objectContaining({ why: expect.stringContaining("ISO14443:04A2241BC85E80"), raw: "hello" }),
        expect.objectContaining({ why: "the line is too long", raw: "F".repeat(80) }),
      ]);
    });

    it("stays lost, and says so once, while something else stands where its pipe was", async () => {
      const log = await open();
      unlinkSync(path);
      writeFileSync(path, "");
      await log.heard("lost");
      unlinkSync(path);
      await log.heard("ready", 2);
      await shellWrites(path, "6B3D12D6\\n");
      await log.heard("removed 6B3D12D6");
      expect(log.lines.filter((line) => line === "lost")).toHaveLength(1);
    });

    it("refuses a path where something else stands, and leaves it alone", async () => {
      writeFileSync(path, "precious");
      await expect(createFifoReader({ path, clock: systemClock })).rejects.toMatchObject({
        code: "device.unavailable",
        message: expect.stringContaining(path),
        hint: expect.stringContaining("remove what stands there"),
      });
      expect(statSync(path).size).toBe(8);
    });

    it("says why a pipe cannot be made", async () => {
      const deep = join(dir, "no", "such", "folder");
      await expect(createFifoReader({ path: deep, clock: systemClock })).rejects.toMatchObject({
        code: "device.unavailable",
        message: expect.stringContaining("No such file or directory"),
      });
    });

    it("blocks no thread while it waits, and leaves nothing behind that keeps a process alive", async () => {
      const active = (kind: string): number =>
        process.getActiveResourcesInfo().filter((resource) => resource.startsWith(kind)).length;
      await open();
      const during = active("PipeWrap");
      expect(during).toBeGreaterThan(0);
      expect(active("FSReq")).toBe(0);
      await reader?.close();
      expect(active("PipeWrap")).toBeLessThan(during);
    });
  },
);
