import type { CardReader, Clock, Indicator } from "../../station/ports.ts";
import { AppError } from "../../util/errors.ts";
import { hasCommands, type SoundingReader } from "../buzzers/reader-matched.ts";
import type { Definitions, ReaderIndicatorDefinition } from "../definitions.ts";
import { definitionOf, pcscDefinitionOf } from "../definitions.ts";
import { Lamp, type Light } from "./lamp.ts";

export interface ReaderIndicatorOptions {
  readonly reader: CardReader | SoundingReader | undefined;
  readonly definitions: Definitions;
  readonly clock: Clock;
}

/**
 * The lights of the PC/SC reader that saw a card last, else of the first one that has lights which are known.
 * @throws AppError `usage` when the station's reader is none of PC/SC
 */
export function createReaderIndicator({ reader, definitions, clock }: ReaderIndicatorOptions): Indicator {
  if (!hasCommands(reader)) {
    throw new AppError("usage", "The lights of the reader can be used with a PC/SC reader only", {
      hint: "Use --reader pcsc, or another indicator: --indicator terminal",
    });
  }
  /** The reader whose light is on: that one is switched off again, whichever saw a card since. */
  let lit: { readonly name: string; readonly definition: ReaderIndicatorDefinition } | undefined;
  const tell = async (light: Light): Promise<void> => {
    const before = lit;
    const now = light === "off" ? undefined : withLights(reader, definitions);
    lit = now;
    if (before !== undefined && before.name !== now?.name)
      await command(reader, before.name, before.definition, "off");
    if (now !== undefined) await command(reader, now.name, now.definition, light);
  };
  return new Lamp({ name: "reader's light", clock, set: tell });
}

async function command(
  reader: SoundingReader,
  name: string,
  { lights, answer }: ReaderIndicatorDefinition,
  light: Light,
): Promise<void> {
  const bytes = lights[light];
  if (bytes === undefined || !reader.readers.includes(name)) return;
  const answered = await reader.escape(bytesOf(bytes), name);
  if (bytesOf(answer).every((byte, i) => answered[i] === byte)) return;
  const said = Buffer.from(answered).toString("hex").toUpperCase();
  throw new AppError("device.unavailable", `The lights of ${name} did not obey: it answered "${said}"`, {
    hint: "Check that the indicator's definition is the one of this reader.",
  });
}

function withLights(reader: SoundingReader, definitions: Definitions) {
  const names = reader.latest === undefined ? reader.readers : [reader.latest];
  for (const name of names) {
    const id = pcscDefinitionOf(definitions, name)?.indicator;
    const definition = id === undefined ? undefined : definitionOf(definitions, "indicators", id);
    if (definition?.driver === "reader") return { name, definition };
  }
  const why = names.length === 0 ? "no PC/SC reader is plugged in" : `none is known of ${names.join(", ")}`;
  throw new AppError("device.unavailable", `There is no light to show: ${why}`, {
    hint: "Use another indicator: --indicator terminal",
  });
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ""), "hex"));
