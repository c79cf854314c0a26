import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createCentral } from "../../src/index.ts";
import { folderOf, scenario } from "../scenario/support.ts";
import { Bin, binPath, run } from "../support/bin.ts";
import { missingCommand } from "../support/pty.ts";

/** `tapstation run` as a process. */

const CARD = "04A2241BC85E80";
const GOOD = scenario(`- tap: ${CARD}\n- expect: { verdict: accepted }`, "ocpp: 1.6\n").replace(
  "Test",
  "Good one",
);
const BAD = scenario("- expect: { message: Authorize, within: 1 s }", "ocpp: 1.6\ntags: [broken]\n").replace(
  "Test",
  "Bad one",
);

const files = { "good.yaml": GOOD, "bad.yaml": BAD };

describe("tapstation run", () => {
  it.each([
    ["all passed", ["good.yaml"], 0, /1 passed/],
    ["one did not", ["."], 1, /Bad one/],
    ["grep leaves it out", [".", "--grep", "good"], 0, /1 passed/],
    ["a tag leaves it out", [".", "--tag", "!broken"], 0, /1 passed/],
    ["a shard leaves it out", [".", "--shard", "2/2"], 0, /1 passed/],
    ["another version skips", ["good.yaml", "--ocpp", "2.0.1"], 2, /1 skipped.*\nNothing ran/],
    ["a shard with nothing to do", ["good.yaml", "--ocpp", "2.0.1", "--shard", "1/1"], 0, /1 skipped/],
    [
      "one at a time, with another seed, tried again",
      ["good.yaml", "--workers", "1", "--seed", "5", "--retries", "2"],
      0,
      /seed 5/,
    ],
  ])("%s", async (_, args, code, said) => {
    const outcome = await run(["run", ...args], { cwd: folderOf(files) });
    expect(outcome).toMatchObject({ code, stderr: "" });
    expect(outcome.stdout).toMatch(said);
  });

  it.each([
    [
      "a file that is wrong",
      ["wrong.yaml"],
      /wrong\.yaml:3:5: "tapp" is not a step\n {2}Did you mean "tap"\?/,
    ],
    ["no path", [], /An argument is missing/],
    ["a path that is not there", ["nowhere"], /nowhere cannot be read/],
    ["a folder to be watched that is not there", ["nowhere/x.yaml", "--watch"], /there is no folder nowhere/],
    [
      "a shard of nothing",
      ["good.yaml", "--shard", "3/2"],
      /--shard: "3\/2" is no part of the whole\n {2}Write i\/n/,
    ],
    ["no number", ["good.yaml", "--workers", "0"], /--workers: "0" is not a whole number from 1/],
    ["no expression", ["good.yaml", "--grep", "("], /--grep: "\(" is no regular expression/],
    ["a misspelt flag", ["good.yaml", "--wach"], /Did you mean --watch\?/],
  ])("exit code 2: %s", async (_, args, said) => {
    const outcome = await run(["run", ...args], {
      cwd: folderOf({ ...files, "wrong.yaml": scenario("- tapp: 1") }),
    });
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(said);
  });

  it("exit code 3 when a reader is not there, 4 when a central system is not", async () => {
    const cwd = folderOf(files);
    const reader = await run(["run", "good.yaml", "--reader", "fifo:/nonexistent/cards"], { cwd });
    expect([reader.code, reader.stdout]).toEqual([3, expect.stringContaining("/nonexistent")]);
    const central = await run(["run", "good.yaml", "--csms", "ws://127.0.0.1:1/ocpp"], { cwd });
    expect([central.code, central.stdout]).toEqual([4, expect.stringContaining("nobody listens")]);
  });

  it("lists without running", async () => {
    const { code, stdout } = await run(["run", ".", "--list"], { cwd: folderOf(files) });
    expect(code).toBe(0);
    expect(stdout).toBe("bad.yaml:1  Bad one  (1.6)\ngood.yaml:1  Good one  (1.6)\n");
  });

  it("the same file runs against another central system, in real time", async () => {
    const central = await createCentral();
    try {
      const { code, stdout } = await run(["run", "good.yaml", "--csms", central.url, "--id", "REAL1"], {
        cwd: folderOf(files),
      });
      expect([code, stdout]).toEqual([0, expect.stringContaining("1 passed")]);
      expect(central.received.all("Authorize").map((r) => r.station)).toEqual(["REAL1"]);
    } finally {
      await central.close();
    }
  });

  it("a failure names the central system for the next try, without its secrets; what only leaves out is told", async () => {
    const central = await createCentral();
    try {
      const cwd = folderOf({ "bad.yaml": BAD.replace("tags:", "only: true\ntags:"), "good.yaml": GOOD });
      const url = central.url.replace("ws://", "ws://user:verysecret@");
      const { code, stdout } = await run(["run", ".", "--csms", url, "--id", "REAL1"], { cwd });
      expect(code).toBe(1);
      expect(stdout).toContain(`--csms "$TAPSTATION_CSMS" --id REAL1 --seed 1`);
      expect(stdout).toContain("1 left out: not marked with only: true");
      expect(stdout).not.toContain("verysecret");
    } finally {
      await central.close();
    }
  });

  it("--update writes what came, tells each value, and plays the scenario as it is then; not where CI is set", async () => {
    const text = scenario("- plug:\n- expect: { fact: connector, with: { connectorId: 2 } }", "ocpp: 1.6\n");
    const cwd = folderOf({ "s.yaml": text });
    const refused = await run(["run", "s.yaml", "--update"], { cwd, env: { CI: "1" } });
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toMatch(/--update writes into scenario files, and CI is set/);
    expect(readFileSync(join(cwd, "s.yaml"), "utf8")).toBe(text);
    const { code, stdout, stderr } = await run(["run", "s.yaml", "--update"], { cwd, env: { CI: "" } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/1 passed/);
    expect(stderr).toBe("s.yaml:5:53: with.connectorId: 2 is now 1\n");
    expect(readFileSync(join(cwd, "s.yaml"), "utf8")).toBe(text.replace("connectorId: 2", "connectorId: 1"));
  });

  it("only: true is refused where CI is set, with its places, unless it is let", async () => {
    const only = GOOD.replace("ocpp:", "only: true\nocpp:");
    const cwd = folderOf({ ...files, "one.yaml": only, "two.yaml": only });
    const refused = await run(["run", "."], { cwd, env: { CI: "true" } });
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toMatch(
      /one\.yaml:2:1: only: true leaves all other scenarios out\n.*two\.yaml:2:1: only: true.*\n {2}.*--allow-only/,
    );
    for (const [args, env] of [
      [["--allow-only"], { CI: "1" }],
      [[], { CI: "false" }],
      [[], {}],
    ] as const) {
      const allowed = await run(["run", ".", ...args], { cwd, env });
      expect([allowed.code, allowed.stdout]).toEqual([0, expect.stringContaining("2 passed")]);
    }
  });

  it.skipIf(!existsSync("/dev/full"))(
    "a report that the device has no room for is told, and the device stays",
    async () => {
      const { code, stdout, stderr } = await run(["run", "good.yaml", "--reporter", "junit:/dev/full"], {
        cwd: folderOf(files),
      });
      expect(stdout).toContain("1 passed");
      expect(stderr).toMatch(/junit failed.*\/dev\/full cannot be written/);
      expect(code).toBe(2);
      expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
    },
  );

  it.skipIf(!existsSync("/proc/self"))(
    "a report where no directory can be made is told before the run",
    async () => {
      const { code, stderr } = await run(["run", "good.yaml", "--reporter", "junit:/proc/x/y/report.xml"], {
        cwd: folderOf(files),
      });
      expect(stderr).toContain("The report /proc/x/y/report.xml cannot be written");
      expect(code).toBe(2);
    },
  );

  it("programs run with --allow-shell only", async () => {
    const cwd = folderOf({ "s.yaml": scenario("- shell: touch was-here", "ocpp: 1.6\n") });
    expect((await run(["run", "s.yaml"], { cwd })).stdout).toContain("--allow-shell is not set");
    expect((await run(["run", "s.yaml", "--allow-shell"], { cwd })).stdout).toContain("1 passed");
  });

  it("Ctrl-C runs the tear-down and exits with 130", async () => {
    const cwd = folderOf({
      "s.yaml": scenario(
        "- shell: echo $$PPID > running; sleep 60",
        "ocpp: 1.6\nteardown:\n  - shell: touch torn-down\n",
      ),
    });
    const bin = new Bin(["run", "s.yaml", "--allow-shell", "--reporter", "jsonl"], { cwd });
    await bin.until((b) => b.stdout.includes('"steps.1"'));
    bin.process.kill("SIGINT");
    const { code, stdout } = await bin.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('"why":"interrupted (SIGINT)');
    expect(stdout).toMatch(/"stepEnded".*"teardown\.1".*"outcome":"passed"/);
  });

  it("--watch runs again when the file changes, also after one that is wrong", async () => {
    const cwd = folderOf({ "s.yaml": GOOD });
    const bin = new Bin(["run", "s.yaml", "--watch"], { cwd });
    const waits = (n: number) => (b: Bin) => b.stdout.split("Waiting for a file to change").length > n;
    await bin.until(waits(1));
    writeFileSync(join(cwd, "s.yaml"), scenario("- tapp: 1"));
    await bin.until(waits(2));
    expect(bin.stdout).toContain('"tapp" is not a step');
    writeFileSync(join(cwd, "s.yaml"), GOOD);
    await bin.until(waits(3));
    expect(bin.stdout.match(/1 passed/g)).toHaveLength(2);
    bin.process.kill("SIGINT");
    expect((await bin.ended).code).toBe(130);
  });
});

const scriptMissing = missingCommand("script", "sudo apt-get install bsdutils");

describe.skipIf(scriptMissing !== undefined)(
  `a person at a terminal${scriptMissing === undefined ? "" : ` (skipped: ${scriptMissing})`}`,
  () => {
    /** The program in a terminal of its own: each time that `ask` stands there once more, the next of `typed` goes there. */
    async function atTerminal(
      files: Readonly<Record<string, string>>,
      args: string,
      ask: string,
      typed: readonly string[],
    ): Promise<{ text: string; status: number | null }> {
      const dir = folderOf(files);
      const child = spawn("script", ["-qec", `"${process.execPath}" "${binPath}" run ${args}`, "/dev/null"], {
        cwd: dir,
        env: { PATH: process.env.PATH, HOME: dir, TERM: "xterm", NO_COLOR: "1", SHELL: "/bin/sh" },
      });
      let text = "";
      let asked = 0;
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk;
        for (; asked < text.split(ask).length - 1; asked++) child.stdin.write(typed[asked] ?? "");
      });
      const [status] = (await once(child, "close")) as [number | null];
      return { text, status };
    }

    const BY_HAND = {
      "s.yaml":
        "name: By hand\nocpp: [1.6]\nsteps:\n  - prompt: Look at the lamp\n  - plug:\n  - expect: { status: Preparing }\n",
    };

    it("is told what to do, and the scenario goes on when it is done", async () => {
      const { text, status } = await atTerminal(BY_HAND, "s.yaml", "press Enter", ["\r"]);
      expect(text).toContain("Look at the lamp, then press Enter:");
      expect(text).toContain("1 passed");
      expect(status).toBe(0);
    });

    it("may end it there with Ctrl-C", async () => {
      const { text, status } = await atTerminal(BY_HAND, "s.yaml", "press Enter", ["\x03"]);
      expect(text).not.toContain("1 passed");
      expect(text).toContain("Ctrl-C again ends at once");
      expect(status).toBe(130);
    });

    it("watches: f runs what did not pass again, Enter all, q ends", async () => {
      const { text, status } = await atTerminal(files, ". --watch --quiet", "q quit", ["f", "\r", "q"]);
      expect(text.match(/\d scenarios?: [^·]*/g)?.map((line) => line.trim())).toEqual([
        "2 scenarios: 1 passed, 1 failed",
        "1 scenario: 1 failed",
        "2 scenarios: 1 passed, 1 failed",
      ]);
      expect(status).toBe(0);
    });

    it("watches until Ctrl-C, which is heard as such", async () => {
      const { text, status } = await atTerminal(files, "good.yaml --watch --quiet", "q quit", ["f\x03"]);
      // Nothing failed: f does nothing, and is not offered.
      expect(text).toContain("Enter all again · q quit");
      expect(status).toBe(130);
    });
  },
);
