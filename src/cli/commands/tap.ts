import path from "node:path";
import type { Bench } from "../../app/bench.ts";
import { checkDevices } from "../../app/config-devices.ts";
import type { StationDefinition } from "../../drivers/definitions.ts";
import { AppError } from "../../util/errors.ts";
import { type CommandInput, CREDENTIAL_SETTINGS, defineCommand } from "../command.ts";
import { typedCard } from "../tap/report.ts";
import type { CardTaker, ShowOptions } from "../tap/show.ts";

const options = {
  follow: {
    type: "boolean",
    alias: "f",
    describe: "Go on after the first card, until Ctrl-C: one line a card",
  },
  timeout: { type: "string", nargs: 1, describe: "Seconds to wait for a card; default: as long as it takes" },
  plain: { type: "boolean", alias: "q", describe: "Print nothing but the Hidden ID" },
  csv: { type: "boolean", describe: "Print CSV, with a head line, that cards import takes" },
  copy: { type: "boolean", describe: "Put the Hidden ID on the clipboard" },
  enrol: {
    type: "string",
    nargs: 1,
    describe: "Many cards: asks for visible ID and nickname of each and adds it to this CSV file, new or not",
  },
  force: {
    type: "boolean",
    describe: "With --enrol: take visible IDs as they are typed, and cards with random UIDs",
  },
  authorize: {
    type: "boolean",
    describe: "Send Authorize: to --csms, else to the built-in central system of the data directory",
  },
} as const;

const positionals = {
  uid: { type: "string", array: true, describe: "UID in hex, byte 0 first, instead of a reader" },
} as const;

type Input = CommandInput<typeof options & typeof positionals>;

export const command = defineCommand({
  describe:
    "Read one card and show its Hidden ID: what a station sends for it, ready to paste, and every other spelling\nof its UID. Cards come from the reader, from standard input (one UID a line), or from the command line.",
  settings: ["readers", "buzzers", "indicators", "model", "csms", "id", ...CREDENTIAL_SETTINGS, "ocpp"],
  options,
  positionals,
  examples: [
    ["tapstation tap", "hold a card to the reader"],
    ["tapstation tap --plain --copy", "the Hidden ID alone, and on the clipboard"],
    ["tapstation tap --follow --csv > cards.csv", "a stack of cards"],
    ["tapstation tap --csms ws://host:8080/ocpp --id CP001", "and what the central system says of it"],
    [
      "tapstation tap --enrol cards.csv",
      "a stack, with what is printed on each; goes on where it was interrupted",
    ],
    ["tapstation tap 04A2241BC85E80 --model keba-like", "no reader: how this model would send that UID"],
  ],
  epilogue:
    "Exit codes: 0 a card was read (and answered, whatever the answer) · 2 no UID\n3 no reader, no card in time, no clipboard · 4 no central system, or no answer · 130 Ctrl-C.",
  async run(input) {
    const { args, settings, io } = input;
    const form = formOf(input);
    const timeoutMs = secondsOf(args.timeout);
    const uids = args.uid ?? [];
    const ownInput = hasOwnInput(input);
    const { loadOwnDefinitions, stationModel } = await import("../../app/own-definitions.ts");
    if (uids.length === 0) await checkDevices(settings);
    const { config } = settings;
    const definitions = uids.length > 0 ? undefined : await loadOwnDefinitions(config.data);
    const model = await stationModel(config, definitions);
    const cards = uids.map((uid) => typedCard(uid, "command line"));
    const bench = asks(input) ? await connect(input, model) : undefined;
    try {
      const taker = await takerOf(input, form, model, bench);
      try {
        for (const card of cards) if (!io.signal.aborted) await taker.card(card, 0);
        if (definitions !== undefined) {
          const { Desk } = await import("../tap/desk.ts");
          const follow = args.follow === true || args.enrol !== undefined;
          const patience = timeoutMs === undefined ? {} : { timeoutMs };
          const about = {
            io,
            config,
            definitions,
            model,
            follow,
            ownInput,
            quiet: form === "plain",
            ...patience,
          };
          await new Desk({ ...about, handle: (card, waiting) => taker.card(card, waiting) }).run();
        }
      } finally {
        taker.close();
      }
      if (taker.problem !== undefined && !io.signal.aborted) throw taker.problem;
      return 0;
    } finally {
      await bench?.close();
    }
  },
});

/** Has standard input something else than UIDs: a reader's typing, or what --enrol asks for? */
function hasOwnInput({ args, settings }: Input): boolean {
  const typing = settings.config.readers?.some((reader) => reader.startsWith("wedge:-")) === true;
  if (typing && args.enrol !== undefined) {
    throw new AppError(
      "usage",
      "Standard input can be one thing only: a reader (wedge:-) or what --enrol asks for",
      { hint: "Name the reader's input device: --reader wedge:/dev/input/by-id/…" },
    );
  }
  return typing || args.enrol !== undefined;
}

/** Nothing is sent anywhere unless this very command line says so. */
const asks = ({ args, settings }: Input): boolean =>
  args.authorize === true || settings.origins.csms.from === "flag";

async function takerOf(
  { args, settings, io }: Input,
  form: ShowOptions["form"],
  model: StationDefinition,
  bench: Bench | undefined,
): Promise<CardTaker> {
  const { enrol: file } = args;
  if (file !== undefined) {
    const { Enrolment } = await import("../tap/enrol.ts");
    return new Enrolment({
      io,
      model,
      file: path.resolve(io.cwd, file),
      shown: file,
      json: form === "json",
      force: args.force === true,
    });
  }
  const { Show } = await import("../tap/show.ts");
  return new Show(io, {
    form,
    brief: args.follow === true,
    copy: args.copy === true,
    config: settings.config,
    model,
    ...(bench === undefined ? {} : { bench }),
  });
}

/** Connects before the first card comes, so that its answer takes no longer than a station's. */
async function connect({ io, settings, args }: Input, model: StationDefinition): Promise<Bench> {
  const { connectedBench } = await import("../tap/connect.ts");
  return connectedBench(io, settings.config, model, args.plain === true);
}

function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds > 0) return Math.round(seconds * 1000);
  throw new AppError("usage", `--timeout: "${text}" is not a number of seconds`, {
    hint: "Write for example --timeout 30.",
  });
}

/** What is printed of a card; of the flags that say so only one may be there, and --enrol goes with --json alone. */
function formOf(input: Input): ShowOptions["form"] {
  const { args, settings } = input;
  const named: ShowOptions["form"][] = [];
  if (args.plain === true) named.push("plain");
  if (args.csv === true) named.push("csv");
  if (settings.config.json) named.push("json");
  const enrolling = args.enrol === undefined ? [] : ["enrol"];
  const others =
    enrolling.length === 0 ? [] : [args.copy === true ? "copy" : "", asks(input) ? "authorize" : ""];
  const all: string[] = [
    ...enrolling,
    ...named.filter((form) => enrolling.length === 0 || form !== "json"),
    ...others,
  ];
  const [first, second] = all.filter((name) => name !== "");
  if (second !== undefined) {
    throw new AppError("usage", `--${first} and --${second} are both given`, { hint: "Choose one of them." });
  }
  return named[0] ?? "text";
}
