import type { CardReader, Clock, Indicator } from "../../station/ports.ts";
import { AppError } from "../../util/errors.ts";
import { type Definitions, definitionOf, type SerialIndicatorDefinition } from "../definitions.ts";
import { lazily } from "../lazy.ts";
import { formatSerialAddress, parseSerialAddress, type SerialAddress } from "../readers/serial/address.ts";
import { type Notation, parseSpec } from "../spec.ts";

/** What shows the signals, as `--indicator` says it. */
export type IndicatorSpec =
  /** The lights of the PC/SC reader. */
  | { readonly kind: "reader" }
  | ({ readonly kind: "serial" } & SerialAddress)
  /** The title of the terminal's window. */
  | { readonly kind: "terminal" }
  | { readonly kind: "virtual" }
  | { readonly kind: "none" };

export interface IndicatorContext {
  readonly definitions: Definitions;
  readonly clock: Clock;
  /** The reader whose own lights `reader` means. */
  readonly reader?: CardReader;
}

type SpecOf<K extends IndicatorSpec["kind"]> = Extract<IndicatorSpec, { readonly kind: K }>;

interface IndicatorKind<S extends IndicatorSpec> extends Notation<S> {
  format(spec: S): string;
  open(spec: S, context: IndicatorContext): Promise<Indicator | undefined>;
}

/** A kind that has nothing but its name. */
const bare = <K extends IndicatorSpec["kind"]>(kind: K) => ({
  example: kind,
  parse: (rest: string | undefined) => (rest === undefined ? ({ kind } as SpecOf<K>) : undefined),
  format: (): string => kind,
});

const kinds = {
  reader: {
    ...bare("reader"),
    open: async (_spec, { definitions, clock, reader }) => {
      const driver = await lazily("reader", () => import("./reader-own.ts"));
      return driver.createReaderIndicator({ definitions, clock, reader });
    },
  },
  serial: {
    example: "serial:/dev/ttyACM0",
    parse: (rest) => (rest ? { kind: "serial", ...parseSerialAddress(rest, "--indicator") } : undefined),
    format: (spec) => `serial:${formatSerialAddress(spec)}`,
    open: async ({ path, baudRate, definition: id }, { definitions, clock }) => {
      const driver = await lazily("serial", () => import("./serial.ts"));
      const definition = serialDefinition(definitions, id ?? "arduino-light");
      const speed = baudRate === undefined ? {} : { baudRate };
      return driver.createSerialIndicator({ path, definition, clock, ...speed });
    },
  },
  terminal: {
    ...bare("terminal"),
    open: async (_spec, { clock }) =>
      (await lazily("terminal", () => import("./terminal.ts"))).createTerminalIndicator({ clock }),
  },
  virtual: {
    ...bare("virtual"),
    open: async (_spec, { clock }) => {
      const driver = await lazily("virtual", () => import("./virtual.ts"));
      return new driver.VirtualIndicator(clock);
    },
  },
  none: { ...bare("none"), open: async () => undefined },
} satisfies { [K in IndicatorSpec["kind"]]: IndicatorKind<SpecOf<K>> };

/**
 * Reads what `--indicator` says: `reader`, `serial:/dev/ttyACM0`, `terminal`, `virtual`, `none`.
 * @throws AppError `usage` with the kinds and an example.
 */
export function parseIndicatorSpec(text: string): IndicatorSpec {
  return parseSpec<IndicatorSpec>(text, "indicator", kinds);
}

/** The text that {@link parseIndicatorSpec} reads. */
export function formatIndicatorSpec(spec: IndicatorSpec): string {
  return rowOf(spec).format(spec);
}

/**
 * Makes the indicator; `none` makes none.
 * @throws AppError `usage` for an unknown definition or a reader without lights, `driver.missing`.
 */
export function openIndicator(
  spec: IndicatorSpec,
  context: IndicatorContext,
): Promise<Indicator | undefined> {
  return rowOf(spec).open(spec, context);
}

/** The row and the spec belong together by `kind`, which the compiler cannot follow through the table. */
function rowOf<S extends IndicatorSpec>(spec: S): IndicatorKind<S> {
  return kinds[spec.kind] as unknown as IndicatorKind<S>;
}

function serialDefinition(definitions: Definitions, id: string): SerialIndicatorDefinition {
  const definition = definitionOf(definitions, "indicators", id);
  if (definition.driver === "serial") return definition;
  throw new AppError("usage", `The definition "${id}" is not that of a light on a serial port`, {
    hint: `The ${definition.name} are used with --indicator reader`,
  });
}
