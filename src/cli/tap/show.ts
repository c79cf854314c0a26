import type { Bench } from "../../app/bench.ts";
import type { Tapped } from "../../app/card-source.ts";
import type { Config } from "../../app/config.ts";
import type { StationDefinition } from "../../drivers/definitions.ts";
import type { SignalName } from "../../station/facts.ts";
import { AppError } from "../../util/errors.ts";
import { colorsFor, type Io, print, printJson } from "../io.ts";
import { aborted } from "../session.ts";
import { type CardReport, cardReport, reportedAnswer } from "./report.ts";

/** What is done with cards: they are shown, or enrolled. */
export interface CardTaker {
  /** Resolves with the signal that says what came of the card; undefined: none but *read*. `waiting`: so many wait. */
  card(card: Tapped, waiting: number): Promise<SignalName | undefined>;
  /** Something came of the cards that the exit code must tell. */
  readonly problem: AppError | undefined;
  /** There are no more cards. */
  close(): void;
}

export interface ShowOptions {
  readonly form: "text" | "json" | "csv" | "plain";
  /** A line a card instead of all its spellings. */
  readonly brief: boolean;
  readonly copy: boolean;
  readonly config: Config;
  readonly model: StationDefinition;
  /** Where Authorize is sent. */
  readonly bench?: Bench;
}

/** Shows one card after the other in the form that was asked for. */
export class Show implements CardTaker {
  readonly #io: Io;
  readonly #o: ShowOptions;
  readonly #stopped: Promise<void>;
  #shown = 0;
  /** The central system gave no answer to a card. */
  problem: AppError | undefined;

  constructor(io: Io, o: ShowOptions) {
    this.#io = io;
    this.#o = o;
    this.#stopped = aborted(io.signal);
  }

  close(): void {}

  /** Resolves with the signal that the answer deserves. */
  async card(card: Tapped): Promise<SignalName | undefined> {
    const io = this.#io;
    const { form, copy } = this.#o;
    const report = cardReport(card, this.#o.model, io.now());
    if (form === "text") await this.#text(report);
    const answered = await this.#ask(card, report);
    if (form === "json") printJson(io, answered);
    else if (form === "csv") print(io, ...(await import("./csv.ts")).csvLines(answered, this.#shown === 0));
    else if (form === "plain") print(io, answered.hiddenId);
    else if (answered.answer !== undefined) await this.#answer(answered);
    this.#shown++;
    if (copy) await (await import("./clipboard.ts")).copy(report.hiddenId);
    if (answered.answer === undefined) return undefined;
    return answered.answer.status === "Accepted" ? "accepted" : "rejected";
  }

  async #text(report: CardReport): Promise<void> {
    const { fullLines, shortLines } = await import("./lines.ts");
    const io = this.#io;
    const lines = this.#o.brief ? shortLines : fullLines;
    print(io, ...lines(report, colorsFor(io.stdout, io.env), this.#io.stdout.columns));
  }

  async #answer({ answer }: CardReport): Promise<void> {
    if (answer === undefined) return;
    const { answerLines } = await import("./lines.ts");
    const io = this.#io;
    print(io, ...answerLines(answer, colorsFor(io.stdout, io.env), this.#io.stdout.columns));
  }

  async #notAsked(hiddenId: string): Promise<string | undefined> {
    const { whyNotAsked } = await import("../../app/explanation.ts");
    return whyNotAsked(this.#o.config, this.#o.model, hiddenId, this.#io.now());
  }

  async #ask(card: Tapped, report: CardReport): Promise<CardReport> {
    const bench = this.#o.bench;
    if (bench === undefined) return report;
    const given = await Promise.race([bench.authorize(card), this.#stopped]);
    if (given === undefined) return report;
    const answer = reportedAnswer(bench.where, given);
    if (answer.status === undefined) {
      this.problem = new AppError(
        "csms.refused",
        `${bench.where} gave no answer to ${report.hiddenId}: ${answer.why}`,
        {
          hint: "tapstation log --action Authorize shows what was sent.",
        },
      );
    }
    const notAsked = await this.#notAsked(report.hiddenId);
    const unknown = bench.builtIn && (answer.status === "Invalid" || answer.status === "Unknown");
    const next = unknown ? { next: `tapstation cards add ${report.hiddenId} --user NAME` } : {};
    return { ...report, answer: { ...answer, ...next, ...(notAsked === undefined ? {} : { notAsked }) } };
  }
}
