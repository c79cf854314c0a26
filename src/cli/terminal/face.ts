import { homedir } from "node:os";
import { emitKeypressEvents } from "node:readline";
import { defaultDataDir } from "../../app/paths.ts";
import type { RunningStation } from "../../app/running.ts";
import { stationVerbs } from "../../app/verbs.ts";
import type { VerbResult } from "../../app/vocabulary.ts";
import { Narrator } from "../../journal/lines/narrator.ts";
import { CardUid } from "../../station/card.ts";
import type { Fact } from "../../station/facts.ts";
import { AppError, errorText, isAppError } from "../../util/errors.ts";
import { answerLines, type Face, intro, introText } from "../face.ts";
import { type Colors, clean, colorsFor, type Io } from "../io.ts";
import { looksVisible, VISIBLE_ID_HINT } from "../visible-id.ts";
import { type KeyContext, keys, randomUid, shortKeyHelp } from "./keys.ts";
import { editPrompt, emptyPrompt, type Key, type Prompt } from "./prompt.ts";
import { Screen } from "./screen.ts";
import { statusLine, statusLines } from "./status.ts";

/** Where what is said begins, behind the word or time before it. */
const INTRO_INDENT = 11;
const FACT_INDENT = 9;

/** Bracketed paste: terminals that know it tell where pasted text begins and ends. */
const PASTES_TOLD = "\x1b[?2004h";
const PASTES_UNTOLD = "\x1b[?2004l";

/** How often power and energy on the status line are brought up to date, milliseconds. */
const REFRESH_MS = 1000;

/** A station in a terminal: log lines above a status line, single keys, a prompt for everything else. */
export class TerminalFace implements Face {
  readonly #io: Io;
  readonly #colors: Colors;
  readonly #screen: Screen;
  #narrator = new Narrator();
  #station: RunningStation | undefined;
  #prompt: (Prompt & { readonly before: string }) | undefined;
  #lastUid: string | undefined;
  /** The token that the built-in central system has just called unknown. */
  #unknown: string | undefined;
  readonly #over = new AbortController();
  #held = false;
  #networkDown = false;
  #refresh: NodeJS.Timeout | undefined;
  /** What is being pasted; undefined: keys are pressed one by one. */
  #pasted: string | undefined;

  constructor(io: Io) {
    this.#io = io;
    this.#colors = colorsFor(io.stdout, io.env);
    this.#screen = new Screen(io.stdout);
  }

  begin(station: RunningStation): void {
    this.#station = station;
    this.#narrator = new Narrator(station.summary.id);
    for (const line of introText(intro(station, shortKeyHelp))) this.#screen.log(line, false, INTRO_INDENT);
    const { stdin, stdout } = this.#io;
    emitKeypressEvents(stdin);
    stdin.setRawMode?.(true);
    stdout.write(PASTES_TOLD);
    stdin.on("keypress", this.#onKey);
    stdin.on("end", this.#onEnd);
    stdout.on("resize", this.#onResize);
    process.once("exit", this.#restore);
    stdin.resume();
    this.#refresh = setInterval(() => this.#drawBottom(), REFRESH_MS);
    this.#drawBottom();
  }

  fact(fact: Fact): void {
    const line = this.#narrator.line(fact, this.#colors);
    if (line !== undefined) this.#say(line, fact.time, fact.kind === "frame");
    if (fact.kind === "access" && fact.station === this.#station?.summary.id) {
      this.#unknown = fact.status === "Unknown" ? fact.idToken : undefined;
    }
    if (fact.kind === "verdict" && fact.token.idToken === this.#unknown) this.#sayNextStep();
    this.#drawBottom();
  }

  /** A card that nobody knows was refused: how it gets onto the whitelist. */
  #sayNextStep(): void {
    this.#unknown = undefined;
    const data = this.#station?.summary.data ?? "";
    const usual = defaultDataDir({ env: {}, platform: process.platform, home: homedir() });
    const where =
      data === usual ? "" : ` --data ${/^[\w./-]+$/.test(data) ? clean(data) : `"${clean(data)}"`}`;
    const next = `whitelist it: npx tapstation cards add --last-unknown --user "Ann Smith"${where}`;
    this.#screen.log(this.#colors.dim(`${" ".repeat(FACT_INDENT)}${next}`), false, FACT_INDENT);
  }

  result(result: VerbResult): void {
    if (result.kind === "status")
      for (const line of statusLines(result.status, this.#colors)) this.#screen.log(line);
    if (result.kind === "answer") for (const line of answerLines(result.said)) this.#screen.log(`  ${line}`);
    if (result.kind === "help") for (const line of result.lines) this.#screen.log(`  ${line}`);
  }

  error(e: unknown): void {
    this.#screen.log(this.#colors.red(clean(errorText(e))), false, 2);
    if (isAppError(e) && e.hint !== undefined)
      this.#screen.log(`  ${this.#colors.yellow(clean(e.hint))}`, false, 2);
  }

  leave(): void {
    clearInterval(this.#refresh);
    this.#over.abort();
    const { stdin, stdout } = this.#io;
    stdin.off("keypress", this.#onKey);
    stdin.off("end", this.#onEnd);
    stdout.off("resize", this.#onResize);
    process.off("exit", this.#restore);
    this.#restore();
    stdin.pause();
  }

  /** Gives the terminal back as it was found; also when the process crashes. */
  readonly #restore = (): void => {
    this.#screen.close();
    this.#io.stdout.write(PASTES_UNTOLD);
    this.#io.stdin.setRawMode?.(false);
  };

  readonly #onResize = (): void => this.#screen.redraw();

  readonly #onEnd = (): void => this.#io.stop("SIGHUP");

  readonly #onKey = (sequence: string | undefined, key: Key | undefined): void => {
    const pressed: Key = { ...key, sequence: key?.sequence ?? sequence };
    if (this.#isPasting(pressed)) return;
    if (this.#prompt !== undefined) this.#edit(this.#prompt, pressed);
    else if (pressed.ctrl === true && pressed.name === "c") this.#io.stop("SIGINT");
    else if (pressed.ctrl === true && pressed.name === "d") this.#io.stop("quit");
    else if (pressed.sequence !== undefined && Object.hasOwn(keys, pressed.sequence))
      this.#press(pressed.sequence);
    this.#drawBottom();
  };

  /** A pasted command line would fire a key with each of its letters. */
  #isPasting(key: Key): boolean {
    if (key.name === "paste-start") this.#pasted = "";
    else if (this.#pasted === undefined) return false;
    else if (key.name !== "paste-end") this.#pasted += key.sequence ?? "";
    else {
      const text = this.#pasted;
      this.#pasted = undefined;
      if (this.#prompt === undefined)
        this.#screen.log(
          "Pasted text is not taken: keys act at once here. Press : for a verb, or use another terminal.",
        );
      else for (const sequence of text.replaceAll(/\p{Cc}/gu, "")) this.#edit(this.#prompt, { sequence });
      this.#drawBottom();
    }
    return true;
  }

  #press(name: string): void {
    const station = this.#station;
    const row = keys[name];
    if (station === undefined || row === undefined) return;
    const action = row.press(this.#context(station));
    if ("line" in action) void this.#perform(action.line);
    else if ("prompt" in action) this.#prompt = { ...emptyPrompt(action.prompt), before: action.before };
    else for (const line of action.say.split("\n")) this.#screen.log(line);
  }

  #context(station: RunningStation): KeyContext {
    return {
      status: station.control.status(),
      knownCard: station.knownCard,
      lastUid: this.#lastUid,
      held: this.#held,
      networkDown: this.#networkDown,
      newUid: randomUid,
    };
  }

  #edit(prompt: Prompt & { readonly before: string }, key: Key): void {
    const edited = editPrompt(prompt, key);
    this.#prompt = edited.kind === "edit" ? { ...edited.prompt, before: prompt.before } : undefined;
    if (edited.kind === "enter" && edited.text.trim() !== "") {
      const problem = prompt.before === "tap " ? uidProblem(edited.text) : undefined;
      if (problem !== undefined) this.error(problem);
      else void this.#perform(prompt.before + edited.text);
    }
  }

  /** Does a line of the vocabulary; keys and prompt both end here. */
  async #perform(line: string): Promise<void> {
    const station = this.#station;
    const parsed = stationVerbs.parse(line);
    if (station === undefined) return;
    if (!parsed.ok) return this.error(parsed.error);
    const { verb, args } = parsed.value;
    if (verb === "tap" || verb === "hold") this.#lastUid = args[0];
    if (verb === "hold" || verb === "remove") this.#held = verb === "hold";
    try {
      const result = await parsed.value.run(station.control, this.#over.signal);
      if (verb === "network") this.#networkDown = args[0] === "down";
      if (result.kind === "quit") this.#io.stop("quit");
      else this.result(result);
    } catch (e) {
      if (verb === "hold") this.#held = false;
      this.error(e);
    }
    this.#drawBottom();
  }

  #say(text: string, time: string, clipped: boolean): void {
    const at = new Date(time).toTimeString().slice(0, 8);
    this.#screen.log(`${this.#colors.dim(at)} ${text}`, clipped, FACT_INDENT);
  }

  #drawBottom(): void {
    const prompt = this.#prompt;
    if (prompt !== undefined) {
      const label = `${prompt.label}${prompt.label === ":" ? "" : ">"} `;
      this.#screen.bottom({ text: label + prompt.text, cursor: label.length + prompt.cursor });
    } else if (this.#station !== undefined) {
      this.#screen.bottom({ text: statusLine(this.#station.control.status(), this.#colors) });
    }
  }
}

/** What is wrong with a UID that was typed at its prompt, in words for somebody who typed no verb. */
function uidProblem(text: string): unknown {
  try {
    CardUid.parse(text);
    return undefined;
  } catch (e) {
    if (!isAppError(e) || !looksVisible(text)) return e;
    return new AppError("input.invalid", e.message, { hint: VISIBLE_ID_HINT });
  }
}
