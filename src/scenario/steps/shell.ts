import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { systemClock, type TimerHandle } from "../../util/clock.ts";
import { yaml } from "../examples.ts";
import { durationSchema, object, text } from "../schemas.ts";
import { defineStep, StepFailure } from "../step.ts";
import { duration, durationText } from "../units.ts";

interface Shell {
  readonly run: string;
  readonly capture: string | undefined;
  readonly withinMs: number;
}

const PATIENCE_MS = 60_000;
/** So long it has to end when it is told to, ms. */
const GRACE_MS = 1000;
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
        within: {
          ...durationSchema,
          description: "How long it may take, with all that it starts; default 1 min.",
        },
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
    const { code, signal, late, out, err } = await at.outside((given) =>
      execute(run, at.directory, withinMs, given),
    );
    if (late || code !== 0) {
      const said = (err.trim() || out.trim()).split("\n").slice(-5).join("\n");
      const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
      throw new StepFailure(`It ${late ? `did not end within ${durationText(withinMs)}` : how}`, {
        ...(said === "" ? {} : { hint: said }),
        expected: "exit code 0",
      });
    }
    if (capture !== undefined) at.define(capture, out.trim());
  },
});

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  /** The time was over before it and all that it had started were. */
  readonly late: boolean;
  readonly out: string;
  readonly err: string;
}

/** It has ended when nothing that it started writes any more. `given`: aborted when it is given up. */
function execute(line: string, cwd: string, withinMs: number, given: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // A process group of its own: what the shell has started ends with it.
    const child = spawn(line, { cwd, shell: true, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
    let late = false;
    let force: TimerHandle;
    const end = () => {
      killGroup(child, "SIGTERM");
      force ??= systemClock.setTimeout(() => {
        killGroup(child, "SIGKILL");
        // What has left the group may write for ever.
        child.stdout.destroy();
        child.stderr.destroy();
      }, GRACE_MS);
    };
    const timer = systemClock.setTimeout(() => {
      late = true;
      end();
    }, withinMs);
    const over = () => {
      systemClock.clearTimeout(timer);
      systemClock.clearTimeout(force);
      given.removeEventListener("abort", end);
    };
    given.addEventListener("abort", end);
    if (given.aborted) end();
    child.once("error", (e) => {
      over();
      reject(e);
    });
    child.once("close", (code, signal) => {
      over();
      resolve({ code, signal, late, out: out(), err: err() });
    });
  });
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // All of them have ended.
  }
}

/** Gathers what comes, up to a limit. */
function textOf(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    if (text.length < MAX_OUTPUT) text += chunk;
  });
  return () => text;
}
