import type { Outcome, Reporter, RunEvent, ScenarioResult } from "../scenario/types.ts";
import type { Colors } from "../util/colors.ts";
import { clean, clip, some, width } from "../util/text.ts";
import { durationText } from "./durations.ts";
import type { ReporterOptions } from "./output.ts";
import { isFlaky, RunRecord } from "./record.ts";
import {
  countLines,
  failedLines,
  flakyLines,
  interruptedLines,
  skippedLines,
  titleOf,
} from "./summary-lines.ts";

/** Erases from the cursor to the end of the screen. */
const ERASE_BELOW = "\x1b[0J";
const BAR_COLUMNS = 16;

/** For a person at a terminal or the log of a CI server: a line as each scenario ends, everything else at the end. */
export function createReporter(o: ReporterOptions): Reporter {
  return new TerminalReporter(o);
}

class TerminalReporter implements Reporter {
  readonly name = "terminal";
  readonly #o: ReporterOptions;
  readonly #run = new RunRecord();
  /** What runs right now, by id. */
  readonly #running = new Map<string, string>();
  #status = "";
  #bad = 0;

  constructor(o: ReporterOptions) {
    this.#o = o;
  }

  on(event: RunEvent): void {
    this.#run.note(event);
    if (event.kind === "runBegan") this.#began(event);
    else if (event.kind === "scenarioBegan") {
      this.#running.set(event.scenario.id, clean(event.scenario.name));
      this.#drawStatus();
    } else if (event.kind === "stepBegan") {
      const name = this.#run.scenarios.get(event.id)?.info.name;
      this.#running.set(event.id, some(clean(name ?? event.id), "›", clean(event.step.title)));
      this.#drawStatus();
    } else if (event.kind === "scenarioEnded") this.#ended(event.id, event.result);
  }

  async close(): Promise<void> {
    this.#running.clear();
    this.#clearStatus();
    const look = { colors: this.#o.colors, columns: this.#o.columns };
    // What cannot be run at all is told as an error, by itself.
    if (this.#run.began === undefined) return this.#o.output.close();
    this.#say(
      ...failedLines(this.#run, look),
      ...flakyLines(this.#run, look),
      ...interruptedLines(this.#run, look),
      ...skippedLines(this.#run, look),
      "",
      ...countLines(this.#run, look),
    );
    this.#o.output.close();
  }

  #began({ total, workers, seed }: Extract<RunEvent, { kind: "runBegan" }>): void {
    const parts = [
      `${total} ${total === 1 ? "scenario" : "scenarios"}`,
      Math.min(workers, total) > 1 ? `${Math.min(workers, total)} at a time` : undefined,
      `seed ${seed}`,
    ].filter((part) => part !== undefined);
    this.#say(this.#o.colors.dim(parts.join(" · ")), "");
  }

  #ended(id: string, result: ScenarioResult): void {
    this.#running.delete(id);
    const record = this.#run.scenarios.get(id);
    if (result.outcome === "failed" || result.outcome === "error") this.#bad++;
    if (record !== undefined) {
      const c = this.#o.colors;
      const flaky = isFlaky({ ...record, result });
      const mark = flaky ? c.yellow("~") : marks[result.outcome](c);
      const took = result.outcome === "skipped" ? undefined : durationText(result.ms);
      const tail = [noteOf(result, flaky), took].filter((part) => part !== undefined);
      const room = this.#o.columns - 4 - tail.join(" · ").length;
      // A log of a CI server has no margin, and the row of a table stands at the end.
      const whole = titleOf(record.info, c);
      const title = room < 20 || !this.#o.live ? whole : clip(whole, room);
      this.#say(` ${mark} ${title} ${c.dim(tail.join(" · "))}`);
    }
    this.#drawStatus();
  }

  #say(...lines: readonly string[]): void {
    this.#clearStatus();
    for (const line of lines) this.#o.output.write(`${line}\n`);
  }

  #clearStatus(): void {
    if (this.#status !== "") this.#o.output.write(this.#erase());
    this.#status = "";
  }

  /** A terminal that has become narrower has broken the status line into rows: up to the first one. */
  #erase(): string {
    const up = Math.floor(width(this.#status) / this.#o.columns);
    return `${up > 0 ? `\x1b[${up}A` : ""}\r${ERASE_BELOW}`;
  }

  #drawStatus(): void {
    if (!this.#o.live) return;
    const line = this.#statusLine();
    if (line === this.#status) return;
    this.#o.output.write(`${this.#erase()}${line}`);
    this.#status = line;
  }

  #statusLine(): string {
    const c = this.#o.colors;
    const total = Math.max(1, this.#run.began?.total ?? 1);
    const full = Math.min(BAR_COLUMNS, Math.round((this.#run.ended / total) * BAR_COLUMNS));
    const bar = c.cyan("━".repeat(full)) + c.dim("─".repeat(BAR_COLUMNS - full));
    const head = some(
      ` ${bar} ${this.#run.ended}/${total}`,
      this.#bad > 0 ? c.red(`${this.#bad} not passed`) : undefined,
    );
    const [first] = this.#running.values();
    const whole = clip(head, this.#o.columns - 1);
    const others = this.#running.size > 1 ? ` +${this.#running.size - 1}` : "";
    if (first === undefined) return whole;
    const room = this.#o.columns - 1 - width(head) - others.length - 1;
    return room < 10 ? whole : `${head} ${c.dim(clip(first, room) + others)}`;
  }
}

const marks: Readonly<Record<Outcome, (c: Colors) => string>> = {
  passed: (c) => c.green("✓"),
  failed: (c) => c.red("✗"),
  error: (c) => c.magenta("!"),
  skipped: (c) => c.yellow("-"),
  interrupted: (c) => c.yellow("■"),
};

function noteOf(result: ScenarioResult, flaky: boolean): string | undefined {
  if (result.outcome === "skipped" || result.outcome === "interrupted") return result.outcome;
  if (result.expectedFailure !== undefined) {
    const { file, line } = result.failures[0]?.at ?? {};
    return line === undefined ? "failed as expected" : `failed as expected, ${file}:${line}`;
  }
  return flaky ? `try ${result.retry + 1}` : undefined;
}
