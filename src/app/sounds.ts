import type { StationDefinition } from "../drivers/definitions.ts";
import type { FactBody, SignalName } from "../station/facts.ts";
import type { Buzzer, Indicator } from "../station/ports.ts";
import { defaultPatterns, type SignalPattern } from "../station/signals.ts";
import { errorText, isAppError } from "../util/errors.ts";

/** Makes the station's signals heard and seen; a device that fails is a fault raised once and cleared once. */
export class Sounds {
  readonly #patterns: Readonly<Record<SignalName, SignalPattern>>;
  readonly #readerBeeps: boolean;
  readonly #buzzers: Buzzer[] = [];
  readonly #indicators: Indicator[] = [];
  readonly #failing = new Set<string>();
  readonly #playing = new Set<Promise<void>>();
  readonly #say: (fact: FactBody) => void;

  constructor(model: StationDefinition, say: (fact: FactBody) => void) {
    this.#patterns = patternsOf(model);
    this.#readerBeeps = model.beepsBySelf === true;
    this.#say = say;
  }

  add(buzzer: Buzzer): void {
    this.#buzzers.push(buzzer);
  }

  addIndicator(indicator: Indicator): void {
    this.#indicators.push(indicator);
  }

  get names(): readonly string[] {
    return this.#buzzers.map((b) => b.name);
  }

  /** Starts the pattern everywhere and says where, without waiting for its end. */
  play(signal: SignalName): readonly string[] {
    const pattern = this.#patterns[signal];
    for (const indicator of this.#indicators)
      this.#begin(`indicator ${indicator.name}`, () => indicator.show(pattern));
    const seen = pattern.light === "off" ? [] : this.#indicators.map(({ name }) => name);
    if (pattern.tones.length === 0) return seen;
    if (signal === "read" && this.#readerBeeps) return ["the reader itself", ...seen];
    for (const buzzer of this.#buzzers) this.#begin(`buzzer ${buzzer.name}`, () => buzzer.play(pattern));
    return [...this.names, ...seen];
  }

  /** Resolves when everything that was begun has been handed over to its device, or has failed. */
  async idle(): Promise<void> {
    await Promise.all(this.#playing);
  }

  async close(): Promise<void> {
    for (const device of [...this.#buzzers, ...this.#indicators]) await device.close();
  }

  #begin(what: string, make: () => Promise<void>): void {
    const playing = this.#try(what, make).finally(() => this.#playing.delete(playing));
    this.#playing.add(playing);
  }

  async #try(what: string, make: () => Promise<void>): Promise<void> {
    try {
      await make();
      if (this.#failing.delete(what)) this.#say({ kind: "fault", what, state: "cleared" });
    } catch (e) {
      if (this.#failing.has(what)) return;
      this.#failing.add(what);
      const hint = isAppError(e) && e.hint !== undefined ? { hint: e.hint } : {};
      this.#say({ kind: "fault", what, state: "raised", detail: errorText(e), ...hint });
    }
  }
}

function patternsOf(model: StationDefinition): Record<SignalName, SignalPattern> {
  const own = model.signals ?? {};
  const of = (signal: SignalName): SignalPattern => {
    const override = own[signal];
    if (override === undefined) return defaultPatterns[signal];
    const { repeat = 1, tones, ...rest } = override;
    return { signal, ...rest, tones: Array.from({ length: repeat }, () => tones).flat() };
  };
  return {
    read: of("read"),
    accepted: of("accepted"),
    rejected: of("rejected"),
    fault: of("fault"),
    ready: of("ready"),
  };
}
