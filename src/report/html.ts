import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import type { Failure, Reporter, RunEvent } from "../scenario/types.ts";
import { AppError } from "../util/errors.ts";
import { againCommand, commandText } from "./again.ts";
import { differenceText } from "./failure-lines.ts";
import type { ReporterOptions } from "./output.ts";
import type { IndexEntry, ReportIndex } from "./page-data.ts";
import { isEnded, messageText, RunRecord, type ScenarioRecord } from "./record.ts";
import { PartBuilder, verdictOf } from "./scenario-part.ts";

/**
 * One file that holds the whole run and the page that shows it: it opens from the disk, asks nobody for anything, and
 * its policy forbids it to. Scenarios are packed and written as they end, so that memory holds those that run.
 */
export function createReporter({ output }: ReporterOptions): Reporter {
  const page = loadPage();
  const run = new RunRecord();
  const running = new Map<string, PartBuilder>();
  const parts = new Map<string, { readonly part: number; readonly frames: number }>();
  output.write(head(page));

  const writePart = (id: string): void => {
    const builder = running.get(id);
    const record = run.scenarios.get(id);
    if (builder === undefined || record === undefined) return;
    running.delete(id);
    const part = parts.size;
    parts.set(id, { part, frames: builder.frames });
    const packed = deflateRawSync(JSON.stringify(builder.build(record))).toString("base64");
    output.write(`<script type="text/plain" id="part-${part}">${packed}</script>\n`);
  };

  return {
    name: "html",
    on: (event) => {
      run.note(event);
      gather(event, running);
      if (event.kind === "scenarioEnded") writePart(event.id);
    },
    close: async () => {
      for (const id of [...running.keys()]) writePart(id);
      const entries = [...run.scenarios.values()].map((record) =>
        entryOf(record, parts.get(record.info.id), run),
      );
      output.write(tail(page, indexOf(run, entries)));
      output.close();
    },
  };
}

function gather(event: RunEvent, running: Map<string, PartBuilder>): void {
  if (event.kind === "scenarioBegan") {
    if (!running.has(event.scenario.id)) running.set(event.scenario.id, new PartBuilder(event.scenario));
  } else if (event.kind === "fact") running.get(event.id)?.fact(event.fact);
  else if (event.kind === "stepBegan" || event.kind === "stepEnded") running.get(event.id)?.step(event);
  else if (event.kind === "retry") running.get(event.id)?.clear();
}

function indexOf(run: RunRecord, scenarios: readonly IndexEntry[]): ReportIndex {
  const { began, summary, refused } = run;
  return {
    ...(began === undefined ? {} : { run: { ...began, command: commandText(began) } }),
    ...(summary === undefined || summary.interrupted > 0 ? {} : { summary }),
    ...(refused === undefined ? {} : { refused }),
    scenarios,
  };
}

function entryOf(
  record: ScenarioRecord,
  part: { readonly part: number; readonly frames: number } | undefined,
  run: RunRecord,
): IndexEntry {
  const { info, result } = record;
  const { source: _, ...about } = info;
  const outcome = verdictOf(result);
  return {
    ...about,
    ms: result?.ms ?? 0,
    wallMs: result?.wallMs ?? 0,
    retry: result?.retry ?? 0,
    frames: part?.frames ?? 0,
    ...(part === undefined ? {} : { part: part.part }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(result === undefined ? {} : { seed: result.seed }),
    ...(isEnded(record) && record.result.outcome !== "skipped" ? { again: againCommand(record, run) } : {}),
    ...(result?.why === undefined ? {} : { why: result.why }),
    ...(result?.expectedFailure === undefined ? {} : { expectedFailure: result.expectedFailure }),
    ...reasonOf(result?.failures[0]),
  };
}

function reasonOf(failure: Failure | undefined): Pick<IndexEntry, "reason" | "differs"> {
  if (failure === undefined) return {};
  const { differences = [] } = failure;
  return {
    reason: messageText(failure),
    ...(differences.length === 0 ? {} : { differs: differences.map(differenceText) }),
  };
}

interface Page {
  readonly script: string;
  readonly style: string;
}

/** Made from web/report when the program is built; run from its source (tests), the reporter takes the built one. */
const pageDirectory = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/report/page/" : "./page/",
  import.meta.url,
);

function loadPage(): Page {
  const read = (name: string) => readFileSync(new URL(name, pageDirectory), "utf8");
  try {
    return { script: inScript(read("report.js")), style: read("report.css") };
  } catch (cause) {
    throw new AppError("usage", "The HTML report's page is missing from this installation", {
      hint: "Build it: npm run build",
      cause,
    });
  }
}

/** Nothing in a script may look like its end. */
const inScript = (text: string): string => text.replaceAll(/<(?=\/script|!--|script)/gi, "\\x3c");

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

function head({ script, style }: Page): string {
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>tapstation report</title>
<style>${style}</style>
</head>
<body>
<div id="app"><noscript>This report needs JavaScript.</noscript></div>
`;
}

function tail({ script }: Page, index: ReportIndex): string {
  const json = JSON.stringify(index).replaceAll("<", "\\u003c");
  return `<script type="application/json" id="index">${json}</script>
<script>${script}</script>
</body>
</html>
`;
}
