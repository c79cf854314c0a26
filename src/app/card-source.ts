import { hasCommands } from "../drivers/buzzers/reader-matched.ts";
import { parseBuzzerSpec } from "../drivers/buzzers/registry.ts";
import type { Definitions, StationDefinition } from "../drivers/definitions.ts";
import { parseIndicatorSpec } from "../drivers/indicators/registry.ts";
import type { CardUid } from "../station/card.ts";
import type { FactBody, SignalName } from "../station/facts.ts";
import type { CardReader, ReaderEvent } from "../station/ports.ts";
import { systemClock, type TimerHandle } from "../util/clock.ts";
import { openBuzzers, openIndicators } from "./buzzers.ts";
import type { Config } from "./config.ts";
import { openNamedReaders, ReaderWatch, type UsedReader } from "./readers.ts";
import { Sounds } from "./sounds.ts";

/** A card on a reader. */
export interface Tapped {
  readonly uid: CardUid;
  /** The physical reader, or where the UID comes from instead. */
  readonly reader: string;
  readonly cardType?: string;
  /** A person or a program wrote the UID: no reader read it. */
  readonly typed?: boolean;
}

/** Who hears what readers do. Must not throw. */
export interface SourceListener {
  /** After the signal *read* was given. */
  card(card: Tapped): void;
  /** A card that could not be read, a repeat that was swallowed. */
  ignored(why: string): void;
  ready(reader: string): void;
  /** Once for each time that a reader goes away or cannot be used. */
  lost(reader: string, why: string, hint: string | undefined): void;
}

/** The same card within so long on the same reader bounced: it was not taken away and brought back. */
const BOUNCE_MS = 1000;

/** How long a buzzer may take for a signal before it is closed. */
const PATIENCE_MS = 1500;

/**
 * Readers and buzzers without a station: cards come in, the signal *read* goes out. Readers are those of the
 * configuration, else whatever is plugged in, now or later.
 */
export class CardSource {
  readonly #listener: SourceListener;
  readonly #sounds: Sounds;
  readonly #definitions: Definitions;
  readonly #config: Pick<Config, "readers" | "buzzers" | "indicators">;
  readonly #watch: ReaderWatch;
  readonly #readers: CardReader[] = [];
  readonly #loops: Promise<void>[] = [];
  #last: { uid: string; reader: string; at: number } | undefined;

  constructor(
    definitions: Definitions,
    model: StationDefinition,
    config: Pick<Config, "readers" | "buzzers" | "indicators">,
    listener: SourceListener,
  ) {
    this.#definitions = definitions;
    this.#config = config;
    this.#listener = listener;
    this.#sounds = new Sounds(model, (fact) => this.#heard(fact));
    this.#watch = new ReaderWatch({
      definitions,
      clock: systemClock,
      attach: ({ reader }) => {
        this.#attach(reader);
        if (config.buzzers === undefined && hasCommands(reader))
          void this.#buzzers([reader], false, ["reader"]);
      },
      failed: (what, why, hint) => listener.lost(what, why, hint),
    });
  }

  /**
   * Opens what there is; resolves with the readers that are used from now on, none when nothing is plugged in.
   * `terminal`: is there a bell to ring?
   * @throws AppError `usage`, `driver.missing`, `device.unavailable`
   */
  async open(terminal: boolean): Promise<readonly UsedReader[]> {
    const { readers, buzzers, indicators = [] } = this.#config;
    const used =
      readers === undefined
        ? await this.#watch.start()
        : await openNamedReaders(readers, { definitions: this.#definitions, clock: systemClock });
    const opened = used.map((u) => u.reader);
    await this.#buzzers(opened, terminal, buzzers);
    await openIndicators(this.#sounds, indicators.map(parseIndicatorSpec), {
      definitions: this.#definitions,
      clock: systemClock,
      readers: opened,
    });
    for (const { reader } of used) this.#attach(reader);
    return used;
  }

  /** What stands in the way of PC/SC readers, when something does. */
  get note(): string | undefined {
    return this.#watch.note;
  }

  /** Starts a signal and does not wait for its end. */
  play(signal: SignalName): void {
    this.#sounds.play(signal);
  }

  async close(): Promise<void> {
    this.#watch.close();
    // A reader's own buzzer goes with the reader: what was begun is heard first.
    let patience: TimerHandle;
    const enough = new Promise<void>((resolve) => {
      patience = systemClock.setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([this.#sounds.idle(), enough]);
    systemClock.clearTimeout(patience);
    for (const reader of this.#readers) await reader.close();
    await Promise.all(this.#loops);
    await this.#sounds.close();
  }

  #buzzers(
    readers: readonly CardReader[],
    terminal: boolean,
    named: readonly string[] | undefined,
  ): Promise<void> {
    return openBuzzers(this.#sounds, {
      definitions: this.#definitions,
      clock: systemClock,
      named: named?.map(parseBuzzerSpec),
      readers,
      terminal,
    });
  }

  #attach(reader: CardReader): void {
    this.#readers.push(reader);
    this.#loops.push(this.#follow(reader));
  }

  async #follow(reader: CardReader): Promise<void> {
    for await (const event of reader.events())
      this.#event(event, ("reader" in event && event.reader) || reader.name);
  }

  #event(event: ReaderEvent, reader: string): void {
    if (event.kind === "card") this.#card(event, reader);
    else if (event.kind === "ignored") this.#listener.ignored(event.why);
    else if (event.kind === "ready") this.#listener.ready(event.name);
    else if (event.kind === "lost") this.#listener.lost(reader, event.why, event.hint);
  }

  #card({ uid, cardType }: Extract<ReaderEvent, { kind: "card" }>, reader: string): void {
    const at = systemClock.now();
    const last = this.#last;
    this.#last = { uid: uid.hex, reader, at };
    if (last?.uid === uid.hex && last.reader === reader && Math.abs(at - last.at) < BOUNCE_MS) return;
    this.play("read");
    this.#listener.card({ uid, reader, ...(cardType === undefined ? {} : { cardType }) });
  }

  #heard(fact: FactBody): void {
    if (fact.kind === "fault" && fact.state === "raised")
      this.#listener.lost(fact.what, fact.detail ?? "it fails", fact.hint);
  }
}
