import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { childProgram } from "../../src/drivers/readers/pcsc/process.ts";
import { createPcscReader } from "../../src/drivers/readers/pcsc.ts";
import { EventLog, virtualBench } from "../support/pcscd-bench.ts";
import { pcscPackageMissing, skipUnlessRequired } from "../support/pcscd-package.ts";
import { until } from "../support/vpcd-until.ts";

const skip = skipUnlessRequired(pcscPackageMissing());

const parents: ChildProcess[] = [];

/** The built driver in a process of its own, which prints its child's process id as soon as there is one. */
function startParent(socket: string): ChildProcess {
  const driver = new URL("../pcsc.js", childProgram).href;
  const program = `
    const { createPcscReader } = await import(${JSON.stringify(driver)});
    const reader = createPcscReader({ socket: ${JSON.stringify(socket)} });
    reader.events();
    const timer = setInterval(() => {
      if (reader.pid === undefined) return;
      clearInterval(timer);
      console.log(reader.pid);
    }, 5);
    setInterval(() => undefined, 1000);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  parents.push(parent);
  return parent;
}

/** A process that has ended and that nobody has waited for is not alive. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe.skipIf(skip !== undefined)(
  `the child of the PC/SC driver${skip ? ` (skipped: ${skip})` : ""}`,
  () => {
    let dir: string;
    let silent: net.Server;
    const connections = new Set<net.Socket>();

    beforeEach(async () => {
      dir = mkdtempSync(path.join(tmpdir(), "pcsc-child-"));
      silent = net.createServer((s) => {
        s.on("error", () => undefined);
        // The driver's own question whether the daemon takes connections closes at once; libpcsclite's stays.
        s.on("data", () => connections.add(s));
      });
      silent.listen(path.join(dir, "silent.comm"));
      await once(silent, "listening");
    });
    afterEach(async () => {
      for (const parent of parents.splice(0)) parent.kill("SIGKILL");
      for (const s of connections) s.destroy();
      connections.clear();
      silent.close();
      rmSync(dir, { recursive: true, force: true });
    });

    async function childOf(parent: ChildProcess): Promise<number> {
      if (parent.stdout === null) throw new Error("no stdout");
      const [line] = await once(createInterface(parent.stdout), "line");
      return Number(line);
    }

    it("ends when its parent is killed", async () => {
      const bench = await virtualBench();
      try {
        const parent = startParent(bench.socket);
        const child = await childOf(parent);
        await until("the child's connection", () => bench.daemon.clients > 0);
        parent.kill("SIGKILL");
        await until("the child's end", () => !lives(child));
      } finally {
        await bench.close();
      }
    });

    it("ends when its parent is killed while it hangs in nfc-pcsc's constructor", async () => {
      const parent = startParent(path.join(dir, "silent.comm"));
      const child = await childOf(parent);
      await until("the child's connection", () => connections.size > 0);
      parent.kill("SIGKILL");
      await until("the child's end", () => !lives(child));
    });

    it("outlives a Ctrl-C of the whole process group, and is ended by close", async () => {
      const bench = await virtualBench();
      const reader = createPcscReader({ socket: bench.socket });
      const log = new EventLog(reader);
      await log.next("ready");
      const pid = reader.pid as number;
      process.kill(pid, "SIGINT");
      process.kill(pid, "SIGTERM");
      const card = await bench.present({ uid: "04A2B3C4" });
      await log.next("card");
      await card.remove();
      await reader.close();
      expect(lives(pid)).toBe(false);
      await bench.close();
    });

    it("is ended by close while it hangs in nfc-pcsc's constructor", async () => {
      const reader = createPcscReader({ socket: path.join(dir, "silent.comm") });
      const log = new EventLog(reader);
      await until("the child's connection", () => connections.size > 0);
      const pid = reader.pid as number;
      await reader.close();
      expect(lives(pid)).toBe(false);
      await until("the iterator's end", () => log.ended);
    });
  },
);
