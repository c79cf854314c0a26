import type { RunningCentral } from "../../app/central.ts";
import { centralVerbs } from "../../app/central-verbs.ts";
import { Narrator } from "../../journal/lines/narrator.ts";
import type { Fact } from "../../station/facts.ts";
import type { IntroLine } from "../face.ts";
import type { Io } from "../io.ts";
import { KeyboardFace } from "./keyboard-face.ts";
import type { KeyAction } from "./keys.ts";
import { centralLine } from "./status.ts";

const KEYS: Readonly<Record<string, { readonly help: string; readonly action: KeyAction }>> = {
  c: { help: "send a command: ClearCache, CP002 Reset {…}", action: { prompt: "csms", before: "csms " } },
  s: { help: "status", action: { line: "status" } },
  ":": { help: "any verb (: help shows them)", action: { prompt: ":", before: "" } },
  q: { help: "quit", action: { line: "quit" } },
};

/** A central system in a terminal. */
export class CentralFace extends KeyboardFace<RunningCentral> {
  readonly #introduce: (central: RunningCentral) => readonly IntroLine[];
  readonly #narrator = new Narrator(undefined, { alone: true });
  #central: RunningCentral | undefined;

  constructor(io: Io, introduce: (central: RunningCentral) => readonly IntroLine[]) {
    super(io);
    this.#introduce = introduce;
  }

  begin(central: RunningCentral): void {
    this.#central = central;
    this.open(this.#introduce(central));
  }

  fact(fact: Fact): void {
    const line = this.#narrator.line(fact, this.colors);
    if (line !== undefined) this.say(line, fact.time, fact.kind === "frame");
    this.drawBottom();
  }

  protected press(key: string): KeyAction | undefined {
    if (key === "?") {
      const lines = Object.entries(KEYS).map(([name, { help }]) => `  ${name}  ${help}`);
      return { say: lines.join("\n") };
    }
    return Object.hasOwn(KEYS, key) ? KEYS[key]?.action : undefined;
  }

  protected async perform(line: string): Promise<void> {
    const parsed = centralVerbs.parse(line);
    if (this.#central === undefined) return;
    if (!parsed.ok) return this.error(parsed.error);
    try {
      const result = await parsed.value.run(this.#central.control, this.over.signal);
      if (result.kind === "quit") this.io.stop("quit");
      else this.result(result);
    } catch (e) {
      this.error(e);
    }
    this.drawBottom();
  }

  protected bottom(): string | undefined {
    return this.#central === undefined
      ? undefined
      : centralLine(this.#central.control.stations(), this.colors);
  }
}
