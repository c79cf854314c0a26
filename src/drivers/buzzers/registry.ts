import type { Buzzer, CardReader, Clock } from "../../station/ports.ts";
import { AppError } from "../../util/errors.ts";
import { type BuzzerDefinition, type Definitions, definitionOf } from "../definitions.ts";
import { lazily } from "../lazy.ts";
import { formatSerialAddress, parseSerialAddress, type SerialAddress } from "../readers/serial/address.ts";
import { type Notation, parseSpec } from "../spec.ts";

/** Which buzzer to use, as `--buzzer` says it. `definition`: id of a buzzer definition. */
export type BuzzerSpec =
  | { readonly kind: "bell" }
  | { readonly kind: "wav"; readonly definition?: string }
  | ({ readonly kind: "serial" } & SerialAddress)
  /** The buzzer inside the PC/SC reader; without `definition` the one that fits the reader's name. */
  | { readonly kind: "reader"; readonly definition?: string }
  | { readonly kind: "virtual" }
  | { readonly kind: "none" };

export interface BuzzerContext {
  readonly definitions: Definitions;
  readonly clock: Clock;
  /** The reader whose own buzzer `reader` means. */
  readonly reader?: CardReader;
}

type SpecOf<K extends BuzzerSpec["kind"]> = Extract<BuzzerSpec, { readonly kind: K }>;

interface BuzzerKind<S extends BuzzerSpec> extends Notation<S> {
  format(spec: S): string;
  open(spec: S, context: BuzzerContext): Promise<Buzzer | undefined>;
}

const kinds = {
  bell: {
    example: "bell",
    parse: (rest) => (rest === undefined ? { kind: "bell" } : undefined),
    format: () => "bell",
    open: async (_spec, { clock }) =>
      (await lazily("bell", () => import("./bell.ts"))).createBellBuzzer({ clock }),
  },
  wav: {
    example: "wav",
    parse: (rest) =>
      rest === "" ? undefined : { kind: "wav", ...(rest === undefined ? {} : { definition: rest }) },
    format: (spec) => (spec.definition === undefined ? "wav" : `wav:${spec.definition}`),
    open: async (spec, { definitions, clock }) => {
      const driver = await lazily("wav", () => import("./wav.ts"));
      return driver.createWavBuzzer({
        definition: chosen(definitions, "wav", spec.definition ?? "wav"),
        clock,
      });
    },
  },
  serial: {
    example: "serial:/dev/ttyACM0",
    parse: (rest) => (rest ? { kind: "serial", ...parseSerialAddress(rest, "--buzzer") } : undefined),
    format: (spec) => `serial:${formatSerialAddress(spec)}`,
    open: async ({ path, baudRate, definition }, { definitions, clock }) => {
      const driver = await lazily("serial", () => import("./serial.ts"));
      return driver.createSerialBuzzer({
        path,
        definition: chosen(definitions, "serial", definition ?? "arduino-tone"),
        clock,
        ...(baudRate === undefined ? {} : { baudRate }),
      });
    },
  },
  reader: {
    example: "reader",
    parse: (rest) =>
      rest === "" ? undefined : { kind: "reader", ...(rest === undefined ? {} : { definition: rest }) },
    format: (spec) => (spec.definition === undefined ? "reader" : `reader:${spec.definition}`),
    open: async ({ definition }, { definitions, clock, reader }) => {
      const driver = await lazily("reader", () => import("./reader-matched.ts"));
      const fixed = definition === undefined ? undefined : chosen(definitions, "reader", definition);
      return driver.createMatchedBuzzer({
        reader,
        definitions,
        clock,
        ...(fixed === undefined ? {} : { fixed }),
      });
    },
  },
  virtual: {
    example: "virtual",
    parse: (rest) => (rest === undefined ? { kind: "virtual" } : undefined),
    format: () => "virtual",
    open: async (_spec, { clock }) => {
      const driver = await lazily("virtual", () => import("./virtual.ts"));
      return new driver.VirtualBuzzer(clock);
    },
  },
  none: {
    example: "none",
    parse: (rest) => (rest === undefined ? { kind: "none" } : undefined),
    format: () => "none",
    open: async () => undefined,
  },
} satisfies { [K in BuzzerSpec["kind"]]: BuzzerKind<SpecOf<K>> };

/**
 * Reads what `--buzzer` says: `bell`, `wav`, `serial:/dev/ttyACM0`, `reader`, `virtual`, `none`.
 * @throws AppError `usage` with the kinds and an example.
 */
export function parseBuzzerSpec(text: string): BuzzerSpec {
  return parseSpec<BuzzerSpec>(text, "buzzer", kinds);
}

/** The text that {@link parseBuzzerSpec} reads. */
export function formatBuzzerSpec(spec: BuzzerSpec): string {
  return rowOf(spec).format(spec);
}

/**
 * Makes the buzzer; `none` makes none.
 * @throws AppError `usage` for an unknown definition or a reader without a buzzer, `driver.missing`.
 */
export function openBuzzer(spec: BuzzerSpec, context: BuzzerContext): Promise<Buzzer | undefined> {
  return rowOf(spec).open(spec, context);
}

/** The row and the spec belong together by `kind`, which the compiler cannot follow through the table. */
function rowOf<S extends BuzzerSpec>(spec: S): BuzzerKind<S> {
  return kinds[spec.kind] as unknown as BuzzerKind<S>;
}

/** The definition with this id, when it is one for this driver. */
function chosen<D extends BuzzerDefinition["driver"]>(
  definitions: Definitions,
  driver: D,
  id: string,
): Extract<BuzzerDefinition, { readonly driver: D }> {
  const definition = definitionOf(definitions, "buzzers", id);
  const isOfDriver = (d: BuzzerDefinition): d is Extract<BuzzerDefinition, { readonly driver: D }> =>
    d.driver === driver;
  if (isOfDriver(definition)) return definition;
  const fitting = [...definitions.buzzers.values()].filter((d) => d.driver === driver).map((d) => d.id);
  throw new AppError(
    "usage",
    `The definition "${id}" is for the driver ${definition.driver}, not ${driver}`,
    {
      hint: `Definitions for it: ${fitting.join(", ")}.`,
    },
  );
}
