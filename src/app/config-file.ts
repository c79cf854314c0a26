import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { AppError, errorText } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";
import { type FilePosition, positionText } from "./config-position.ts";
import { type SettingName, settingNames, settingOf } from "./config-settings.ts";

/** A station.yaml larger than this is something else. */
const MAX_BYTES = 65_536;

export interface FileValue {
  readonly texts: readonly string[];
  readonly at: FilePosition;
}

/**
 * Reads a station.yaml: one map, whose keys are the names of the flags.
 * @throws AppError `config.invalid` with file:line:col
 */
export function readConfigFile(file: string, shown: string = file): Map<SettingName, FileValue> {
  const source = load(file, shown);
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number): FilePosition => ({ file: shown, ...lines.linePos(offset) });
  const bad = (offset: number, problem: string, hint: string): AppError =>
    new AppError("config.invalid", `${positionText(at(offset))}: ${problem}`, { hint });

  const [error] = document.errors;
  if (error !== undefined)
    throw bad(error.pos[0], `not valid YAML: ${error.message}`, "Correct the file there.");
  const values = new Map<SettingName, FileValue>();
  const root = document.contents;
  if (root === null) return values;
  if (!isMap(root)) {
    throw bad(root.range?.[0] ?? 0, "a list of settings is expected", "Write lines such as: id: CP001");
  }
  for (const { key, value } of root.items) {
    const offset = offsetOf(key);
    const name = settingNamed(isScalar(key) ? textOf(key) : undefined);
    if (typeof name !== "string") throw bad(offset, name.problem, name.hint);
    const node = isAlias(value) ? value.resolve(document) : value;
    const texts = textsOf(node);
    const place = isScalar(value) || isSeq(value) ? offsetOf(value) : offset;
    if (texts === undefined) {
      throw bad(
        place,
        `"${settingOf(name).flag}" has no value that a ${settingOf(name).kind.name} can be made of`,
        "Write a text, a number or a list of them.",
      );
    }
    values.set(name, { texts, at: at(place) });
  }
  return values;
}

function load(file: string, shown: string): string {
  try {
    const stat = statSync(file);
    const { size } = stat;
    if (!stat.isFile()) {
      throw new AppError("config.invalid", `${shown} is not a file`, {
        hint: "Give the path of a station.yaml with --config.",
      });
    }
    if (size > MAX_BYTES) {
      throw new AppError("config.invalid", `${shown} has ${size} bytes, ${MAX_BYTES} are allowed`, {
        hint: "Give a station.yaml with --config.",
      });
    }
    return readFileSync(file, "utf8");
  } catch (e) {
    if (e instanceof AppError) throw e;
    throw new AppError("config.invalid", `The file ${path.resolve(file)} cannot be read: ${errorText(e)}`, {
      hint: "Give the path of a station.yaml with --config.",
      cause: e,
    });
  }
}

const byKey = new Map<string, SettingName>(settingNames.map((name) => [settingOf(name).flag, name]));

function settingNamed(key: string | undefined): SettingName | { problem: string; hint: string } {
  const found = key === undefined ? undefined : byKey.get(key);
  if (found !== undefined) return found;
  const meant = key === undefined ? undefined : nearest(key, byKey.keys());
  return {
    problem: key === undefined ? "this key is not a text" : `unknown setting "${key}"`,
    hint: meant === undefined ? `Settings are ${[...byKey.keys()].join(", ")}.` : `Did you mean "${meant}"?`,
  };
}

const offsetOf = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;

/** A scalar as it was written, so that 0042 and 1.10 stay what they are. */
function textOf(node: Node): string | undefined {
  if (!isScalar(node) || node.value === null || node.value === undefined) return undefined;
  return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
}

function textsOf(node: unknown): string[] | undefined {
  if (isScalar(node)) {
    const text = textOf(node);
    return text === undefined ? undefined : [text];
  }
  if (!isSeq(node)) return undefined;
  const items = node.items.map((item) => (isScalar(item) ? textOf(item) : undefined));
  return items.every((item) => item !== undefined) ? items : undefined;
}
