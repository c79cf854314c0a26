import type { CardReader, Clock } from "../../station/ports.ts";
import { AppError } from "../../util/errors.ts";
import {
  type Definitions,
  definitionOf,
  isPortReader,
  type KeyboardReaderDefinition,
  type PortReaderDefinition,
  pcscDefinitionOf,
  type ReaderDefinition,
} from "../definitions.ts";
import { lazily } from "../lazy.ts";
import { type Notation, parseSpec } from "../spec.ts";
import { formatHttpAddress, type HttpAddress, parseHttpAddress } from "./http/address.ts";
import { beepNote } from "./pcsc/beeps.ts";
import type { ProbedPcsc, ReaderSetup } from "./pcsc.ts";
import { formatSerialAddress, parseSerialAddress, type SerialAddress } from "./serial/address.ts";
import { detectPorts, type PortFacts } from "./serial/detect.ts";
import { type KeyboardFacts, keyboardMatches, listKeyboards } from "./wedge/detect.ts";

/** Which reader to use, as `--reader` says it. */
export type ReaderSpec =
  /** All PC/SC readers, or those whose name contains `match`. */
  | { readonly kind: "pcsc"; readonly match?: string }
  | ({ readonly kind: "serial" } & SerialAddress)
  /** A reader that types: an input device, or `-` for standard input. */
  | { readonly kind: "wedge"; readonly path: string; readonly definition?: string }
  | { readonly kind: "fifo"; readonly path: string }
  | ({ readonly kind: "http" } & HttpAddress)
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
  /** Instead of the system's keyboards. */
  readonly listKeyboards?: () => Promise<readonly KeyboardFacts[]>;
  /** Instead of the system's PC/SC service. */
  readonly probePcsc?: () => Promise<ProbedPcsc>;
}

type SpecOf<K extends ReaderSpec["kind"]> = Extract<ReaderSpec, { readonly kind: K }>;

interface ReaderKind<S extends ReaderSpec> extends Notation<S> {
  format(spec: S): string;
  open(spec: S, context: ReaderContext): Promise<CardReader>;
}

/** What a port and a keyboard are taken for when nothing better is known. */
const FALLBACK = { port: "generic-line", keyboard: "wedge-decimal" } as const;

const kinds = {
  pcsc: {
    example: "pcsc:ACR122",
    parse: (rest) =>
      rest === "" ? undefined : { kind: "pcsc", ...(rest === undefined ? {} : { match: rest }) },
    format: (spec) => (spec.match === undefined ? "pcsc" : `pcsc:${spec.match}`),
    open: async ({ match }, { definitions, clock }) => {
      const driver = await lazily("pcsc", () => import("./pcsc.ts"));
      const setup = setupCommands(definitions);
      const presenceOf = (name: string) => pcscDefinitionOf(definitions, name)?.presence;
      const describe = (name: string) => {
        const definition = pcscDefinitionOf(definitions, name);
        return definition === undefined
          ? "no definition fits it"
          : `${definition.name}: ${beepNote(definition, definitions)}`;
      };
      const matched = match === undefined ? {} : { match };
      return driver.createPcscReader({ clock, setup, presenceOf, describe, ...matched });
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
  wedge: {
    example: "wedge:/dev/input/by-id/usb-…-event-kbd?definition=wedge-decimal",
    parse: (rest) => {
      const [, path, definition] = /^([^?]+)(?:\?definition=([^?&]+))?$/.exec(rest ?? "") ?? [];
      if (path === undefined) return undefined;
      return { kind: "wedge", path, ...(definition === undefined ? {} : { definition }) };
    },
    format: ({ path, definition }) =>
      `wedge:${path}${definition === undefined ? "" : `?definition=${definition}`}`,
    open: async (spec, { definitions, clock }) => {
      const driver = await lazily("wedge", () => import("./wedge.ts"));
      const definition = await keyboardDefinition(spec, definitions);
      return driver.createWedgeReader({ path: spec.path, definition, clock });
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
  http: {
    example: "http:8090",
    parse: (rest) => {
      const address = parseHttpAddress(rest ?? "");
      return address === undefined ? undefined : { kind: "http", ...address };
    },
    format: (spec) => `http:${formatHttpAddress(spec)}`,
    open: async ({ kind: _, ...address }, { clock }) => {
      const driver = await lazily("http", () => import("./http.ts"));
      return driver.createHttpReader({ ...address, clock });
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
 * Reads what `--reader` says: `pcsc:ACR122`, `serial:/dev/ttyUSB0@9600?definition=rdm6300`, `wedge:-`, `fifo:/path`…
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
  const found = await Promise.all([detectPcsc(o), detectSerial(o), detectKeyboards(o)]);
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

/** Only keyboards that a definition knows to be readers: any other is what somebody types on. */
async function detectKeyboards(o: DetectOptions): Promise<readonly Detected[]> {
  const keyboards = await (o.listKeyboards ?? listKeyboards)().catch(() => []);
  return keyboards.flatMap((keyboard): Detected[] => {
    const [match] = keyboardMatches(keyboard, o.definitions);
    if (match === undefined) return [];
    const { id: definition, name } = match.definition;
    return [
      {
        spec: { kind: "wedge", path: keyboard.path, definition },
        name: `${name} at ${keyboard.path}`,
        definition,
        score: match.score,
        why: match.why,
      },
    ];
  });
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
  const definition = definitionOf(definitions, "readers", spec.definition ?? found ?? FALLBACK.port);
  if (isPortReader(definition)) return definition;
  throw wrongKind(definition, "a serial reader");
}

/** The definition that is asked for, else the one that fits the keyboard, else ten digits. */
async function keyboardDefinition(
  { path, definition: asked }: { readonly path: string; readonly definition?: string },
  definitions: Definitions,
): Promise<KeyboardReaderDefinition> {
  const keyboards = asked === undefined && path !== "-" ? await listKeyboards() : [];
  const keyboard = keyboards.find((one) => one.path === path || one.device === path);
  const found = keyboard === undefined ? undefined : keyboardMatches(keyboard, definitions)[0]?.definition.id;
  const definition = definitionOf(definitions, "readers", asked ?? found ?? FALLBACK.keyboard);
  if (definition.driver === "keyboard") return definition;
  throw wrongKind(definition, "a reader that types");
}

/** What a definition of each driver is used with. */
const usedWith: Readonly<Record<ReaderDefinition["driver"], string>> = {
  pcsc: "through PC/SC: --reader pcsc",
  serial: "on a serial port: --reader serial:/dev/ttyUSB0",
  "serial-binary": "on a serial port: --reader serial:/dev/ttyUSB0",
  keyboard: "as a keyboard: --reader wedge:/dev/input/by-id/…",
};

function wrongKind(definition: ReaderDefinition, wanted: string): AppError {
  return new AppError("usage", `The definition "${definition.id}" is not that of ${wanted}`, {
    hint: `The ${definition.name} is used ${usedWith[definition.driver]}`,
  });
}
