import type { CardReader, Clock } from "../../station/ports.ts";
import { AppError } from "../../util/errors.ts";
import {
  type Definitions,
  definitionOf,
  type PortReaderDefinition,
  pcscDefinitionOf,
} from "../definitions.ts";
import { lazily } from "../lazy.ts";
import { type Notation, parseSpec } from "../spec.ts";
import type { ProbedPcsc, ReaderSetup } from "./pcsc.ts";
import { formatSerialAddress, parseSerialAddress, type SerialAddress } from "./serial/address.ts";
import { detectPorts, type PortFacts } from "./serial/detect.ts";

/** Which reader to use, as `--reader` says it. */
export type ReaderSpec =
  /** All PC/SC readers, or those whose name contains `match`. */
  | { readonly kind: "pcsc"; readonly match?: string }
  | ({ readonly kind: "serial" } & SerialAddress)
  | { readonly kind: "fifo"; readonly path: string }
  | { readonly kind: "virtual" };

export interface ReaderContext {
  readonly definitions: Definitions;
  readonly clock: Clock;
}

/** A reader that may be there, whether or not it is used. */
export interface Detected {
  readonly spec: ReaderSpec;
  readonly name: string;
  /** Id of the definition that fits. */
  readonly definition: string | undefined;
  /** 0: a port, but nothing says that a reader is on it; 50 and more: sure enough to be used unasked. */
  readonly score: number;
  /** By what it was recognised, for a person. */
  readonly why: string;
}

export interface DetectOptions {
  readonly definitions: Definitions;
  /** Instead of the system's serial ports. */
  readonly listPorts?: () => Promise<readonly PortFacts[]>;
  /** Instead of the system's PC/SC service. */
  readonly probePcsc?: () => Promise<ProbedPcsc>;
}

type SpecOf<K extends ReaderSpec["kind"]> = Extract<ReaderSpec, { readonly kind: K }>;

interface ReaderKind<S extends ReaderSpec> extends Notation<S> {
  format(spec: S): string;
  open(spec: S, context: ReaderContext): Promise<CardReader>;
}

const FALLBACK_DEFINITION = "generic-line";

const kinds = {
  pcsc: {
    example: "pcsc:ACR122",
    parse: (rest) =>
      rest === "" ? undefined : { kind: "pcsc", ...(rest === undefined ? {} : { match: rest }) },
    format: (spec) => (spec.match === undefined ? "pcsc" : `pcsc:${spec.match}`),
    open: async ({ match }, { definitions, clock }) => {
      const driver = await lazily("pcsc", () => import("./pcsc.ts"));
      const setup = setupCommands(definitions);
      return driver.createPcscReader({ clock, setup, ...(match === undefined ? {} : { match }) });
    },
  },
  serial: {
    example: "serial:/dev/ttyUSB0@9600?definition=rdm6300",
    parse: (rest) => (rest ? { kind: "serial", ...parseSerialAddress(rest, "--reader") } : undefined),
    format: (spec) => `serial:${formatSerialAddress(spec)}`,
    open: async (spec, { definitions, clock }) => {
      const definition = await serialDefinition(spec, definitions);
      const { path, baudRate } = spec;
      const at = { path, clock, ...(baudRate === undefined ? {} : { baudRate }) };
      if (definition.driver === "serial") {
        const driver = await lazily("serial", () => import("./serial-line.ts"));
        return driver.createSerialLineReader({ ...at, definition });
      }
      const driver = await lazily("serial-binary", () => import("./serial-binary.ts"));
      return driver.createSerialBinaryReader({ ...at, definition });
    },
  },
  fifo: {
    example: "fifo:/run/user/1000/card",
    parse: (rest) => (rest ? { kind: "fifo", path: rest } : undefined),
    format: (spec) => `fifo:${spec.path}`,
    open: async (spec, { clock }) => {
      const driver = await lazily("fifo", () => import("./fifo.ts"));
      return driver.createFifoReader({ path: spec.path, clock });
    },
  },
  virtual: {
    example: "virtual",
    parse: (rest) => (rest === undefined ? { kind: "virtual" } : undefined),
    format: () => "virtual",
    open: async () => {
      const driver = await lazily("virtual", () => import("./virtual.ts"));
      return new driver.VirtualReader();
    },
  },
} satisfies { [K in ReaderSpec["kind"]]: ReaderKind<SpecOf<K>> };

/**
 * Reads what `--reader` says: `pcsc`, `pcsc:ACR122`, `serial:/dev/ttyUSB0@9600?definition=rdm6300`, `fifo:/path`, `virtual`.
 * @throws AppError `usage` with the kinds and an example.
 */
export function parseReaderSpec(text: string): ReaderSpec {
  return parseSpec<ReaderSpec>(text, "reader", kinds);
}

/** The text that {@link parseReaderSpec} reads. */
export function formatReaderSpec(spec: ReaderSpec): string {
  return rowOf(spec).format(spec);
}

/**
 * Makes the reader. One that is not there now is no error: it says `lost` and is looked for.
 * @throws AppError `usage` for an unknown definition, `driver.missing`, `device.unavailable`.
 */
export function openReader(spec: ReaderSpec, context: ReaderContext): Promise<CardReader> {
  return rowOf(spec).open(spec, context);
}

/** What could be used as a reader now, the likeliest first. Never rejects: what cannot be asked has no readers. */
export async function detectReaders(o: DetectOptions): Promise<readonly Detected[]> {
  const found = await Promise.all([detectPcsc(o), detectSerial(o)]);
  return found.flat().sort((a, b) => b.score - a.score);
}

async function detectSerial(o: DetectOptions): Promise<readonly Detected[]> {
  const serial = (await detectPorts(o.definitions, o.listPorts)).map(({ port, match }): Detected => {
    const definition = match?.definition.id;
    return {
      spec: { kind: "serial", path: port.path, ...(definition === undefined ? {} : { definition }) },
      name: match === undefined ? port.path : `${match.definition.name} at ${port.path}`,
      definition,
      score: match?.score ?? 0,
      why: match?.why ?? `no definition fits; name one: --reader serial:${port.path}?definition=ID`,
    };
  });
  return serial;
}

async function detectPcsc(o: DetectOptions): Promise<readonly Detected[]> {
  const probe = o.probePcsc ?? (async () => (await import("./pcsc.ts")).probePcsc());
  const found = await probe().catch(() => undefined);
  if (found === undefined) return [];
  const [spec, name] = [{ kind: "pcsc" } as const, found.readers.join(", ") || "PC/SC"];
  if (found.readers.length === 0) {
    const why = [found.problem, found.hint].filter((part) => part !== undefined).join(". ");
    return [{ spec, name, definition: undefined, score: 0, why: why || "no PC/SC reader is plugged in" }];
  }
  const known = found.readers.map((reader) => pcscDefinitionOf(o.definitions, reader));
  const definition = known.find((one) => one !== undefined)?.id;
  const why = found.readers.map((reader, i) => {
    const by = known[i];
    return `PC/SC reader "${reader}"${by === undefined ? "" : ` (${by.name})`}`;
  });
  return [{ spec, name, definition, score: definition === undefined ? 70 : 100, why: why.join("; ") }];
}

/** What readers are told when they become ready: the setup of their own buzzers. */
function setupCommands(definitions: Definitions): ReaderSetup[] {
  const setup: ReaderSetup[] = [];
  for (const reader of definitions.readers.values()) {
    if (reader.driver !== "pcsc" || reader.buzzer === undefined) continue;
    const buzzer = definitionOf(definitions, "buzzers", reader.buzzer);
    if (buzzer.driver !== "reader") continue;
    const commands = buzzer.commands.setup ?? [];
    if (commands.length > 0) setup.push(...reader.match.map(({ name }) => ({ name, commands })));
  }
  return setup;
}

/** The row and the spec belong together by `kind`, which the compiler cannot follow through the table. */
function rowOf<S extends ReaderSpec>(spec: S): ReaderKind<S> {
  return kinds[spec.kind] as unknown as ReaderKind<S>;
}

/** The definition that is asked for, else the one that fits the port, else hex lines. */
async function serialDefinition(
  spec: SerialAddress,
  definitions: Definitions,
): Promise<PortReaderDefinition> {
  const ports = spec.definition === undefined ? await detectPorts(definitions) : [];
  const found = ports.find(({ port }) => port.path === spec.path)?.match?.definition.id;
  const definition = definitionOf(definitions, "readers", spec.definition ?? found ?? FALLBACK_DEFINITION);
  if (definition.driver !== "pcsc") return definition;
  throw new AppError("usage", `The definition "${definition.id}" is not that of a serial reader`, {
    hint: `The ${definition.name} is used through PC/SC: --reader pcsc`,
  });
}
