import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sendersOf } from "../ocpp/directions.ts";
import type { OcppVersion } from "../ocpp/rpc/types.ts";
import { knownActions } from "../ocpp/schemas.ts";
import { inbound as inbound16 } from "../ocpp/v16/inbound/index.ts";
import { inbound as inbound201 } from "../ocpp/v201/inbound/index.ts";
import { standardTable } from "../station/settings.ts";
import { actionNotes, specifiedKeys } from "./support-notes.ts";

const src = fileURLToPath(new URL("../../src", import.meta.url));

const dialects = {
  "1.6": { folder: "ocpp/v16", inbound: inbound16 },
  "2.0.1": { folder: "ocpp/v201", inbound: inbound201 },
} as const satisfies Record<OcppVersion, unknown>;

/** The actions that a dialect can send: those that its sources name as the action of an exchange. */
export function sentActions(version: OcppVersion): readonly string[] {
  const folder = join(src, dialects[version].folder);
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
  const found = texts.flatMap((text) => [...text.matchAll(/\baction: "(\w+)"/g)].map((m) => m[1] ?? ""));
  return [...new Set(found)].sort();
}

/** The actions that a dialect answers. */
export const answeredActions = (version: OcppVersion): readonly string[] =>
  Object.keys(dialects[version].inbound).sort();

interface Row {
  readonly what: string;
  readonly full: readonly string[];
  readonly partial: readonly string[];
  readonly absent: readonly string[];
}

function actionRow(version: OcppVersion, from: "station" | "csms"): Row {
  const done = from === "station" ? sentActions(version) : answeredActions(version);
  const notes = actionNotes[version];
  const all = knownActions(version).filter((action) => sendersOf(action).includes(from));
  return {
    what: `OCPP ${version === "1.6" ? "1.6J" : version}, ${from === "station" ? "from" : "to"} the station`,
    full: all.filter((a) => done.includes(a) && notes[a] === undefined),
    partial: all.flatMap((a) => (done.includes(a) && notes[a] !== undefined ? [`${a} (${notes[a]})`] : [])),
    absent: all.filter((a) => !done.includes(a)),
  };
}

function keyRow(): Row {
  return {
    what: "OCPP 1.6J configuration keys",
    full: specifiedKeys.filter((key) => standardTable.keys16.includes(key)),
    partial: [],
    absent: specifiedKeys.filter((key) => !standardTable.keys16.includes(key)),
  };
}

/** How OCPP is supported, as rows of a Markdown table: made of the tables of actions and keys themselves. */
export function supportRows(): string[] {
  const rows = [
    actionRow("1.6", "station"),
    actionRow("1.6", "csms"),
    keyRow(),
    actionRow("2.0.1", "station"),
    actionRow("2.0.1", "csms"),
  ];
  return rows.map(
    ({ what, full, partial, absent }) =>
      `| ${what} | ${full.join(", ")} | ${partial.join(", ")} | ${absent.join(", ")} |`,
  );
}

const BEGIN = "<!-- made by `npm run generate` of the tables of actions and keys: begin -->";
const END = "<!-- end -->";

/** The README with its support table brought up to date. */
export function withSupportTable(readme: string): string {
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`the README has no place for the support table: ${BEGIN}`);
  const head = ["| | full | partial | absent |", "| --- | --- | --- | --- |"];
  const made = [BEGIN, "", ...head, ...supportRows(), ""].join("\n");
  return `${readme.slice(0, from)}${made}\n${readme.slice(to)}`;
}
