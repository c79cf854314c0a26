import { stringify } from "yaml";
import { readerSchema } from "../../definitions/reader-schema.ts";
import { readDefinition } from "../../definitions/validate.ts";
import type { SerialReaderDefinition } from "../../definitions.ts";
import type { PortFacts } from "../serial/detect.ts";
import type { Reading } from "./infer.ts";

/** What a definition says besides how to read. */
export interface DefinitionFacts {
  readonly id: string;
  readonly name: string;
  readonly beepsBySelf: boolean;
  readonly baudRate: number;
  /** Between two reports of a card that is held. */
  readonly repeatMs: number | undefined;
  /** The port that it was learnt at. */
  readonly port: PortFacts | undefined;
  /** UIDs of the cards that proved it. */
  readonly cards: readonly string[];
}

/** A card that is reported once is on the reader for so long; in milliseconds. */
const ONCE_MS = 300;
const DEBOUNCE_MS = 500;

/** Chips that are in all kinds of devices: their ids say nothing about this one. */
const COMMON_VENDORS: ReadonlySet<string> = new Set(["1A86", "0403", "10C4", "067B", "2341", "2A03", "1D6B"]);

/**
 * The definition as a YAML file, checked against the schema.
 * @throws AppError `definition.invalid` when a name or an id is none
 */
export function definitionYaml(
  { frame, uid }: Reading,
  facts: DefinitionFacts,
): { readonly definition: SerialReaderDefinition; readonly yaml: string } {
  const { id, name, beepsBySelf, baudRate, repeatMs, cards } = facts;
  const match = matchOf(facts.port);
  const definition: SerialReaderDefinition = {
    id,
    name,
    driver: "serial",
    ...(match === undefined ? {} : { match: [match] }),
    beepsBySelf,
    line: { baudRate },
    frame,
    uid,
    presence: {
      gapMs:
        repeatMs === undefined ? ONCE_MS : Math.min(10_000, Math.max(ONCE_MS, Math.ceil(repeatMs * 2.5))),
      debounceMs: DEBOUNCE_MS,
    },
  };
  const held = repeatMs === undefined ? "tells a card once" : `tells a held card every ${repeatMs} ms`;
  const yaml = `# Learnt from the cards ${cards.join(", ")}. It ${held}.\n${stringify(definition, { blockQuote: false })}`;
  return { definition: readDefinition(yaml, `${id}.yaml`, readerSchema), yaml };
}

/** How the reader is known again: by its own USB ids, or by the name that udev gave its adapter. */
function matchOf(
  port: PortFacts | undefined,
): NonNullable<SerialReaderDefinition["match"]>[number] | undefined {
  if (port === undefined) return undefined;
  const { vendorId, productId, pnpId } = port;
  if (vendorId !== undefined && productId !== undefined && !COMMON_VENDORS.has(vendorId)) {
    return { vendorId, productId };
  }
  return pnpId === undefined ? undefined : { path: `*${pnpId}` };
}
