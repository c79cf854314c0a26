import type { Tapped } from "../../app/card-source.ts";
import { looksVisible } from "../../central/emaid.ts";
import type { StationDefinition } from "../../drivers/definitions.ts";
import type { SignalName } from "../../station/facts.ts";
import { spell } from "../../station/spellings.ts";
import { AppError } from "../../util/errors.ts";
import { lines } from "../control-lines.ts";
import { clean, type Io, print, printJson } from "../io.ts";
import { EnrolFile, type Enrolled } from "./enrol-file.ts";
import { type CardReport, cardReport } from "./report.ts";
import type { CardTaker } from "./show.ts";

/** What a person says of a card. */
interface Said {
  readonly visibleId: string;
  readonly nickname: string;
}

/** Asks for what is printed on a card. Undefined: the session is over. */
type Ask = (
  report: CardReport,
  check: (visibleId: string) => string | undefined,
  waiting: number,
) => Promise<Said | undefined>;

export interface EnrolOptions {
  readonly io: Io;
  readonly model: StationDefinition;
  readonly file: string;
  /** The file as the person named it. */
  readonly shown: string;
  readonly json: boolean;
  /** Take visible IDs as they are typed, and random UIDs. */
  readonly force: boolean;
}

/** A session of many taps: each card is asked for what is printed on it and written down at once. */
export class Enrolment implements CardTaker {
  readonly #o: EnrolOptions;
  readonly #file: EnrolFile;
  readonly #ask: Ask;
  readonly #problems: string[] = [];
  #added = 0;

  /** @throws AppError `input.invalid`, `store.writeFailed` */
  constructor(o: EnrolOptions) {
    this.#o = o;
    this.#file = new EnrolFile(o.file);
    this.#ask = o.io.stdin.isTTY === true && o.io.stderr.isTTY === true ? promptOf(o.io) : linesOf(o.io);
    if (this.#file.size > 0)
      this.#say(
        `${clean(o.shown)} has ${this.#file.size} card${this.#file.size === 1 ? "" : "s"} already; going on.`,
      );
  }

  /** Resolves with the signal that says what became of the card. */
  async card(card: Tapped, waiting: number): Promise<SignalName> {
    const report = cardReport(card, this.#o.model, this.#o.io.now());
    const line = this.#file.lineOf(report.hiddenId);
    if (line !== undefined) {
      this.#say(`${report.hiddenId} is enrolled already, in line ${line}: skipped.`);
      return "rejected";
    }
    if (report.random && !this.#o.force) {
      this.#say(`${report.hiddenId} is not enrolled (--force takes it). ${report.warnings.join(" ")}`);
      return "rejected";
    }
    let refused: string | undefined;
    // The shape is a guess: who types the same again means it.
    const check = (visibleId: string): string | undefined => {
      const problem = this.#problem(visibleId, card, visibleId === refused);
      refused = visibleId;
      return problem;
    };
    const said = await this.#ask(report, check, waiting);
    if (said === undefined) return "rejected";
    const problem = this.#problem(said.visibleId, card, said.visibleId === refused);
    if (problem !== undefined) {
      this.#problems.push(`${report.hiddenId}: ${problem}`);
      this.#say(`${report.hiddenId} is not enrolled: ${problem}`);
      return "rejected";
    }
    this.#enrol(report, said);
    return "accepted";
  }

  close(): void {
    this.#file.close();
    const { shown, io } = this.#o;
    if (io.stdin.isTTY !== true) io.stdin.destroy();
    const next = this.#file.size === 0 ? "" : `: tapstation cards import ${clean(shown)} --user NAME`;
    this.#say(`${this.#added} enrolled now, ${this.#file.size} in ${clean(shown)}${next}`);
  }

  get problem(): AppError | undefined {
    const [first] = this.#problems;
    if (first === undefined) return undefined;
    const cards = this.#problems.length === 1 ? "1 card" : `${this.#problems.length} cards`;
    return new AppError("input.invalid", `${cards} could not be enrolled: ${first}`, {
      hint: "Tap again with the same command: what is enrolled is skipped.",
    });
  }

  #enrol(report: CardReport, { visibleId, nickname }: Said): void {
    const { hiddenId, uid, cardType, time } = report;
    const enrolled: Enrolled = {
      hiddenId,
      uid,
      time,
      ...(visibleId === "" ? {} : { visibleId }),
      ...(nickname === "" ? {} : { nickname }),
      ...(cardType === undefined ? {} : { cardType }),
    };
    const line = this.#file.add(enrolled);
    this.#added++;
    if (this.#o.json) printJson(this.#o.io, { line, ...enrolled });
    else
      print(
        this.#o.io,
        [`line ${line}`, hiddenId, visibleId || "-", nickname].map(clean).join("  ").trimEnd(),
      );
  }

  /** Why a text cannot be the card's visible ID. Nothing at all is fine: some cards have none. */
  #problem(text: string, { uid }: Tapped, meant: boolean): string | undefined {
    if (text === "") return undefined;
    const line = this.#file.lineOfVisible(text);
    if (line !== undefined) return `the visible ID ${text} stands in line ${line} already`;
    if (spell(uid).some((s) => s.text.toUpperCase() === text.toUpperCase()))
      return `${text} is the card's UID, not the number printed on it`;
    if (/\p{Cc}/u.test(text) || text.length > 100)
      return "a visible ID is one line of at most 100 characters";
    if (this.#o.force || meant || looksVisible(text)) return undefined;
    return `"${text}" does not look like a visible ID such as NL-TNM-B12345-6; leave it empty when nothing is printed, or enter it once more (--force takes any)`;
  }

  #say(text: string): void {
    this.#o.io.stderr.write(`${text}\n`);
  }
}

/** Prompts on the terminal. */
function promptOf(io: Io): Ask {
  return async ({ hiddenId }, check, waiting) => {
    const { isCancel, text } = await import("@clack/prompts");
    const ask = async (
      message: string,
      validate?: (value: string) => string | undefined,
    ): Promise<string | undefined> => {
      const said = await text({
        message,
        input: io.stdin,
        output: io.stderr,
        signal: io.signal,
        ...(validate === undefined ? {} : { validate: (value) => validate((value ?? "").trim()) }),
      });
      if (!isCancel(said)) return (said ?? "").trim();
      io.stop("SIGINT");
      return undefined;
    };
    const visibleId = await ask(
      `${hiddenId}: visible ID (empty: none is printed on it)${waiting > 0 ? ` · ${waiting} more waiting` : ""}`,
      check,
    );
    const nickname = visibleId === undefined ? undefined : await ask("Nickname");
    return visibleId === undefined || nickname === undefined ? undefined : { visibleId, nickname };
  };
}

/** A line of standard input for each card: `visible ID, nickname`. */
function linesOf(io: Io): Ask {
  const answers = lines(io.stdin);
  return async ({ hiddenId }) => {
    const next = await answers.next();
    if (next.done === true) {
      throw new AppError("input.invalid", `Standard input ended before it said anything of ${hiddenId}`, {
        hint: "Give one line for each card: visible ID, nickname.",
      });
    }
    const [, visibleId = "", nickname = ""] = /^([^,;\t]*)[,;\t]?(.*)$/.exec(next.value) ?? [];
    return { visibleId: visibleId.trim(), nickname: nickname.trim() };
  };
}
