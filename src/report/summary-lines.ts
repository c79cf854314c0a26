import { cellText } from "../scenario/cell.ts";
import type { ScenarioInfo } from "../scenario/types.ts";
import type { Colors } from "../util/colors.ts";
import { clean, some, width, wrap } from "../util/text.ts";
import { againCommand } from "./again.ts";
import { durationText } from "./durations.ts";
import { failureLines } from "./failure-lines.ts";
import { messageText, placeText, type RunRecord } from "./record.ts";

export interface Look {
  readonly colors: Colors;
  readonly columns: number;
}

/** Name and cell of a scenario in one line. */
export const titleOf = (info: ScenarioInfo, c: Colors): string => {
  const cell = cellText(info);
  return some(clean(info.name), cell === "" ? undefined : c.dim(`[${clean(cell)}]`));
};

/** Each scenario that did not pass, numbered, with all that is known about why. */
export function failedLines(run: RunRecord, look: Look): string[] {
  return run.withOutcome("failed", "error").flatMap((scenario, i) => {
    const { info, result, since } = scenario;
    const c = look.colors;
    const word = result.outcome === "failed" ? c.red("failed") : c.magenta("could not be run");
    const shown = { ...look, columns: look.columns - 3, since };
    return [
      "",
      ...wrap(`${c.bold(`${i + 1}) ${titleOf(info, c)}`)} ${word}`, look.columns, 3),
      ...(info.shows === undefined ? [] : wrap(`   ${c.dim(clean(info.shows))}`, look.columns, 3)),
      ...result.failures.flatMap((failure, n) => [
        ...(n === 0 ? [] : ["", `   ${c.bold("and then")}`]),
        ...failureLines(failure, shown).map(behind),
      ]),
      "",
      `   ${c.dim(`again: ${againCommand(scenario, run)}`)}`,
    ];
  });
}

const behind = (line: string): string => (line === "" ? "" : `   ${line}`);

/** Scenarios that needed more than one try, with what went wrong before. */
export function flakyLines(run: RunRecord, { colors: c, columns }: Look): string[] {
  const flaky = run.flaky();
  if (flaky.length === 0) return [];
  return [
    "",
    c.bold(c.yellow("passed, but not at the first try")),
    ...flaky.flatMap(({ info, retried }) => [
      ...named(info, columns, 2, c),
      ...retried.flatMap((tried, i) =>
        wrap(
          c.dim(`    try ${i + 1}: ${clean(messageText(tried.failures[0]) ?? tried.outcome)}`),
          columns,
          6,
        ),
      ),
    ]),
  ];
}

const named = (info: ScenarioInfo, columns: number, indent: number, c: Colors): string[] =>
  wrap(`${" ".repeat(indent)}${titleOf(info, c)} ${c.dim(placeText(info.at))}`, columns, indent + 2);

/** Scenarios that the end of the run broke off, and where; what went wrong in their tear-down. */
export function interruptedLines(run: RunRecord, look: Look): string[] {
  const { colors: c, columns } = look;
  return run
    .withOutcome("interrupted")
    .flatMap(({ info, result, since }) => [
      "",
      ...wrap(`${c.bold(titleOf(info, c))} ${c.yellow(clean(result.why ?? "interrupted"))}`, columns, 3),
      ...result.failures.flatMap((failure) =>
        failureLines(failure, { colors: c, columns: columns - 3, since }).map(behind),
      ),
    ]);
}

/** So many of those that were skipped for the same reason are named. */
const MAX_NAMED = 12;

/** Skipped scenarios, by reason. */
export function skippedLines(run: RunRecord, { colors: c, columns }: Look): string[] {
  const reasons = run.skipReasons();
  if (reasons.length === 0) return [];
  return [
    "",
    c.bold("skipped"),
    ...reasons.flatMap(({ why, scenarios }) => [
      ...wrap(`  ${c.yellow(clean(why))}`, columns, 4),
      ...scenarios.slice(0, MAX_NAMED).flatMap(({ info }) => named(info, columns, 4, c)),
      ...(scenarios.length > MAX_NAMED ? [c.dim(`    and ${scenarios.length - MAX_NAMED} others`)] : []),
    ]),
  ];
}

/** "62 scenarios: 58 passed (2 flaky), 1 failed, 3 skipped · 3.40 s (4 h 12 min of the stations' time)". */
export function countLines(run: RunRecord, { colors: c, columns }: Look): string[] {
  const { summary } = run;
  if (summary === undefined)
    return [c.red(`broken off after ${run.ended} of ${run.began?.total ?? "?"} scenarios`)];
  const { total, passed, failed, errors, skipped, interrupted, flaky, wallMs } = summary;
  const counts = [
    passed > 0 && c.green(`${passed} passed${flaky > 0 ? ` (${flaky} flaky)` : ""}`),
    failed > 0 && c.red(`${failed} failed`),
    errors > 0 && c.magenta(`${errors} could not be run`),
    interrupted > 0 && c.yellow(`${interrupted} interrupted`),
    skipped > 0 && c.yellow(`${skipped} skipped`),
  ].filter((part) => part !== false);
  const simulated = run.scenarioMs();
  const theirs = simulated > 2 * wallMs ? ` (${durationText(simulated)} of the stations' time)` : "";
  const head = `${total} ${total === 1 ? "scenario" : "scenarios"}`;
  const said = counts.length === 0 ? "" : `: ${counts.join(", ")}`;
  const { leftOut = 0 } = run.began ?? {};
  const more = [
    ...(run.ranNothing ? [c.yellow("Nothing ran.")] : []),
    ...(leftOut === 0 ? [] : wrap(c.yellow(`${leftOut} left out: not marked with only: true`), columns, 2)),
  ];
  const first = `${c.bold(head)}${said}`;
  const took = `${durationText(wallMs)}${theirs}`;
  const line = `${first} ${c.dim(`· ${took}`)}`;
  return width(line) <= columns
    ? [line, ...more]
    : [...wrap(first, columns, 2), ...wrap(c.dim(took), columns, 2), ...more];
}
