import { spawn } from "node:child_process";
import { yaml } from "../examples.ts";
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
        run: { ...text, description: "The command line." },
        capture: { type: "string", description: "The variable that its standard output becomes." },
        within: { ...durationSchema, description: "How long it may take; default 1 min." },
      },
      ["run"],
    ),
    type: ["string", "object"],
  },
  examples: [
    '- shell: echo "any command line"',
    yaml`
      - shell: { run: date +%F, capture: today, within: 10 s }
      - send: { message: DataTransfer, payload: { vendorId: $today } }`,
  ],
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
    const { code, out, err } = await at.outside((signal) =>
      execute(run, at.directory, AbortSignal.any([signal, AbortSignal.timeout(withinMs)])),
    );
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

interface Ended {
  /** Null: it was ended from here. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function execute(line: string, cwd: string, signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // A process group of its own: what the shell has started ends with it.
    const child = spawn(line, { cwd, shell: true, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const end = () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, "SIGTERM");
    };
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      if (out.length < MAX_OUTPUT) out += chunk;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (err.length < MAX_OUTPUT) err += chunk;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      signal.removeEventListener("abort", end);
      resolve({ code, out, err });
    });
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
