import { readFileSync } from "node:fs";
import path from "node:path";
import { AppError, errorText } from "../../util/errors.ts";
import { ofOrganization, organizationOption, withBook } from "../book.ts";
import type { CardRow } from "../cards-file.ts";
import type { ImportPlan, PlannedCard } from "../cards-plan.ts";
import { type CommandInput, defineCommand } from "../command.ts";
import { clean, print, printJson, table } from "../io.ts";

const options = {
  apply: { type: "boolean", describe: "Do it; without it the import is only tried" },
  user: { type: "string", nargs: 1, describe: "Whose cards they are where the file does not say" },
  map: {
    type: "string",
    array: true,
    nargs: 1,
    describe: "Which column is what where its name does not tell: hidden_id=Number; repeatable",
  },
  replace: { type: "boolean", describe: "Cards that are there and differ become as the file has them" },
  force: { type: "boolean", describe: "Take Hidden IDs exactly as they are written" },
  ...organizationOption,
} as const;

const positionals = {
  file: {
    type: "string",
    describe: "CSV file whose first line names the columns, or OCPP's local list as JSON",
  },
} as const;

type Input = CommandInput<typeof options & typeof positionals>;

export const importCommand = defineCommand({
  describe:
    "Put the cards of a CSV file, or of an OCPP local list in JSON, on the whitelist: all of them, or none when a line is wrong.\nTried out first: --apply does it.",
  positionals,
  options,
  examples: [
    ['tapstation cards import cards.csv --user "Ann Smith"', "what would change"],
    ["tapstation cards import tokens.csv --map hidden_id=Number --apply", "do it, and name a column"],
  ],
  epilogue:
    "Columns, by any of their usual names (OCPI: uid, visual_number, valid; OICP: UID, PrintedNumber, ExpiryDate; SteVe:\nidTag): hidden_id, visible_id, nickname, user, first_name, last_name, email, expiry, blocked, valid, contract_id.",
  async run(input) {
    const { args, settings, io } = input;
    const file = args.file ?? "";
    const { importCards } = await import("../cards-plan.ts");
    const rows = await rowsOf(readText(file, io.cwd), file, mapOf(args.map ?? []));
    const plan = await withBook(settings, (book) =>
      importCards(book, rows, {
        of: ofOrganization(args.organization),
        ...(args.user === undefined ? {} : { user: args.user }),
        replace: args.replace === true,
        force: args.force === true,
        apply: args.apply === true,
      }),
    );
    show(input, plan);
    if (plan.bad.length === 0) return 0;
    const which = plan.bad.length === 1 ? "1 line" : `${plan.bad.length} lines`;
    throw new AppError(
      "input.invalid",
      `${which} of ${rows.length} in ${file} cannot be imported; nothing was changed`,
      {
        hint: "What is wrong stands above with its line and column. Mend the file and import it again.",
      },
    );
  },
});

/** So many bad lines are told one by one. */
const MAX_TOLD = 100;
/** The same thing wrong in more lines than this is told once. */
const FEW = 3;

async function rowsOf(
  text: string,
  file: string,
  map: Readonly<Record<string, string>>,
): Promise<readonly CardRow[]> {
  const { isJson, readLocalList } = await import("../cards-json.ts");
  if (isJson(text)) return readLocalList(text, file);
  return (await import("../cards-file.ts")).readCardsFile(text, file, map);
}

function show({ args, settings, io }: Input, { cards, bad }: ImportPlan): void {
  const alike = new Map<string, number>();
  for (const { field, why } of bad) alike.set(`${field}: ${why}`, (alike.get(`${field}: ${why}`) ?? 0) + 1);
  const told = bad.filter(({ field, why }, i) => {
    const isMany = (alike.get(`${field}: ${why}`) ?? 0) > FEW;
    return !isMany || bad.findIndex((b) => b.field === field && b.why === why) === i;
  });
  for (const { line, col, field, why } of told.slice(0, MAX_TOLD)) {
    const n = alike.get(`${field}: ${why}`) ?? 1;
    const others = n > FEW ? ` (the same in ${n - 1} lines more)` : "";
    io.stderr.write(`${clean(args.file ?? "")}:${line}:${col}: ${field}: ${clean(why)}${others}\n`);
  }
  if (told.length > MAX_TOLD) io.stderr.write(`and ${told.length - MAX_TOLD} more\n`);
  const done = args.apply === true && bad.length === 0;
  if (settings.config.json) {
    for (const planned of cards) printJson(io, { ...planned, done });
    return;
  }
  const changed = cards.filter((c) => c.action !== "same");
  if (changed.length > 0)
    print(
      io,
      ...table(
        ["line", "hidden id", "nickname", "user", "what"],
        changed.map((c) => row(c, done)),
      ),
    );
  print(io, summary(cards, done));
  if (!done && bad.length === 0 && cards.some((c) => c.action === "add" || c.action === "replace"))
    io.stderr.write("Nothing was changed yet: --apply does it.\n");
}

const DONE = { add: "added", replace: "replaced", kept: "kept as it is", same: "" } as const;
const PLANNED = {
  add: "would be added",
  replace: "would be replaced",
  kept: "kept as it is",
  same: "",
} as const;

function row({ line, card, action, notes, newUsers }: PlannedCard, done: boolean): string[] {
  const what = (done ? DONE : PLANNED)[action];
  const users = done || newUsers.length === 0 ? newUsers : ["with a new user"];
  return [String(line), card.hiddenId, card.nickname, card.user, [what, ...notes, ...users].join("; ")];
}

function summary(cards: readonly PlannedCard[], done: boolean): string {
  const count = (action: PlannedCard["action"]): number => cards.filter((c) => c.action === action).length;
  const parts = [
    `${count("add")} ${done ? "added" : "to add"}`,
    ...(count("replace") > 0 ? [`${count("replace")} ${done ? "replaced" : "to replace"}`] : []),
    ...(count("same") > 0 ? [`${count("same")} there already`] : []),
    ...(count("kept") > 0 ? [`${count("kept")} there and different (--replace takes the file's)`] : []),
  ];
  return `${parts.join(", ")}.`;
}

function readText(file: string, cwd: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path.resolve(cwd, file));
  } catch (cause) {
    throw new AppError("input.invalid", `${file} cannot be read: ${errorText(cause)}`, {
      hint: "Give the path of a CSV file.",
      cause,
    });
  }
  // What spreadsheets call "Unicode text".
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("input.invalid", `${file} is not UTF-8: its letters would be garbled`, {
      hint: 'Save it as UTF-8, in spreadsheets for example as "CSV UTF-8".',
      cause,
    });
  }
}

function mapOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, field, column] = /^\s*([^=]+?)\s*=\s*(.+?)\s*$/.exec(text) ?? [];
      if (field !== undefined && column !== undefined) return [field, column];
      throw new AppError("usage", `--map: "${text}" is not FIELD=COLUMN`, {
        hint: "Write for example --map hidden_id=Number.",
      });
    }),
  );
}
