import type { CardReader, ReaderEvent } from "../../src/station/ports.ts";
import { until } from "./until.ts";

/** One line an event: "ready", "card 04A2241BC85E80", "removed 04A2241BC85E80", "lost", "ignored". */
export function lineOf(event: ReaderEvent): string {
  return "uid" in event ? `${event.kind} ${event.uid.hex}` : event.kind;
}

/** Listens to a reader and remembers everything it said. */
export class ReaderLog {
  readonly events: ReaderEvent[] = [];
  readonly #done: Promise<void>;
  #ended = false;

  constructor(reader: CardReader) {
    this.#done = this.#listen(reader);
  }

  get lines(): string[] {
    return this.events.map(lineOf);
  }

  /** What was said about cards. */
  get cards(): string[] {
    return this.lines.filter((line) => line.startsWith("card") || line.startsWith("removed"));
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The events of one kind. */
  of<K extends ReaderEvent["kind"]>(kind: K): Extract<ReaderEvent, { kind: K }>[] {
    return this.events.filter((e): e is Extract<ReaderEvent, { kind: K }> => e.kind === kind);
  }

  /** Waits until there are `count` lines like this one. */
  heard(line: string, count = 1): Promise<void> {
    return until(
      () => `${count} × "${line}" in [${this.lines.join(", ")}]`,
      () => this.lines.filter((one) => one === line).length >= count,
    );
  }

  /** Resolves when the reader's iterator has ended. */
  end(): Promise<void> {
    return this.#done;
  }

  async #listen(reader: CardReader): Promise<void> {
    for await (const event of reader.events()) this.events.push(event);
    this.#ended = true;
  }
}
