import type { AccessMode, AccessModeTarget, Book } from "../../central/index.ts";
import { AppError } from "../../util/errors.ts";
import { organizationOption, printDone, printRecords, withBook } from "../book.ts";
import { defineCommand } from "../command.ts";

/** A place with the access mode that holds there. */
interface ModeRow {
  readonly kind: "location" | "station";
  readonly name: string;
  readonly organization: string;
  readonly mode: string;
  /** Where the mode was set. */
  readonly from: string;
}

function modeRows(
  book: Book,
  args: { station?: string | undefined; location?: string | undefined },
): ModeRow[] {
  const locations = book.locations().map((l): ModeRow => {
    return { kind: "location", name: l.name, organization: l.organization, mode: l.accessMode, from: "here" };
  });
  const stations = book.assets().map((a): ModeRow => {
    const { mode, from } = book.accessModeOf(a.id);
    const where = from === "asset" ? "here" : a.location;
    return { kind: "station", name: a.id, organization: a.organization, mode, from: where };
  });
  const wanted = (r: ModeRow): boolean =>
    (args.station === undefined && args.location === undefined) ||
    (r.kind === "station" ? r.name === args.station : r.name.toUpperCase() === args.location?.toUpperCase());
  return [...locations, ...stations].filter(wanted);
}

/** What each mode means, for the help; the record makes sure that none is left out. */
const MEANINGS: Readonly<Record<AccessMode, string>> = {
  Open: "any card may charge, nobody pays",
  Whitelisting: "the cards of `tapstation cards`, free of charge",
  Roaming: "the tokens of `tapstation roaming`, the card holder pays",
  "Roaming + whitelisting": "both",
};

const modesText = [
  "Modes (upper or lower case, no quotes needed):",
  ...Object.entries(MEANINGS).map(([mode, meaning]) => `  ${mode.padEnd(24)}${meaning}`),
].join("\n");

export const command = defineCommand({
  describe:
    "Show or set who may charge at a location or station.\nA station inherits the mode of its location unless one is set for it.",
  positionals: {
    mode: {
      type: "string",
      array: true,
      describe: "Open, Whitelisting, Roaming or Roaming + whitelisting; without it the modes are shown",
    },
  },
  options: {
    station: { type: "string", nargs: 1, describe: "At this station" },
    location: { type: "string", nargs: 1, describe: "At this location (default: the only one)" },
    inherit: { type: "boolean", describe: "Let the --station inherit its location's mode again" },
    ...organizationOption,
  },
  examples: [
    ["tapstation access-mode", "all modes, and where they were set"],
    ["tapstation access-mode open", "any card may charge at the only location"],
    [
      "tapstation access-mode Roaming + whitelisting --station CP001",
      "one station differs from its location",
    ],
    ["tapstation access-mode --station CP001 --inherit", "and differs no longer"],
  ],
  epilogue: modesText,
  run: ({ args, settings, io }) =>
    withBook(settings, (book) => {
      const mode = wantedMode(args);
      const columns = {
        what: (r: ModeRow) => r.kind,
        name: (r: ModeRow) => r.name,
        mode: (r: ModeRow) => r.mode,
        "set at": (r: ModeRow) => r.from,
      };
      const none = "There is no such location or station: tapstation access-mode shows all.";
      if (mode === undefined) {
        const rows = modeRows(book, args);
        printRecords(io, settings.config.json, rows, columns, none);
        return rows.length === 0 ? 2 : 0;
      }
      const target = targetOf(book, args);
      book.setAccessMode(target, mode);
      const [row] = modeRows(
        book,
        "asset" in target ? { station: target.asset } : { location: target.location },
      );
      if (row !== undefined) {
        const inherited = row.from === "here" ? "" : `, inherited from ${row.from}`;
        printDone(
          io,
          settings.config.json,
          `The access mode of ${row.kind} ${row.name} is ${row.mode} now${inherited}.`,
          row,
        );
      }
      return 0;
    }),
});

interface ModeArgs extends TargetArgs {
  readonly mode?: readonly (string | number)[] | undefined;
  readonly inherit?: boolean | undefined;
}

/** The mode to set, `inherit`, or undefined to show the modes. */
function wantedMode({ mode = [], inherit = false, station, location }: ModeArgs): string | undefined {
  if (station !== undefined && location !== undefined) {
    throw new AppError("usage", "--station and --location are both given", { hint: "Give one of them." });
  }
  if (!inherit) return mode.length === 0 ? undefined : mode.join(" ");
  if (mode.length > 0) {
    throw new AppError("usage", "A mode and --inherit are both given", { hint: "Give one of them." });
  }
  if (station !== undefined) return "inherit";
  throw new AppError("usage", "It is not said which station is to inherit its location's mode", {
    hint: "Give --station ID: tapstation access-mode --station CP001 --inherit",
  });
}

interface TargetArgs {
  readonly station?: string | undefined;
  readonly location?: string | undefined;
  readonly organization?: string | undefined;
}

function targetOf(book: Book, { station, location, organization }: TargetArgs): AccessModeTarget {
  if (station !== undefined) return { asset: station };
  const of = organization === undefined ? {} : { organization };
  const locations = book.locations(of);
  const [only] = locations;
  if (location !== undefined) return { location, ...of };
  if (only !== undefined && locations.length === 1)
    return { location: only.name, organization: only.organization };
  throw new AppError("usage", "It is not said where the access mode is to be set", {
    hint: `Give --station ID or --location NAME: ${locations.map((l) => l.name).join(", ")}.`,
  });
}
