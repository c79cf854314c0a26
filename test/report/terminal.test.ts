import { describe, expect, it } from "vitest";
import { noColors } from "../../src/report/failure-lines.ts";
import { openReporters } from "../../src/report/registry.ts";
import type { RunEvent } from "../../src/scenario/types.ts";
import { width } from "../../src/util/text.ts";
import { FakeTerminal } from "../support/terminal.ts";
import { recorded, report } from "./support.ts";

const ESCAPE = "\u001b";

describe("terminal", () => {
  it("tells each scenario as it ends, in plain lines where there is no terminal", async () => {
    const { stdout } = await report(["terminal"]);
    expect(stdout).not.toContain(ESCAPE);
    const marks = stdout.split("\n").filter((line) => /^ [✓✗!~-] /.test(line));
    expect(marks.map((line) => line.slice(0, 18))).toEqual([
      " ✓ An unknown card",
      " ✓ An unknown card",
      " ✗ A card that nob",
      " ! A central syste",
      " ~ Network down wh",
      " ✗ Hostile </scrip",
      " - A person taps a",
    ]);
    expect(marks[0]).toMatch(/20 min 13 s$/);
  });

  it("shows of a failure the step as written, what was expected, what came nearest and what was before", async () => {
    const { stdout } = await report(["terminal"]);
    const failure = stdout.slice(stdout.indexOf("1) "), stdout.indexOf("2) "));
    expect(failure).toContain("scenarios/whitelisting/unknown.yaml:7:5");
    expect(failure).toContain("     7 │ - expect:\n      8 │     message: Authorize".replace(/^ /, "  "));
    expect(failure).toContain("expected\n     an answer to Authorize\n       idTagInfo.status: Accepted");
    expect(failure).toMatch(/nearest\n +\+2\.000 s ← Authorize Invalid/);
    expect(failure).toContain("idTagInfo.status: wanted Accepted, found Invalid");
    expect(failure).toMatch(/before it\n[\s\S]*\+2\.000 s → Authorize idTag=04B3352CD96F91 ← Invalid/);
    expect(failure).toContain(
      "again: tapstation run scenarios/whitelisting/unknown.yaml --grep ' 1.6$' --seed 42",
    );
  });

  it("counts, names flaky ones with what went wrong before, and skipped ones by reason", async () => {
    const { stdout } = await report(["terminal"]);
    expect(stdout).toMatch(
      /\n7 scenarios: 3 passed \(1 flaky\), 2 failed, 1 could not be run, 1 skipped\n1\.83 s \(40 min 3\d s of the stations' time\)\n$/,
    );
    expect(stdout).toContain("    try 1: The station was not online within 1 s.");
    expect(stdout).toContain("skipped\n  nobody is there to tap a card: CI is set\n    A person taps a card");
  });

  it("keeps to 80 columns, but for a step as it is written, a command to be copied, and a name in a log", async () => {
    const { stdout } = await report(["terminal"]);
    const long = stdout.split("\n").filter((line) => width(line) > 80 && !/│|^ +again: |^ [✓✗] /.test(line));
    // A word without blanks stays whole.
    expect(long.filter((line) => line.trim().split(" ").length > 3)).toEqual([]);
  });

  it("says where a scenario failed as it was expected to", async () => {
    const events = (await recorded()).map((event) =>
      event.kind === "scenarioEnded" && event.result.outcome === "failed"
        ? { ...event, result: { ...event.result, outcome: "passed" as const, expectedFailure: "known" } }
        : event,
    );
    const { stdout } = await report(["terminal"], { events });
    expect(stdout).toMatch(/ ✓ .*\n?.*failed as expected, scenarios\/whitelisting\/unknown\.yaml:7/);
  });

  it("hostile text moves no cursor", async () => {
    const { stdout } = await report(["terminal"]);
    expect(stdout).toContain("?[31m%0A::error");
    expect(stdout).not.toContain(ESCAPE);
  });

  it("has a status line on a terminal, never wider than it, and clears it before other lines", async () => {
    const { stdout } = await report(["terminal"], { tty: true });
    const statuses = stdout.split("\r\u001b[0J").filter((text) => /^ [━─]/.test(text));
    expect(statuses).toContainEqual(expect.stringMatching(/━─+ 2\/7 A card that nobody knows charges › tap/));
    expect(statuses.filter((line) => width(line) > 80)).toEqual([]);
    expect(stdout.split("\n").at(-3)).toMatch(/^7 scenarios/);
    expect(stdout).not.toContain("─ 0/7 \n");
  });

  it("its status line leaves nothing behind on a terminal that becomes narrower, down to very few columns", async () => {
    const terminal = new FakeTerminal(100);
    const reporters = await openReporters(["terminal"], {
      stdout: {
        isTTY: true,
        get columns() {
          return terminal.columns;
        },
        write: (text) => terminal.write(text),
      },
      colors: noColors,
      env: {},
      cwd: "/",
      onFault: () => {},
    });
    const widths = [60, 41, 24];
    for (const event of await recorded()) {
      reporters.on(event);
      const status = terminal.lines.filter((line) => /^ [━─]{3}/.test(line));
      expect(status.length).toBeLessThan(2);
      if (event.kind === "stepEnded" && terminal.cursor.col > 20)
        terminal.narrow(widths.shift() ?? terminal.columns);
    }
    expect(widths).toEqual([]);
    await reporters.close();
    expect(terminal.lines.filter((line) => /[━─]{3}/.test(line))).toEqual([]);
  });

  it("is plain in CI, also on a terminal", async () => {
    expect((await report(["terminal"], { tty: true, env: { CI: "true" } })).stdout).not.toContain(ESCAPE);
  });

  it("says where a run was broken off", async () => {
    const events = (await recorded()).slice(0, -1);
    const end = events.findIndex((e) => e.kind === "scenarioEnded");
    const { stdout } = await report(["terminal"], { events: events.slice(0, end + 1) });
    expect(stdout).toMatch(/broken off after 1 of 7 scenarios\n$/);
  });
});

describe("minimal", () => {
  it("says failures and one line", async () => {
    const { stdout } = await report(["minimal"]);
    expect(stdout).toMatch(/^1\) A card that nobody knows charges/);
    expect(stdout).toMatch(/7 scenarios: [^\n]*\n[^\n]*\n$/);
    expect(stdout).not.toContain("✓");
  });

  it("says one line when all passed", async () => {
    const events = passing(await recorded());
    const { stdout } = await report(["minimal"], { events });
    expect(stdout.trim().split("\n")).toHaveLength(1);
  });
});

/** The same run, had it ended with its first scenario. */
function passing(run: readonly RunEvent[]): RunEvent[] {
  const first = run.slice(0, run.findIndex((e) => e.kind === "scenarioEnded") + 1);
  const summary = {
    total: 1,
    passed: 1,
    failed: 0,
    errors: 0,
    skipped: 0,
    interrupted: 0,
    flaky: 0,
    wallMs: 120,
    exitCode: 0,
  };
  return [...first, { kind: "runEnded", summary, time: "2030-01-01T10:00:01.000Z" }];
}
