import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { skipUnlessRequired } from "../support/pcscd-package.ts";
import { HOSTILE } from "./recorded-run.ts";
import { recorded, report, tempDir } from "./support.ts";

it("a report that is found alone says what was tested: the command with its flags", async () => {
  const events = (await recorded()).map((event) =>
    event.kind === "runBegan"
      ? {
          ...event,
          command: "tapstation run a.yaml",
          flags: ["--csms", "ws://127.0.0.1:9/x y", "--password", "$TAPSTATION_PASSWORD"],
        }
      : event,
  );
  const { cwd } = await report(["junit:r.xml", "html:r.html"], { events });
  const command = `tapstation run a.yaml --csms 'ws://127.0.0.1:9/x y' --password "$TAPSTATION_PASSWORD"`;
  const read = (name: string) => readFileSync(join(cwd, name), "utf8");
  expect(read("r.xml").replaceAll("&quot;", '"').replaceAll("&apos;", "'")).toContain(`value="${command}"`);
  expect(read("r.html")).toContain(JSON.stringify(command).slice(1, -1));
});

describe("jsonl", () => {
  it("writes each event as a line, with nothing left out", async () => {
    const { cwd, stdout } = await report(["jsonl:run.jsonl"]);
    const lines = readFileSync(join(cwd, "run.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(await recorded())));
    expect(stdout).toContain("7 scenarios");
  });

  it("has the standard output for itself when no file is named", async () => {
    const { stdout } = await report(["jsonl"]);
    for (const line of stdout.trimEnd().split("\n")) expect(JSON.parse(line)).toHaveProperty("kind");
  });

  it("can be read while the run goes on", async () => {
    const cwd = tempDir();
    const events = await recorded();
    const end = events.findIndex((e) => e.kind === "scenarioEnded");
    const seen: number[] = [];
    const spying = new Proxy(events.slice(0, end + 2), {
      get(target, key, receiver) {
        if (key === String(end + 1))
          seen.push(readFileSync(join(cwd, "run.jsonl"), "utf8").split("\n").length);
        return Reflect.get(target, key, receiver);
      },
    });
    await report(["jsonl:run.jsonl"], { cwd, events: spying });
    expect(seen[0]).toBe(end + 2);
  });
});

describe("github", () => {
  const commands = async () =>
    (await report(["github"])).stdout.split("\n").filter((line) => line.startsWith("::"));

  it("marks the failed step in its file, and a flaky scenario as a warning", async () => {
    const [first, second, , last] = await commands();
    expect(first).toBe(
      "::error file=scenarios/whitelisting/unknown.yaml,line=7,col=5,title=A card that nobody knows charges [ocpp=1.6]::No answer to Authorize with the status Accepted came within 5 s.%0AWhitelist the card first: a csms step with card.%0Aexpected: an answer to Authorize%0A  idTagInfo.status: Accepted%0Awithin 5 s of the end of the step before%0AidTagInfo.status: wanted Accepted, found Invalid",
    );
    expect(second).toContain("file=scenarios/faults/nowhere.yaml,line=4,");
    expect(last).toMatch(/^::warning file=scenarios\/offline\/tap.yaml,.*try 1: The station was not online/);
  });

  it("escapes what would end the command or begin another", async () => {
    const all = await commands();
    expect(all).toHaveLength(4);
    const hostile = all[2] ?? "";
    expect(hostile).toContain("file=scenarios/faults/host%2Cile%3A100%25.yaml,line=8,");
    // What the runner makes of it again.
    const [, body = ""] = /^::error [^:]*::(.*)$/.exec(hostile) ?? [];
    const read = body.replaceAll("%0A", "\n").replaceAll("%0D", "\r").replaceAll("%25", "%");
    expect(read).toContain(`Not found: ${HOSTILE.replace("\u001b", "?")}\n`);
  });

  it("does not stand alone: a person sees the run too", async () => {
    expect((await report(["github"])).stdout).toContain("✓ An unknown card");
  });
});

interface Xml {
  readonly tag: string;
  readonly at: Readonly<Record<string, string>>;
  readonly text: string;
  readonly inner: readonly Xml[];
}

const python = skipUnlessRequired(
  spawnSync("python3", ["--version"]).status === 0
    ? undefined
    : "python3 is missing: apt-get install python3",
);

/** Another program's reading of the document. */
function parseXml(path: string): Xml {
  const program = `
import json, sys, xml.etree.ElementTree as E
read = lambda e: {"tag": e.tag, "at": e.attrib, "text": e.text or "", "inner": [read(c) for c in e]}
print(json.dumps(read(E.parse(sys.argv[1]).getroot())))`;
  return JSON.parse(execFileSync("python3", ["-c", program, path], { encoding: "utf8" }));
}

/** What the common schema of JUnit XML (that of Jenkins' xUnit plugin) allows, and `file`, which GitLab reads. */
const SCHEMA: Readonly<
  Record<string, { at: readonly string[]; needs: readonly string[]; in: readonly string[] }>
> = {
  testsuites: {
    at: ["name", "tests", "failures", "errors", "skipped", "time"],
    needs: [],
    in: ["testsuite"],
  },
  testsuite: {
    at: ["name", "tests", "failures", "errors", "skipped", "time", "timestamp"],
    needs: ["name", "tests", "failures", "errors"],
    in: ["properties", "testcase"],
  },
  testcase: {
    at: ["name", "classname", "time", "file"],
    needs: ["name", "classname", "time"],
    in: ["properties", "skipped", "error", "failure", "system-out", "system-err"],
  },
  properties: { at: [], needs: [], in: ["property"] },
  property: { at: ["name", "value"], needs: ["name", "value"], in: [] },
  skipped: { at: ["message"], needs: ["message"], in: [] },
  failure: { at: ["message", "type"], needs: ["message"], in: [] },
  error: { at: ["message", "type"], needs: ["message"], in: [] },
  "system-out": { at: [], needs: [], in: [] },
};

function violations({ tag, at, inner }: Xml): string[] {
  const rule = SCHEMA[tag];
  if (rule === undefined) return [`no element ${tag}`];
  return [
    ...Object.keys(at).flatMap((key) => (rule.at.includes(key) ? [] : [`${tag} has no ${key}`])),
    ...rule.needs.flatMap((key) => (key in at ? [] : [`${tag} needs ${key}`])),
    ...inner.flatMap((child) => (rule.in.includes(child.tag) ? [] : [`${child.tag} in ${tag}`])),
    ...inner.flatMap(violations),
  ];
}

describe.skipIf(python !== undefined)(`junit${python === undefined ? "" : ` (${python})`}`, () => {
  const read = async () => parseXml(join((await report(["junit:out/report.xml"])).cwd, "out/report.xml"));
  const cases = (root: Xml) =>
    root.inner.flatMap((suite) => suite.inner.filter(({ tag }) => tag === "testcase"));
  const child = (of: Xml | undefined, tag: string) => of?.inner.find((x) => x.tag === tag);

  it("fits the common schema, and counts what is in it", async () => {
    const root = await read();
    expect(violations(root)).toEqual([]);
    expect(root.at).toMatchObject({ tests: "7", failures: "2", errors: "1", skipped: "1" });
    const counted = (key: string) => root.inner.reduce((sum, suite) => sum + Number(suite.at[key]), 0);
    expect(["tests", "failures", "errors", "skipped"].map(counted)).toEqual([7, 2, 1, 1]);
    for (const suite of root.inner) expect(suite.at.timestamp).toBe("2030-01-01T10:00:00");
  });

  it("keeps failure and error apart, with place, step and nearest; the last facts are the output", async () => {
    const [, , failed, error] = cases(await read());
    expect(failed?.at).toMatchObject({
      classname: "scenarios.whitelisting.unknown",
      file: "scenarios/whitelisting/unknown.yaml",
      name: "A card that nobody knows charges [ocpp=1.6]",
    });
    expect(child(failed, "failure")?.at.message).toMatch(/^No answer to Authorize/);
    expect(child(failed, "failure")?.text).toMatch(
      /^scenarios\/whitelisting\/unknown.yaml:7:5\n[\s\S]*7 │ - expect:[\s\S]*found Invalid/,
    );
    expect(child(failed, "error")).toBeUndefined();
    expect(child(failed, "system-out")?.text).toContain("→ Authorize idTag=04B3352CD96F91 ← Invalid");
    expect(child(error, "error")?.at.message).toContain("cannot be reached");
    expect(child(error, "failure")).toBeUndefined();
  });

  it("says why something was skipped, and that something was flaky", async () => {
    const all = cases(await read());
    expect(child(all.at(-1), "skipped")?.at.message).toBe("nobody is there to tap a card: CI is set");
    const flaky = all.find((c) => c.at.name?.startsWith("Network down"));
    const properties = child(flaky, "properties")?.inner.map((p) => [p.at.name, p.at.value]);
    expect(properties).toContainEqual(["flaky", "passed at try 2"]);
    expect(child(flaky, "failure")).toBeUndefined();
    expect(child(flaky, "system-out")?.text).toContain("The station was not online within 1 s.");
  });

  it("keeps hostile text as text; what XML cannot hold is left out", async () => {
    const hostile = cases(await read()).find((c) => c.at.name?.startsWith("Hostile"));
    expect(child(hostile, "failure")?.at.message).toBe(`Not found: ${HOSTILE.replace("\u001b", "")}`);
    expect(child(hostile, "failure")?.text).toContain("]]>");
    expect(child(hostile, "failure")?.text).toContain("</script>");
  });

  it("replaces an old report only by a whole one", async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, "report.xml"), "old");
    const events = await recorded();
    const broken = [...events, { kind: "scenarioBegan", scenario: null, time: "" } as never];
    const { faults } = await report(["junit:report.xml"], { cwd, events: broken });
    expect(faults.map((f) => f.reporter)).toContain("junit");
    expect(readFileSync(join(cwd, "report.xml"), "utf8")).toBe("old");
    expect(readdirSync(cwd)).toEqual(["report.xml"]);
  });
});
