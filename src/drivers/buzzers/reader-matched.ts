import type { Buzzer, CardReader, Clock } from "../../station/ports.ts";
import { AppError } from "../../util/errors.ts";
import {
  type Definitions,
  definitionOf,
  pcscDefinitionOf,
  type ReaderBuzzerDefinition,
} from "../definitions.ts";
import type { PcscReader } from "../readers/pcsc.ts";
import { createReaderOwnBuzzer } from "./reader-own.ts";

/** What of a PC/SC reader a buzzer needs. */
export type SoundingReader = Pick<PcscReader, "name" | "readers" | "latest" | "escape">;

export interface MatchedBuzzerOptions {
  readonly reader: CardReader | SoundingReader | undefined;
  readonly definitions: Definitions;
  readonly clock: Clock;
  /** Instead of the definitions that fit the readers' names. */
  readonly fixed?: ReaderBuzzerDefinition;
}

/**
 * The buzzer inside the PC/SC reader that is plugged in when a signal is played: readers come and go, and each model
 * has commands of its own.
 * @throws AppError `usage` when the station's reader is none of PC/SC.
 */
export function createMatchedBuzzer(o: MatchedBuzzerOptions): Buzzer {
  const { reader, fixed } = o;
  if (!hasCommands(reader)) {
    throw new AppError("usage", "The buzzer of the reader can be used with a PC/SC reader only", {
      hint: "Use --reader pcsc, or another buzzer: --buzzer wav",
    });
  }
  const made = new Map<string, Buzzer>();
  const buzzerOf = (definition: ReaderBuzzerDefinition, readerName: string | undefined): Buzzer => {
    const key = `${definition.id} ${readerName ?? ""}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const { commands } = definition;
    const { clock } = o;
    const buzzer = createReaderOwnBuzzer({
      reader,
      commands,
      clock,
      ...(readerName === undefined ? {} : { readerName }),
    });
    made.set(key, buzzer);
    return buzzer;
  };
  return {
    name: "reader",
    play: async (pattern) => {
      if (pattern.tones.length === 0) return;
      const sounding = fixed === undefined ? soundingNow(reader, o.definitions) : { definition: fixed };
      if (pattern.signal === "read" && sounding.beepsBySelf) return;
      await buzzerOf(sounding.definition, sounding.readerName).play(pattern);
    },
    close: async () => {
      for (const buzzer of made.values()) await buzzer.close();
    },
  };
}

/** Does this reader take commands for itself? */
export function hasCommands(reader: CardReader | SoundingReader | undefined): reader is SoundingReader {
  return reader !== undefined && "escape" in reader && "readers" in reader;
}

interface Sounding {
  readonly definition: ReaderBuzzerDefinition;
  readonly readerName?: string;
  /** It beeps at a card whatever we do, so that a second beep would say nothing. */
  readonly beepsBySelf?: boolean;
}

/**
 * What to sound now: the reader that saw a card last, by its own commands; where none did, the first one with a buzzer
 * that is known.
 */
function soundingNow(reader: SoundingReader, definitions: Definitions): Sounding {
  const names = reader.latest === undefined ? reader.readers : [reader.latest];
  for (const readerName of names) {
    const known = pcscDefinitionOf(definitions, readerName);
    const definition =
      known?.buzzer === undefined ? undefined : definitionOf(definitions, "buzzers", known.buzzer);
    if (definition?.driver !== "reader") continue;
    const muted = (definition.commands.setup ?? []).length > 0;
    return { definition, readerName, beepsBySelf: known?.beepsBySelf === true && !muted };
  }
  const why = names.length === 0 ? "no PC/SC reader is plugged in" : `not known of ${names.join(", ")}`;
  throw new AppError("device.unavailable", `There is no buzzer to sound: ${why}`, {
    hint: "Name its definition, for example --buzzer reader:acr122u, or use another buzzer: --buzzer wav",
  });
}
