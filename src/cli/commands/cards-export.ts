import type { Card } from "../../central/index.ts";
import type { ListLimits, LocalListEntry } from "../../central/local-list.ts";
import type { StationDefinition } from "../../drivers/definitions.ts";
import type { OcppVersion } from "../../ocpp/rpc/types.ts";
import type { IdToken } from "../../station/types.ts";
import { AppError } from "../../util/errors.ts";
import { ofOrganization, organizationOption, withBook } from "../book.ts";
import { type CommandInput, defineCommand } from "../command.ts";
import { print, printJson } from "../io.ts";

const options = {
  format: {
    choices: ["csv", "local-list", "send-local-list"] as const,
    default: "csv" as const,
    describe:
      "For a spreadsheet and cards import; OCPP's local list as JSON; or SendLocalList requests, one a line",
  },
  update: {
    choices: ["full", "differential"] as const,
    default: "full" as const,
    describe: "Of send-local-list: everything, or what the station's stored list lacks",
  },
  "list-version": {
    type: "string",
    nargs: 1,
    describe: "Version of the first request; default: one above the station's",
  },
  max: {
    type: "string",
    nargs: 1,
    describe: "Entries of a request at most; default: the station's SendLocalListMaxLength",
  },
  ...organizationOption,
} as const;

type Input = CommandInput<typeof options>;

export const exportCommand = defineCommand({
  describe:
    "Write the whitelist out: as CSV, as OCPP's local list, or as SendLocalList requests that are ready to send to the\nstation --id, whose stored list, version and limits are looked up.",
  settings: ["id", "ocpp", "model"],
  options,
  examples: [
    ["tapstation cards export > cards.csv", ""],
    ["tapstation cards export --format send-local-list --ocpp 1.6", "the whole list, ready to send"],
    ["tapstation cards export --format send-local-list --update differential", "what has changed"],
  ],
  async run(input) {
    const { args, settings, io } = input;
    const cards = await withBook(settings, (book) => book.cards(ofOrganization(args.organization)));
    if (args.format === "csv") {
      print(io, ...(await csv(cards)));
      return 0;
    }
    const { stationModel } = await import("../../app/own-definitions.ts");
    const model = await stationModel(settings.config);
    const { listEntries, wireEntries } = await import("../../central/local-list.ts");
    const ocpp = settings.config.ocpp[0] ?? "1.6";
    const entries = listEntries(cards, typeFor(model, ocpp));
    if (args.format === "local-list") {
      const list = wireEntries(entries, ocpp);
      if (settings.config.json) printJson(io, list);
      else print(io, JSON.stringify(list, undefined, 2));
      return 0;
    }
    await requests(input, model, ocpp, entries);
    return 0;
  },
});

const columns: Readonly<Record<string, (card: Card) => string>> = {
  hidden_id: (c) => c.hiddenId,
  visible_id: (c) => c.visibleId ?? "",
  nickname: (c) => c.nickname,
  user: (c) => c.user,
  email: (c) => c.email,
  blocked: (c) => String(c.blocked),
  expiry: (c) => c.expiry ?? "",
};

async function csv(cards: readonly Card[]): Promise<string[]> {
  const { stringify } = await import("csv-stringify/sync");
  const rows = cards.map((card) => Object.values(columns).map((cell) => cell(card)));
  return [stringify([Object.keys(columns), ...rows], { escape_formulas: true }).trimEnd()];
}

/** 2.0.1 gives tokens a type, and the station's own must fit: 16 digits are ISO 15693 unless the model fills UIDs up. */
function typeFor(model: StationDefinition, ocpp: OcppVersion): (hiddenId: string) => IdToken["type"] {
  const fills = model.idToken?.pad !== undefined || model.idToken?.radix === "decimal";
  return (hiddenId) =>
    ocpp !== "1.6" && !fills && /^[0-9a-f]{16}$/i.test(hiddenId) ? "ISO15693" : "ISO14443";
}

async function requests(
  { args, settings, io }: Input,
  model: StationDefinition,
  ocpp: OcppVersion,
  entries: readonly LocalListEntry[],
): Promise<void> {
  const { listDifference, sendLocalLists } = await import("../../central/local-list.ts");
  const { StationState } = await import("../../app/station-state.ts");
  const station = new StationState(settings.config, model);
  try {
    const full = args.update !== "differential";
    const wanted = full ? entries : listDifference(station.entries().list, entries);
    const version = whole("--list-version", args["list-version"]) ?? station.listVersion + 1;
    const limits: ListLimits = {
      items: whole("--max", args.max) ?? station.settings.count("LocalAuthListCtrlr.ItemsPerMessage"),
      bytes: station.settings.count("LocalAuthListCtrlr.BytesPerMessage"),
    };
    const room = station.settings.count("LocalAuthListCtrlr.Entries");
    if (entries.length > room)
      io.stderr.write(
        `note: ${entries.length} cards, but the station's list holds ${room}: it will refuse them.\n`,
      );
    const made = sendLocalLists(wanted, { ocpp, type: full ? "Full" : "Differential", version, limits });
    if (made.length === 0) io.stderr.write("Nothing to send: the station's list is as it should be.\n");
    for (const request of made) printJson(io, request);
  } finally {
    station.close();
  }
}

function whole(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new AppError("usage", `${flag}: "${text}" is not a whole number above 0`, {
    hint: `Write for example ${flag} 20.`,
  });
}
