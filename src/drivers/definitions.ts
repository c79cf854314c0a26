import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError, errorText } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";
import {
  type BellBuzzerDefinition,
  buzzerSchema,
  type ReaderBuzzerDefinition,
  type SerialBuzzerDefinition,
  type WavBuzzerDefinition,
} from "./definitions/buzzer-schema.ts";
import type { Schema } from "./definitions/from-schema.ts";
import {
  indicatorSchema,
  type ReaderIndicatorDefinition,
  type SerialIndicatorDefinition,
} from "./definitions/indicator-schema.ts";
import {
  type BinaryReaderDefinition,
  type KeyboardReaderDefinition,
  type PcscReaderDefinition,
  readerSchema,
  type SerialReaderDefinition,
} from "./definitions/reader-schema.ts";
import { type StationDefinition, stationSchema } from "./definitions/station-schema.ts";
import { placeOf, readDefinition } from "./definitions/validate.ts";

export type { EscapeCommands } from "./definitions/buzzer-schema.ts";
export type { FrameForm, PresenceForm, UidForm } from "./definitions/reader-schema.ts";
export type {
  BellBuzzerDefinition,
  BinaryReaderDefinition,
  KeyboardReaderDefinition,
  PcscReaderDefinition,
  ReaderBuzzerDefinition,
  ReaderIndicatorDefinition,
  SerialBuzzerDefinition,
  SerialIndicatorDefinition,
  SerialReaderDefinition,
  StationDefinition,
  WavBuzzerDefinition,
};

/** What stands behind a serial port. */
export type PortReaderDefinition = SerialReaderDefinition | BinaryReaderDefinition;
export type ReaderDefinition = PcscReaderDefinition | PortReaderDefinition | KeyboardReaderDefinition;

/** Does this reader stand behind a serial port? */
export function isPortReader(definition: ReaderDefinition): definition is PortReaderDefinition {
  return definition.driver === "serial" || definition.driver === "serial-binary";
}

export type BuzzerDefinition =
  | ReaderBuzzerDefinition
  | SerialBuzzerDefinition
  | WavBuzzerDefinition
  | BellBuzzerDefinition;

export type IndicatorDefinition = ReaderIndicatorDefinition | SerialIndicatorDefinition;

/** All definitions, each kind by id. */
export interface Definitions {
  readonly readers: ReadonlyMap<string, ReaderDefinition>;
  readonly buzzers: ReadonlyMap<string, BuzzerDefinition>;
  readonly indicators: ReadonlyMap<string, IndicatorDefinition>;
  readonly stations: ReadonlyMap<string, StationDefinition>;
}

/** What there are definitions of: the folder, the word for people, the schema and the schema's file. */
export const definitionKinds = {
  readers: { word: "reader", schema: readerSchema, file: "reader.schema.json" },
  buzzers: { word: "buzzer", schema: buzzerSchema, file: "buzzer.schema.json" },
  indicators: { word: "indicator", schema: indicatorSchema, file: "indicator.schema.json" },
  stations: { word: "station model", schema: stationSchema, file: "station.schema.json" },
} as const satisfies Record<keyof Definitions, { word: string; schema: Schema; file: string }>;

/** The package's own definitions; the same relative place seen from the sources and from the build. */
export const devicesDirectory: string = fileURLToPath(new URL("../../devices", import.meta.url));

/** A definition is a page of text; anything bigger is not one. */
const MAX_FILE_BYTES = 64 * 1024;

interface Entry {
  readonly definition: { readonly id: string };
  readonly file: string;
  readonly text: string;
}

/**
 * Reads the package's definitions and those in `dirs`, each a folder with readers/, buzzers/ and stations/ of YAML
 * files, any of which may be missing.
 * @throws AppError `definition.invalid` with file:line:col for a file that does not fit, and for an id given twice.
 */
export async function loadDefinitions(dirs: readonly string[] = []): Promise<Definitions> {
  for (const dir of dirs) mustBeDirectory(dir);
  const all = [devicesDirectory, ...dirs];
  return {
    readers: loadKind<ReaderDefinition>("readers", all),
    buzzers: loadKind<BuzzerDefinition>("buzzers", all),
    indicators: loadKind<IndicatorDefinition>("indicators", all),
    stations: loadKind<StationDefinition>("stations", all),
  };
}

/** The station models alone, for commands that use no device. @throws AppError `definition.invalid` */
export function loadStations(dirs: readonly string[] = []): Pick<Definitions, "stations"> {
  return { stations: loadKind<StationDefinition>("stations", [devicesDirectory, ...dirs]) };
}

/**
 * The definition with this id.
 * @throws AppError `usage` that names the nearest id and all of them.
 */
export function definitionOf<K extends keyof Definitions>(
  definitions: Pick<Definitions, K>,
  kind: K,
  id: string,
): NonNullable<ReturnType<Definitions[K]["get"]>> {
  const map: ReadonlyMap<string, unknown> = definitions[kind];
  const found = map.get(id);
  if (found !== undefined) return found as NonNullable<ReturnType<Definitions[K]["get"]>>;
  const near = nearest(id, map.keys());
  throw new AppError("usage", `There is no ${definitionKinds[kind].word} definition "${id}"`, {
    hint: `${near === undefined ? "" : `Did you mean "${near}"? `}Known: ${[...map.keys()].join(", ")}.`,
  });
}

/** The definition whose match says most about a reader of this PC/SC name, for example "ACS ACR122U PICC Interface 00 00". */
export function pcscDefinitionOf(definitions: Definitions, name: string): PcscReaderDefinition | undefined {
  const lower = name.toLowerCase();
  let best: PcscReaderDefinition | undefined;
  let said = 0;
  for (const definition of definitions.readers.values()) {
    if (definition.driver !== "pcsc") continue;
    for (const match of definition.match) {
      if (match.name.length <= said || !lower.includes(match.name.toLowerCase())) continue;
      best = definition;
      said = match.name.length;
    }
  }
  return best;
}

function mustBeDirectory(dir: string): void {
  let found: Stats;
  try {
    found = statSync(dir);
  } catch (cause) {
    throw new AppError(
      "definition.invalid",
      `The folder of definitions ${dir} cannot be read: ${errorText(cause)}`,
      { hint: "Name a folder that holds readers/, buzzers/ or stations/.", cause },
    );
  }
  if (!found.isDirectory()) {
    throw new AppError("definition.invalid", `${dir} is not a folder of definitions`, {
      hint: "Name a folder that holds readers/, buzzers/ or stations/.",
    });
  }
}

function loadKind<T extends { readonly id: string }>(
  kind: keyof Definitions,
  dirs: readonly string[],
): ReadonlyMap<string, T> {
  const entries = new Map<string, Entry>();
  for (const dir of dirs) {
    for (const file of yamlFiles(join(dir, kind))) {
      const entry = loadFile(file, kind);
      const before = entries.get(entry.definition.id);
      if (before !== undefined) throw duplicate(kind, before, entry);
      entries.set(entry.definition.id, entry);
    }
  }
  return new Map([...entries].map(([id, entry]) => [id, entry.definition as T]));
}

function duplicate(kind: keyof Definitions, before: Entry, entry: Entry): AppError {
  return new AppError(
    "definition.invalid",
    `${placeOf(entry.text, shown(entry.file), ["id"])}: the ${definitionKinds[kind].word} id "${entry.definition.id}" is already taken by ${shown(before.file)}`,
    { hint: "Give one of them another id." },
  );
}

function yamlFiles(dir: string): string[] {
  return namesIn(dir)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(dir, name));
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new AppError("definition.invalid", `${dir} cannot be read: ${errorText(e)}`, {
      hint: "Check its permissions.",
      cause: e,
    });
  }
}

function loadFile(file: string, kind: keyof Definitions): Entry {
  try {
    const { size } = statSync(file);
    if (size > MAX_FILE_BYTES) throw new Error(`${size} bytes, ${MAX_FILE_BYTES} are allowed`);
    const text = readFileSync(file, "utf8");
    return { definition: readDefinition(text, shown(file), definitionKinds[kind].schema), file, text };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("definition.invalid", `${shown(file)} cannot be read: ${errorText(cause)}`, {
      hint: "Check that it is a YAML file and that you may read it.",
      cause,
    });
  }
}

/** The path as a person would type it. */
function shown(file: string): string {
  const near = relative(process.cwd(), file);
  return near.startsWith("..") ? file : near;
}
