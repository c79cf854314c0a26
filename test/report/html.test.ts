import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { ReportIndex, ScenarioPart } from "../../src/report/page-data.ts";
import { MAX_FACTS } from "../../src/report/scenario-part.ts";
import type { RunEvent } from "../../src/scenario/types.ts";
import { underWay } from "../../web/report/under-way.ts";
import { HOSTILE } from "./recorded-run.ts";
import { recorded, report, tempDir } from "./support.ts";

const scriptIn = (html: string, attributes: string): string =>
  new RegExp(`<script ${attributes}>(.*?)</script>`, "s").exec(html)?.[1] ?? "";

const indexIn = (html: string): ReportIndex =>
  JSON.parse(scriptIn(html, 'type="application/json" id="index"'));

function partIn(html: string, part: number | undefined): ScenarioPart {
  const packed = scriptIn(html, `type="text/plain" id="part-${part}"`);
  return JSON.parse(inflateRawSync(Buffer.from(packed, "base64")).toString("utf8"));
}

async function written(events?: readonly RunEvent[]): Promise<string> {
  const { cwd } = await report(["html:report.html"], events === undefined ? {} : { events });
  return readFileSync(join(cwd, "report.html"), "utf8");
}

const named = (html: string, name: string) => {
  const entry = indexIn(html).scenarios.find((scenario) => scenario.name === name);
  if (entry === undefined) throw new Error(`no scenario ${name}`);
  return { entry, part: partIn(html, entry.part) };
};

const UNKNOWN = "A card that nobody knows charges";

describe("the html reporter", () => {
  it("writes report.html when no file is named, and leaves the standard output to another", async () => {
    const { cwd, stdout } = await report(["html"]);
    expect(readFileSync(join(cwd, "report.html"), "utf8")).toMatch(/^<!doctype html>/);
    expect(stdout).toContain("7 scenarios");
  });

  it("has each scenario with its outcome in the index", async () => {
    const events = await recorded();
    const { scenarios, run, summary } = indexIn(await written());
    const ended = events.filter((event) => event.kind === "scenarioEnded");
    expect(scenarios.map(({ id, outcome }) => [id, outcome])).toEqual(
      ended.map(({ id, result }) => [id, result.outcome]),
    );
    expect(run?.seed).toBe(42);
    expect(summary).toEqual(events.find((event) => event.kind === "runEnded")?.summary);
  });

  it("has every fact of a scenario, in order and within the step that was under way", async () => {
    const events = await recorded();
    const { entry, part } = named(await written(), "An unknown card is whitelisted and charges");
    const ended = events.findIndex((event) => event.kind === "scenarioEnded" && event.id === entry.id);
    const facts = events
      .slice(0, ended)
      .flatMap((event) => (event.kind === "fact" && event.id === entry.id ? [event.fact] : []));
    expect(part.facts).toEqual(JSON.parse(JSON.stringify(facts)));
    const tap = part.steps.findIndex(({ title }) => title.startsWith("tap"));
    const presented = part.facts.findIndex(({ kind }) => kind === "card");
    expect(underWay(part).facts[presented]).toEqual({ steps: [tap], around: tap });
    expect(part.order[presented]).toBeGreaterThan(part.steps[tap]?.began ?? Number.NaN);
    expect(part.order[presented]).toBeLessThan(part.steps[tap]?.ended ?? Number.NaN);
    expect(entry.frames).toBe(facts.filter((f) => f.kind === "frame" && f.source === "station").length);
  });

  it("tells a failure as the run told it, without the facts that are on the page already", async () => {
    const { entry, part } = named(await written(), UNKNOWN);
    expect(entry.reason).toBe("No answer to Authorize with the status Accepted came within 5 s.");
    expect(part.failures[0]).toMatchObject({
      expected: expect.stringContaining("an answer to Authorize"),
      nearest: { kind: "frame", action: "Authorize" },
      differences: [{ path: "idTagInfo.status", wanted: "Accepted", found: "Invalid" }],
    });
    expect(part.failures[0]).not.toHaveProperty("lastFacts");
  });

  it("keeps the try that passed, and why the one before it did not", async () => {
    const { entry, part } = named(await written(), "Network down while a card is tapped");
    expect(entry).toMatchObject({ outcome: "passed", retry: 1 });
    expect(part.tries.map((failures) => failures[0]?.message)).toEqual([
      expect.stringContaining("The station was not online"),
    ]);
    expect(part.facts.filter(({ kind }) => kind === "newStation")).toHaveLength(1);
  });

  it("writes hostile text as data only", async () => {
    const html = await written();
    expect(JSON.stringify(indexIn(html))).toContain(JSON.stringify(HOSTILE).slice(1, -1));
    expect(html).not.toContain("globalThis.stolen=1</script>");
    // Parts, index and the page's own script: whatever else opens a script would be somebody's text.
    const parts = indexIn(html).scenarios.filter(({ part }) => part !== undefined).length;
    expect(html.match(/<script/gi)).toHaveLength(parts + 2);
    expect(html).not.toMatch(/<img/i);
  });

  it("has a script that is still one after what looks like markup was taken out of it", async () => {
    const scripts = (await written()).match(/<script>(.*?)<\/script>/s);
    expect(() => new Script(scripts?.[1] ?? "(")).not.toThrow();
  });

  it("says of a run that was broken off what had not ended", async () => {
    const events = await recorded();
    const { summary, scenarios } = indexIn(await written(events.slice(0, 40)));
    expect(summary).toBeUndefined();
    expect(scenarios).toHaveLength(1);
    expect(scenarios[0]).not.toHaveProperty("outcome");
  });

  it("keeps the beginning and the end of a scenario with too many facts, and says how many are missing", async () => {
    const events = await recorded();
    const at = 1 + events.findIndex((event) => event.kind === "stepBegan");
    const fact = events.slice(at).find((event) => event.kind === "fact");
    if (fact?.kind !== "fact") throw new Error("no fact");
    const flood = Array.from({ length: 2 * MAX_FACTS }, (_, i) => ({
      ...fact,
      fact: { ...fact.fact, seq: 1_000_000 + i },
    }));
    const html = await written([...events.slice(0, at), ...flood, ...events.slice(at)]);
    const part = partIn(html, 0);
    expect(part.facts).toHaveLength(MAX_FACTS);
    expect(part.order).toHaveLength(MAX_FACTS);
    const plain = partIn(await written(), 0).facts.length;
    expect(part.leftOut).toEqual({ before: MAX_FACTS / 2, count: flood.length + plain - MAX_FACTS });
    expect(part.facts[0]?.seq).toBe(1_000_000);
    expect(part.facts.at(-1)).toEqual(partIn(await written(), 0).facts.at(-1));
  }, 60_000);

  it("leaves nothing behind when the file cannot be written", async () => {
    const cwd = tempDir();
    await expect(report(["html:/dev/null/report.html"], { cwd })).rejects.toThrow(/cannot be written/);
  });
});
