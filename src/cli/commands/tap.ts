import type { Bench } from "../../app/bench.ts";
import type { Tapped } from "../../app/card-source.ts";
import { checkDevices } from "../../app/config-devices.ts";
import { DEFAULT_MODEL } from "../../app/config-settings.ts";
import type { StationDefinition } from "../../drivers/definitions.ts";
import type { SignalName } from "../../station/facts.ts";
import { AppError } from "../../util/errors.ts";
import { type CommandInput, defineCommand } from "../command.ts";
import { colorsFor, print, printJson } from "../io.ts";
import { type CardReport, cardReport, reportedAnswer, typedCard } from "../tap/report.ts";

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
  settings: ["readers", "buzzers", "model", "csms", "id", "password", "ocpp"],
  options,
  positionals,
  examples: [
    ["tapstation tap", "hold a card to the reader"],
    ["tapstation tap --plain --copy", "the Hidden ID alone, and on the clipboard"],
    ["tapstation tap --follow --csv > cards.csv", "a stack of cards"],
    ["tapstation tap --csms ws://host:8080/ocpp --id CP001", "and what the central system says of it"],
    ["tapstation tap 04A2241BC85E80 --model keba-like", "no reader: how this model would send that UID"],
  ],
  epilogue:
    "Exit codes: 0 a card was read (and answered, whatever the answer) · 2 no UID · 3 no reader, no card in time, no\nclipboard · 4 no central system, or no answer of it · 130 Ctrl-C.",
  async run(input) {
    const { args, settings, io } = input;
    onlyOne(input, ["plain", "csv"]);
    const timeoutMs = secondsOf(args.timeout);
    const uids = args.uid ?? [];
    const asks = args.authorize === true || settings.origins.csms.from === "flag";
    const { definitionOf, loadStations } = await import("../../drivers/definitions.ts");
    const { loadOwnDefinitions } = await import("../../app/own-definitions.ts");
    const id = settings.config.model ?? DEFAULT_MODEL;
    const given = uids.length > 0;
    if (!given) await checkDevices(settings);
    const definitions = given ? undefined : await loadOwnDefinitions(settings.config.data);
    const model = definitionOf(definitions ?? (await loadStations()), "stations", id);
    const cards = uids.map((uid) => typedCard(uid, "command line"));
    const bench = asks ? await connect(input, model) : undefined;
    try {
      const show = new Show(input, model, bench);
      for (const card of cards) await show.card(card);
      if (definitions !== undefined) {
        const { Desk } = await import("../tap/desk.ts");
        const { follow = false, plain = false } = args;
        const desk = new Desk({
          io,
          config: settings.config,
          definitions,
          model,
          follow,
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
          ownInput: false,
          quiet: plain,
          handle: (card) => show.card(card),
        });
        await desk.run();
      }
      if (show.unanswered !== undefined) throw show.unanswered;
      return 0;
    } finally {
      await bench?.close();
    }
  },
});

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

function onlyOne({ args, settings }: Input, flags: readonly ("plain" | "csv")[]): void {
  const named: string[] = flags.filter((flag) => args[flag] === true);
  if (settings.config.json) named.push("json");
  if (named.length < 2) return;
  throw new AppError("usage", `--${named.join(" and --")} are both given`, { hint: "Choose one of them." });
}

/** Shows one card after the other in the form that was asked for. */
class Show {
  readonly #input: Input;
  readonly #model: StationDefinition;
  readonly #bench: Bench | undefined;
  readonly #columns: number | undefined;
  #shown = 0;
  /** The central system gave no answer to a card. */
  unanswered: AppError | undefined;

  constructor(input: Input, model: StationDefinition, bench: Bench | undefined) {
    this.#input = input;
    this.#model = model;
    this.#bench = bench;
    this.#columns = input.io.stdout.columns;
  }

  /** Resolves with the signal that the answer deserves. */
  async card(card: Tapped): Promise<SignalName | undefined> {
    const { args, io, settings } = this.#input;
    const report = cardReport(card, this.#model, io.now());
    const inText = !settings.config.json && args.csv !== true && args.plain !== true;
    if (inText) await this.#text(report);
    const answered = await this.#ask(card, report);
    if (settings.config.json) printJson(io, answered);
    else if (args.csv === true)
      print(io, ...(await import("../tap/csv.ts")).csvLines(answered, this.#shown === 0));
    else if (args.plain === true) print(io, answered.hiddenId);
    else if (answered.answer !== undefined) await this.#answer(answered);
    this.#shown++;
    if (args.copy === true) await (await import("../tap/clipboard.ts")).copy(report.hiddenId);
    if (answered.answer === undefined) return undefined;
    return answered.answer.status === "Accepted" ? "accepted" : "rejected";
  }

  async #text(report: CardReport): Promise<void> {
    const { fullLines, shortLines } = await import("../tap/lines.ts");
    const { args, io } = this.#input;
    const lines = args.follow === true ? shortLines : fullLines;
    print(io, ...lines(report, colorsFor(io.stdout, io.env), this.#columns));
  }

  async #answer({ answer }: CardReport): Promise<void> {
    if (answer === undefined) return;
    const { answerLines } = await import("../tap/lines.ts");
    const { io } = this.#input;
    print(io, ...answerLines(answer, colorsFor(io.stdout, io.env), this.#columns));
  }

  async #notAsked(hiddenId: string): Promise<string | undefined> {
    const { whyNotAsked } = await import("../../app/explanation.ts");
    const { settings, io } = this.#input;
    return whyNotAsked(settings.config, this.#model, hiddenId, io.now());
  }

  async #ask({ uid, reader }: Tapped, report: CardReport): Promise<CardReport> {
    const bench = this.#bench;
    if (bench === undefined) return report;
    const answer = reportedAnswer(bench.where, await bench.authorize(uid, reader));
    if (answer.status === undefined) {
      this.unanswered = new AppError(
        "csms.refused",
        `${bench.where} gave no answer to ${report.hiddenId}: ${answer.why}`,
        {
          hint: "tapstation log --action Authorize shows what was sent.",
        },
      );
    }
    const notAsked = await this.#notAsked(report.hiddenId);
    return { ...report, answer: { ...answer, ...(notAsked === undefined ? {} : { notAsked }) } };
  }
}
