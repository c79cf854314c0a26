import { spawn } from "node:child_process";
import { durationSchema, object, text } from "../schemas.ts";
import { defineStep, StepFailure } from "../step.ts";
import { duration } from "../units.ts";

interface Shell {
  readonly run: string;
  readonly capture: string | undefined;
  readonly withinMs: number;
}

const PATIENCE_MS = 60_000;
/** So much of a program's output is kept. */
const MAX_OUTPUT = 1_000_000;

/** `shell`: a program of the machine; only with --allow-shell. */
export const shell = defineStep<Shell>({
  describe: "Run a command line in the scenario's folder; it must end with exit code 0. Needs --allow-shell.",
  schema: {
    ...object(
      {
        run: text,
        capture: { type: "string", description: "The variable that its standard output becomes." },
        within: { ...durationSchema, description: "How long it may take; default 1 min." },
      },
      ["run"],
    ),
    type: ["string", "object"],
  },
  examples: ["./reset-database.sh", { run: "date +%F", capture: "today" }],
  needs: () => ["shell"],
  parse(value) {
    if (typeof value !== "object" || value === null)
      return { run: String(value), capture: undefined, withinMs: PATIENCE_MS };
    const { run, capture, within } = value as Record<string, unknown>;
    return {
      run: String(run),
      capture: capture === undefined ? undefined : String(capture),
      withinMs: within === undefined ? PATIENCE_MS : duration(["within"], within),
    };
  },
  async run({ run, capture, withinMs }, at) {
    const { code, out, err } = await at.bench.hold(execute(run, at.directory, withinMs));
    if (code !== 0) {
      const said = (err.trim() || out.trim()).split("\n").slice(-5).join("\n");
      throw new StepFailure(
        code === null ? "It was ended before it was done" : `It ended with exit code ${code}`,
        {
          ...(said === "" ? {} : { hint: said }),
          expected: "exit code 0",
        },
      );
    }
    if (capture !== undefined) at.define(capture, out.trim());
  },
});

function execute(
  line: string,
  cwd: string,
  ms: number,
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(line, { cwd, shell: true, timeout: ms, stdio: ["ignore", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      if (out.length < MAX_OUTPUT) out += chunk;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (err.length < MAX_OUTPUT) err += chunk;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, out, err }));
  });
}
