import { cellText } from "../scenario/cell.ts";
import type { Failure, Reporter, RunProblem } from "../scenario/types.ts";
import { clean } from "../util/text.ts";
import { cameLines, differenceText, noColors } from "./failure-lines.ts";
import type { ReporterOptions } from "./output.ts";
import { type EndedScenario, messageText, RunRecord } from "./record.ts";

/**
 * Annotations for GitHub Actions (workflow commands), which mark the step in the scenario's file: an error for each
 * failure and for each reason why nothing could run, a warning for each scenario that passed only when it was tried again
 * or was interrupted, and where nothing ran.
 */
export function createReporter({ output }: ReporterOptions): Reporter {
  const run = new RunRecord();
  return {
    name: "github",
    on: (event) => run.note(event),
    close: async () => {
      for (const { message, hint, at } of run.refused?.problems ?? [])
        output.write(
          command("error", at, "tapstation run", hint === undefined ? message : `${message}\n${hint}`),
        );
      for (const scenario of run.withOutcome("failed", "error"))
        for (const failure of scenario.result.failures) output.write(errorCommand(scenario, failure));
      if (run.ranNothing) output.write(nothingRan(run));
      for (const { info, result } of run.withOutcome("interrupted"))
        output.write(command("warning", info.at, titled(info), result.why ?? "interrupted"));
      for (const scenario of run.flaky()) output.write(flakyCommand(scenario));
      output.close();
    },
  };
}

function errorCommand({ info, since }: EndedScenario, failure: Failure): string {
  const { message, around = [], hint, expected, came, differences = [], at } = failure;
  const body = [
    message,
    ...around.map(({ text }) => text),
    ...(hint === undefined ? [] : [hint]),
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(came === undefined ? [] : ["came:", ...cameLines(came, { ...PLAIN, since })]),
    ...differences.map(differenceText),
  ];
  return command("error", at, titled(info), body.join("\n"));
}

function flakyCommand({ info, retried }: EndedScenario): string {
  const body = retried.map((tried, i) => `try ${i + 1}: ${messageText(tried.failures[0]) ?? tried.outcome}`);
  return command("warning", info.at, titled(info), ["Passed, but not at the first try.", ...body].join("\n"));
}

function nothingRan(run: RunRecord): string {
  const why = run.skipReasons().map(({ why, scenarios }) => `${scenarios.length} skipped: ${clean(why)}`);
  return `::warning title=Nothing ran::${escapeData(why.join("\n"))}\n`;
}

/** An annotation is not broken into lines. */
const PLAIN = { colors: noColors, columns: Number.POSITIVE_INFINITY };

const titled = (info: EndedScenario["info"]): string => {
  const cell = cellText(info);
  return cell === "" ? info.name : `${info.name} [${cell}]`;
};

function command(name: string, at: RunProblem["at"], title: string, body: string): string {
  const { file, line, col } = at ?? {};
  const properties = Object.entries({ file, line, col, title })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${escapeProperty(clean(String(value)))}`);
  return `::${name} ${properties.join(",")}::${escapeData(body.split("\n").map(clean).join("\n"))}\n`;
}

/** The runner's own escaping: a line break would end the command, and begin another. */
const escapeData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
