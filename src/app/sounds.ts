import type { StationDefinition } from "../drivers/definitions.ts";
import type { FactBody, SignalName } from "../station/facts.ts";
import type { Buzzer } from "../station/ports.ts";
import { defaultPatterns, type SignalPattern } from "../station/signals.ts";
import { errorText, isAppError } from "../util/errors.ts";

/** Plays the station's signals on its buzzers; a buzzer that fails is a fault raised once and cleared once. */
export class Sounds {
  readonly #patterns: Readonly<Record<SignalName, SignalPattern>>;
  readonly #readerBeeps: boolean;
  readonly #buzzers: Buzzer[] = [];
  readonly #failing = new Set<string>();
  readonly #say: (fact: FactBody) => void;

  constructor(model: StationDefinition, say: (fact: FactBody) => void) {
    this.#patterns = patternsOf(model);
    this.#readerBeeps = model.beepsBySelf === true;
    this.#say = say;
  }

  add(buzzer: Buzzer): void {
    this.#buzzers.push(buzzer);
  }

  get names(): readonly string[] {
    return this.#buzzers.map((b) => b.name);
  }

  /** Starts the pattern everywhere and says where, without waiting for its end. */
  play(signal: SignalName): readonly string[] {
    const pattern = this.#patterns[signal];
    if (pattern.tones.length === 0) return [];
    if (signal === "read" && this.#readerBeeps) return ["the reader itself"];
    for (const buzzer of this.#buzzers) void this.#playOn(buzzer, pattern);
    return this.names;
  }

  async close(): Promise<void> {
    for (const buzzer of this.#buzzers) await buzzer.close();
  }

  async #playOn(buzzer: Buzzer, pattern: SignalPattern): Promise<void> {
    try {
      await buzzer.play(pattern);
      if (this.#failing.delete(buzzer.name))
        this.#say({ kind: "fault", what: `buzzer ${buzzer.name}`, state: "cleared" });
    } catch (e) {
      if (this.#failing.has(buzzer.name)) return;
      this.#failing.add(buzzer.name);
      const hint = isAppError(e) && e.hint !== undefined ? { hint: e.hint } : {};
      this.#say({
        kind: "fault",
        what: `buzzer ${buzzer.name}`,
        state: "raised",
        detail: errorText(e),
        ...hint,
      });
    }
  }
}

function patternsOf(model: StationDefinition): Record<SignalName, SignalPattern> {
  const own = model.signals ?? {};
  const of = (signal: SignalName): SignalPattern => {
    const override = own[signal];
    return override === undefined ? defaultPatterns[signal] : { signal, ...override };
  };
  return {
    read: of("read"),
    accepted: of("accepted"),
    rejected: of("rejected"),
    fault: of("fault"),
    ready: of("ready"),
  };
}
