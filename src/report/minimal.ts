import type { Reporter } from "../scenario/types.ts";
import type { ReporterOptions } from "./output.ts";
import { RunRecord } from "./record.ts";
import { countLines, failedLines, interruptedLines, skippedLines } from "./summary-lines.ts";

/** Nothing while it runs; at the end what did not pass, why nothing ran where nothing did, and one line. */
export function createReporter(o: ReporterOptions): Reporter {
  const { output, colors } = o;
  const run = new RunRecord();
  return {
    name: "minimal",
    on: (event) => run.note(event),
    close: async () => {
      const look = { colors, columns: o.columns };
      const told = [
        ...failedLines(run, look),
        ...interruptedLines(run, look),
        ...(run.ranNothing ? skippedLines(run, look) : []),
      ];
      const lines = told.length === 0 ? [] : [...told.slice(1), ""];
      if (run.began !== undefined) output.write(`${[...lines, ...countLines(run, look)].join("\n")}\n`);
      output.close();
    },
  };
}
