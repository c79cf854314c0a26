import { loadOwnDefinitions } from "../../app/own-definitions.ts";
import { surveyReaders } from "../../drivers/readers/survey.ts";
import { defineCommand } from "../command.ts";
import { colorsFor, print, printJson } from "../io.ts";
import { conclusion, surveyLines } from "../readers/report.ts";
import { learn } from "./readers-learn.ts";

/** A device's trouble (exit codes of the program). */
const NOTHING_USABLE = 3;
const DEFAULT_COLUMNS = 80;

export const command = defineCommand({
  describe:
    "Find out which readers are plugged in, which definition fits each and why, and what is in their way.\nPC/SC readers, serial ports, and readers that type like keyboards.",
  examples: [
    ["tapstation readers", "what is plugged in, and the command that mends what is wrong"],
    ["tapstation readers --json", "one object a device"],
    ["tapstation readers learn /dev/ttyUSB0", "a definition for a serial reader that nobody has described"],
  ],
  epilogue: "Exit codes: 0 a reader can be used · 3 none can.",
  subcommands: { "learn <device>": learn },
  async run({ settings, io }) {
    const definitions = await loadOwnDefinitions(settings.config.data);
    const survey = await surveyReaders({ definitions });
    const { usable, text } = conclusion(survey);
    if (settings.config.json) {
      for (const finding of survey.findings) printJson(io, finding);
      const columns = Math.min(io.stderr.columns ?? DEFAULT_COLUMNS, 110);
      const remarks = surveyLines({ ...survey, findings: [] }, columns, colorsFor(io.stderr, io.env));
      for (const line of usable ? [] : [...remarks, text]) io.stderr.write(`${line}\n`);
    } else {
      const columns = Math.min(io.stdout.columns ?? DEFAULT_COLUMNS, 110);
      const lines = surveyLines(survey, columns, colorsFor(io.stdout, io.env));
      print(io, ...lines, ...(lines.length > 0 ? [""] : []), text);
    }
    return usable ? 0 : NOTHING_USABLE;
  },
});
