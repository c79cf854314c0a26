import type { Reporter } from "../scenario/types.ts";
import type { ReporterOptions } from "./output.ts";

/** Each event as a line of JSON, as it comes; the shapes are those of `src/scenario/types.ts`. */
export function createReporter({ output }: ReporterOptions): Reporter {
  return {
    name: "jsonl",
    on: (event) => {
      output.write(`${JSON.stringify(event)}\n`);
      if (event.kind === "scenarioEnded" || event.kind === "runEnded") output.flush();
    },
    close: async () => output.close(),
  };
}
