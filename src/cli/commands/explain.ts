import type { Explanation } from "../../app/explanation.ts";
import type { PastTap, WhichTap } from "../../app/past-tap.ts";
import { AppError } from "../../util/errors.ts";
import { type CommandInput, defineCommand } from "../command.ts";
import { colorsFor, print, printJson } from "../io.ts";
import { parseMoment } from "../time.ts";

const options = {
  offline: { type: "boolean", describe: "As if there were no connection to the central system" },
  key: {
    type: "string",
    array: true,
    nargs: 1,
    describe:
      "A setting that counts instead of the stored one, for example LocalPreAuthorize=true; repeatable",
  },
  at: { type: "string", nargs: 1, describe: 'At that moment: 14:30, "2030-01-31 14:30" (expiry counts)' },
  last: { type: "boolean", describe: "The last tap in the journal instead of a card" },
  tap: {
    type: "string",
    nargs: 1,
    describe: "A past tap: 2 is the one before the last; or the last one up to a time",
  },
  "as-is": { type: "boolean", describe: "The argument is the token itself, not a UID or a card's name" },
} as const;

const positionals = {
  card: { type: "string", describe: "UID, idToken, visible ID or nickname" },
} as const;

type Input = CommandInput<typeof options & typeof positionals>;

export const command = defineCommand({
  describe:
    "Explain what a station does with a card: list, cache, settings, connection, the central system's access mode.\nGoes by what the station has stored, and changes nothing; the station may run meanwhile.",
  settings: ["id", "model", "csms", "ocpp"],
  options,
  positionals,
  examples: [
    ["tapstation explain 04A2241BC85E80", "what would come of this card now"],
    ["tapstation explain 'Blue card' --offline --key LocalAuthorizeOffline=false", "and if"],
    ["tapstation explain --last", "why the last tap ended as it did"],
    ["tapstation explain --tap 14:30", "the last tap up to 14:30"],
  ],
  async run(input) {
    const { settings, io } = input;
    const { stationModel } = await import("../../app/own-definitions.ts");
    const model = await stationModel(settings.config);
    const which = whichTap(input);
    const past = which === undefined ? undefined : await pastOf(input, which);
    const { explain } = await import("../../app/explanation.ts");
    const explanation = await explain(settings.config, model, {
      card: past?.verdict.token.idToken ?? given(input),
      asIs: past !== undefined || input.args["as-is"] === true,
      online: input.args.offline !== true && (past?.online ?? true),
      keys: { ...past?.settingsThen, ...keysOf(input.args.key ?? []) },
      at: momentOf(input) ?? (past === undefined ? io.now() : Date.parse(past.time)),
      asThen: past !== undefined,
    });
    if (settings.config.json) printJson(io, { ...explanation, ...(past === undefined ? {} : { past }) });
    else await show(input, explanation, past);
    return 0;
  },
});

async function pastOf({ settings }: Input, which: WhichTap): Promise<PastTap> {
  const { pastTap } = await import("../../app/past-tap.ts");
  return pastTap(settings.config.data, settings.config.id, which);
}

async function show({ io }: Input, explanation: Explanation, past: PastTap | undefined): Promise<void> {
  const { explanationLines, pastTapLines } = await import("../explain-lines.ts");
  const c = colorsFor(io.stdout, io.env);
  const { columns } = io.stdout;
  if (past !== undefined) print(io, ...pastTapLines(past, c, columns));
  print(io, ...explanationLines(explanation, c, columns));
}

function whichTap({ args, io }: Input): WhichTap | undefined {
  const named = [
    args.card === undefined ? "" : "a card",
    args.last ? "--last" : "",
    args.tap === undefined ? "" : "--tap",
  ].filter((name) => name !== "");
  if (named.length > 1) {
    throw new AppError("usage", `${named.join(" and ")} are both given`, { hint: "Give one of them." });
  }
  if (args.last === true) return { fromEnd: 1 };
  if (args.tap === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(args.tap)) return { fromEnd: Number(args.tap) };
  // A time without fractions means its whole second.
  const until = Date.parse(parseMoment(args.tap, io.now(), "--tap"));
  return { until: new Date(until + (until % 1000 === 0 ? 1000 : 1)).toISOString() };
}

function given({ args }: Input): string {
  if (args.card !== undefined && args.card.trim() !== "") return args.card;
  throw new AppError("usage", "A card is missing", {
    hint: "Give a UID, token, visible ID or nickname; --last explains the last tap. --help shows examples.",
  });
}

function momentOf({ args, io }: Input): number | undefined {
  return args.at === undefined ? undefined : Date.parse(parseMoment(args.at, io.now(), "--at"));
}

function keysOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, key, value] = /^\s*([^=]+?)\s*=\s*(.*?)\s*$/.exec(text) ?? [];
      if (key !== undefined && value !== undefined) return [key, value];
      throw new AppError("usage", `--key: "${text}" is not KEY=VALUE`, {
        hint: "Write for example --key LocalPreAuthorize=true.",
      });
    }),
  );
}
