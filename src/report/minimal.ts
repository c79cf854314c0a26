import type { Reporter } from "../scenario/types.ts";
import type { ReporterOptions } from "./output.ts";
import { RunRecord } from "./record.ts";
import { countLines, failedLines } from "./summary-lines.ts";

/** Nothing while it runs; at the end what did not pass, and one line. */
export function createReporter({ output, colors, columns }: ReporterOptions): Reporter {
  const run = new RunRecord();
  return {
    name: "minimal",
    on: (event) => run.note(event),
    close: async () => {
      const failed = failedLines(run, { colors, columns });
      const lines = failed.length === 0 ? [] : [...failed.slice(1), ""];
      if (run.began !== undefined)
        output.write(`${[...lines, ...countLines(run, { colors, columns })].join("\n")}\n`);
      output.close();
    },
  };
}
