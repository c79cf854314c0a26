import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { dataFiles } from "../../src/app/paths.ts";
import type { Fact } from "../../src/station/facts.ts";
import { Adversary, seeded } from "../support/adversary.ts";
import { Bin, run } from "../support/bin.ts";

/** The real program on a disk that fails while it runs. */

const CARD = "04A2241BC85E80";
const OTHER = "04B3352CD96F91";

/** A small disk of its own. Throws where this user may not have one. */
function smallDisk(): { readonly at: string; readonly remove: () => void } {
  const at = mkdtempSync(path.join(tmpdir(), "tapstation-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", at], { stdio: "ignore" });
  } catch (e) {
    rmSync(at, { recursive: true });
    throw e;
  }
  const remove = () => {
    execFileSync("umount", ["-l", at]);
    rmSync(at, { recursive: true, force: true });
  };
  return { at, remove };
}

function mayMount(): boolean {
  try {
    smallDisk().remove();
    return true;
  } catch {
    return false;
  }
}

function fill(disk: string): void {
  try {
    for (let n = 0; ; n++) writeFileSync(path.join(disk, `ballast-${n}`), Buffer.alloc(16 * 1024, 1));
  } catch {
    // That is the point.
  }
  try {
    for (let n = 0; ; n++) writeFileSync(path.join(disk, `crumbs-${n}`), "1");
  } catch {
    // Full to the last page.
  }
}

const empty = (disk: string) => execFileSync("sh", ["-c", `rm -f "${disk}"/ballast-* "${disk}"/crumbs-*`]);

/** How large a file may become for that process: at 0 every write fails, whoever runs it. */
const limitFiles = (pid: number, bytes: number | "unlimited") =>
  execFileSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}:`]);

const missing = process.env.TAPSTATION_REQUIRE_ALL !== "1" && !mayMount();
const why = missing ? " (skipped: a small disk needs root: run the tests with sudo)" : "";

describe("a disk that fails under a running station", () => {
  const bins: Bin[] = [];
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const bin of bins.splice(0)) {
      bin.process.kill("SIGKILL");
      await bin.ended;
    }
    for (const close of closing.splice(0)) await close();
  });

  it.skipIf(missing)(`tells at once that a session is not recorded any more${why}`, async () => {
    const disk = smallDisk();
    closing.push(disk.remove);
    const data = mkdtempSync(path.join(tmpdir(), "tapstation-data-"));
    closing.push(() => rmSync(data, { recursive: true, force: true }));
    const bin = new Bin(["record", "s.yaml", "--data", data, "--control", "-"], { cwd: disk.at });
    bins.push(bin);
    bin.process.stdin.write("plug 1\n");
    await bin.until(({ stderr }) => stderr.includes("Preparing"));
    fill(disk.at);
    const told = /s\.jsonl cannot be written, and nothing is recorded from now on/g;
    bin.process.stdin.write(`tap ${CARD}\nunplug 1\n`);
    await bin.until(({ stderr }) => stderr.search(told) >= 0);
    empty(disk.at);
    bin.process.stdin.end("quit\n");
    const { code, stderr } = await bin.ended;
    expect(stderr.match(told)).toHaveLength(1);
    expect(stderr).toContain("s.jsonl is not whole");
    expect(code).toBe(2);
  });

  async function station(data: string) {
    const central = await Adversary.start("1.6", seeded(1));
    closing.push(() => central.server.close());
    const args = ["--csms", central.server.url, "--id", "DISK", "--ocpp", "1.6", "--data", data];
    const bin = new Bin([
      "start",
      ...args,
      "--reader",
      "virtual",
      "--buzzer",
      "none",
      "--control",
      "-",
      "--json",
    ]);
    bins.push(bin);
    const facts = () =>
      bin.stdout
        .slice(0, bin.stdout.lastIndexOf("\n") + 1)
        .split("\n")
        .filter((l) => l !== "")
        .map((l) => JSON.parse(l) as Fact);
    const has = (is: (fact: Fact) => boolean) => bin.until(() => facts().some(is));
    const store = () => facts().flatMap((f) => (f.kind === "fault" && f.what === "store" ? [f] : []));
    const say = (...lines: string[]) => bin.process.stdin.write(`${lines.join("\n")}\n`);
    say("plug 1", `tap ${CARD}`);
    await has((f) => f.kind === "transaction" && f.event === "delivered");
    return { bin, central, facts, has, store, say };
  }

  async function expectHonest(data: string, fails: (pid: number) => void, heals: (pid: number) => void) {
    const { bin, central, facts, has, store, say } = await station(data);
    const pid = bin.process.pid as number;
    fails(pid);
    say("meter 1 500", "unplug 1", "plug 1", `tap ${OTHER}`, "status");
    await bin.until((b) => b.stdout.includes('"kind":"status"'));
    expect(facts().findLast((f) => f.kind === "verdict")).toMatchObject({
      outcome: "rejected",
      why: expect.stringContaining("cannot store a transaction"),
    });
    expect(central.heard.map((h) => h.type)).toEqual(["Started"]);
    expect(store()).toMatchObject([
      { state: "raised", detail: expect.stringContaining("DISK.db"), hint: expect.stringContaining("disk") },
    ]);
    heals(pid);
    await has((f) => f.kind === "transaction" && f.event === "delivered" && f.seqNo > 0);
    expect(store().map((f) => f.state)).toEqual(["raised", "cleared"]);
    expect(central.heard.map((h) => [h.type, h.reason])).toEqual([
      ["Started", undefined],
      ["Ended", "EVDisconnected"],
    ]);
    say(`tap ${CARD}`);
    await has((f) => f.kind === "transaction" && f.event === "started" && f.meterWh >= 500);
    bin.process.stdin.end("quit\n");
    const { code, stderr } = await bin.ended;
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/^\s+at /m)]);
  }

  it.skipIf(missing)(
    `full: it goes on, refuses new transactions, ends the old one, and sends it when it can${why}`,
    { timeout: 60_000 },
    async () => {
      const { at, remove } = smallDisk();
      closing.push(remove);
      await expectHonest(
        at,
        () => fill(at),
        () => empty(at),
      );
    },
  );

  it("unwritable: it does the same", {
    timeout: 20_000,
  }, async () => {
    const data = mkdtempSync(path.join(tmpdir(), "tapstation-unwritable-"));
    closing.push(() => rmSync(data, { recursive: true, force: true }));
    await expectHonest(
      data,
      (pid) => limitFiles(pid, 0),
      (pid) => limitFiles(pid, "unlimited"),
    );
  });

  it("overwritten: it lives, and the next start says which file is damaged and what to do", {
    timeout: 20_000,
  }, async () => {
    const data = mkdtempSync(path.join(tmpdir(), "tapstation-damaged-"));
    closing.push(() => rmSync(data, { recursive: true, force: true }));
    const { bin, say } = await station(data);
    const file = dataFiles(data).station("DISK");
    const overwrite = () => {
      for (const f of [file, `${file}-wal`]) writeFileSync(f, Buffer.alloc(64 * 1024, 0x5a));
    };
    overwrite();
    say("unplug 1", `tap ${OTHER}`, "status");
    await bin.until((b) => b.stdout.includes('"kind":"status"'));
    overwrite();
    bin.process.kill("SIGKILL");
    await bin.ended;
    const again = await run([
      "start",
      "--id",
      "DISK",
      "--data",
      data,
      "--reader",
      "virtual",
      "--control",
      "-",
    ]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain(file);
    expect(again.stderr).toContain("aside");
  });
});
