import { emitKeypressEvents } from "node:readline";
import type { VerbResult } from "../../app/vocabulary.ts";
import type { Fact } from "../../station/facts.ts";
import { errorText, isAppError } from "../../util/errors.ts";
import { answerLines, type Face, type IntroLine, introText } from "../face.ts";
import { type Colors, clean, colorsFor, type Io } from "../io.ts";
import type { KeyAction } from "./keys.ts";
import { editPrompt, emptyPrompt, type Key, type Prompt } from "./prompt.ts";
import { Screen } from "./screen.ts";
import { stationsLines, statusLines } from "./status.ts";

/** Where what is said begins, behind the word or time before it. */
const INTRO_INDENT = 11;
export const FACT_INDENT = 9;

/** Bracketed paste: terminals that know it tell where pasted text begins and ends. */
const PASTES_TOLD = "\x1b[?2004h";
const PASTES_UNTOLD = "\x1b[?2004l";

/** How often the status line is brought up to date, milliseconds. */
const REFRESH_MS = 1000;

/** Log lines above a status line, single keys, a prompt for everything else: of a station, or of what else `S` is. */
export abstract class KeyboardFace<S> implements Face<S> {
  protected readonly io: Io;
  protected readonly colors: Colors;
  protected readonly screen: Screen;
  protected readonly over = new AbortController();
  #prompt: (Prompt & { readonly before: string }) | undefined;
  #refresh: NodeJS.Timeout | undefined;
  /** What is being pasted; undefined: keys are pressed one by one. */
  #pasted: string | undefined;

  constructor(io: Io) {
    this.io = io;
    this.colors = colorsFor(io.stdout, io.env);
    this.screen = new Screen(io.stdout);
  }

  abstract begin(running: S): void;
  abstract fact(fact: Fact): void;
  /** What a key does; undefined: nothing. */
  protected abstract press(key: string): KeyAction | undefined;
  /** Does a line of the vocabulary; keys and prompt both end here. */
  protected abstract perform(line: string): Promise<void>;
  /** The status line; undefined: there is nothing to tell yet. */
  protected abstract bottom(): string | undefined;

  /** Why a line cannot be what was asked for, before it is done; undefined: it can. */
  protected problem(_before: string, _text: string): unknown {
    return undefined;
  }

  /** Introduces what stands, and takes the keyboard. */
  protected open(intro: readonly IntroLine[]): void {
    for (const line of introText(intro)) this.screen.log(line, false, INTRO_INDENT);
    const { stdin, stdout } = this.io;
    emitKeypressEvents(stdin);
    stdin.setRawMode?.(true);
    stdout.write(PASTES_TOLD);
    stdin.on("keypress", this.#onKey);
    stdin.on("end", this.#onEnd);
    stdout.on("resize", this.#onResize);
    process.once("exit", this.#restore);
    stdin.resume();
    this.#refresh = setInterval(() => this.drawBottom(), REFRESH_MS);
    this.drawBottom();
  }

  result(result: VerbResult): void {
    if (result.kind === "status")
      for (const line of statusLines(result.status, this.colors)) this.screen.log(line);
    if (result.kind === "stations")
      for (const line of stationsLines(result.stations, this.colors)) this.screen.log(line);
    if (result.kind === "answer") for (const line of answerLines(result.said)) this.screen.log(`  ${line}`);
    if (result.kind === "help") for (const line of result.lines) this.screen.log(`  ${line}`);
  }

  error(e: unknown): void {
    this.screen.log(this.colors.red(clean(errorText(e))), false, 2);
    if (isAppError(e) && e.hint !== undefined)
      this.screen.log(`  ${this.colors.yellow(clean(e.hint))}`, false, 2);
  }

  leave(): void {
    clearInterval(this.#refresh);
    this.over.abort();
    const { stdin, stdout } = this.io;
    stdin.off("keypress", this.#onKey);
    stdin.off("end", this.#onEnd);
    stdout.off("resize", this.#onResize);
    process.off("exit", this.#restore);
    this.#restore();
    stdin.pause();
  }

  /** Gives the terminal back as it was found; also when the process crashes. */
  readonly #restore = (): void => {
    this.screen.close();
    this.io.stdout.write(PASTES_UNTOLD);
    this.io.stdin.setRawMode?.(false);
  };

  readonly #onResize = (): void => this.screen.redraw();

  readonly #onEnd = (): void => this.io.stop("SIGHUP");

  readonly #onKey = (sequence: string | undefined, key: Key | undefined): void => {
    const pressed: Key = { ...key, sequence: key?.sequence ?? sequence };
    if (this.#isPasting(pressed)) return;
    if (this.#prompt !== undefined) this.#edit(this.#prompt, pressed);
    else if (pressed.ctrl === true && pressed.name === "c") this.io.stop("SIGINT");
    else if (pressed.ctrl === true && pressed.name === "d") this.io.stop("quit");
    else if (pressed.sequence !== undefined) this.#press(pressed.sequence);
    this.drawBottom();
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
        this.screen.log(
          "Pasted text is not taken: keys act at once here. Press : for a verb, or use another terminal.",
        );
      else for (const sequence of text.replaceAll(/\p{Cc}/gu, "")) this.#edit(this.#prompt, { sequence });
      this.drawBottom();
    }
    return true;
  }

  #press(key: string): void {
    const action = this.press(key);
    if (action === undefined) return;
    if ("line" in action) void this.perform(action.line);
    else if ("prompt" in action) this.#prompt = { ...emptyPrompt(action.prompt), before: action.before };
    else for (const line of action.say.split("\n")) this.screen.log(line);
  }

  #edit(prompt: Prompt & { readonly before: string }, key: Key): void {
    const edited = editPrompt(prompt, key);
    this.#prompt = edited.kind === "edit" ? { ...edited.prompt, before: prompt.before } : undefined;
    if (edited.kind === "enter" && edited.text.trim() !== "") {
      const problem = this.problem(prompt.before, edited.text);
      if (problem !== undefined) this.error(problem);
      else void this.perform(prompt.before + edited.text);
    }
  }

  /** A line of the log; `clipped` ones take one row at most. */
  protected say(text: string, time: string, clipped: boolean): void {
    const at = new Date(time).toTimeString().slice(0, 8);
    this.screen.log(`${this.colors.dim(at)} ${text}`, clipped, FACT_INDENT);
  }

  protected drawBottom(): void {
    const prompt = this.#prompt;
    if (prompt !== undefined) {
      const label = `${prompt.label}${prompt.label === ":" ? "" : ">"} `;
      this.screen.bottom({ text: label + prompt.text, cursor: label.length + prompt.cursor });
      return;
    }
    const text = this.bottom();
    if (text !== undefined) this.screen.bottom({ text });
  }
}
