import { emitKeypressEvents } from "node:readline";
import type { RunningStation } from "../../app/running.ts";
import { parseVerb, type VerbResult } from "../../app/verbs.ts";
import type { Fact } from "../../station/facts.ts";
import { errorText, isAppError } from "../../util/errors.ts";
import { type Face, intro, introText } from "../face.ts";
import { type Colors, clean, colorsFor, type Io } from "../io.ts";
import { type KeyContext, keys, randomUid, shortKeyHelp } from "./keys.ts";
import { editPrompt, emptyPrompt, type Key, type Prompt } from "./prompt.ts";
import { renderFact } from "./render.ts";
import { Screen } from "./screen.ts";
import { statusLine, statusLines } from "./status.ts";

/** How often power and energy on the status line are brought up to date, milliseconds. */
const REFRESH_MS = 1000;

/** A station in a terminal: log lines above a status line, single keys, a prompt for everything else. */
export class TerminalFace implements Face {
  readonly #io: Io;
  readonly #colors: Colors;
  readonly #screen: Screen;
  #station: RunningStation | undefined;
  #prompt: (Prompt & { readonly before: string }) | undefined;
  #lastUid: string | undefined;
  #held = false;
  #networkDown = false;
  #refresh: NodeJS.Timeout | undefined;

  constructor(io: Io) {
    this.#io = io;
    this.#colors = colorsFor(io.stdout, io.env);
    this.#screen = new Screen(io.stdout);
  }

  begin(station: RunningStation): void {
    this.#station = station;
    for (const line of introText(intro(station, shortKeyHelp))) this.#screen.log(line);
    const { stdin, stdout } = this.#io;
    emitKeypressEvents(stdin);
    stdin.setRawMode?.(true);
    stdin.on("keypress", this.#onKey);
    stdin.on("end", this.#onEnd);
    stdout.on("resize", this.#onResize);
    process.once("exit", this.#restore);
    stdin.resume();
    this.#refresh = setInterval(() => this.#drawBottom(), REFRESH_MS);
    this.#drawBottom();
  }

  fact(fact: Fact): void {
    const line = renderFact(fact, this.#colors);
    if (line !== undefined) this.#say(line, fact.time, fact.kind === "frame");
    this.#drawBottom();
  }

  result(result: VerbResult): void {
    if (result.kind === "status")
      for (const line of statusLines(result.status, this.#colors)) this.#screen.log(line);
    if (result.kind === "help") for (const line of result.lines) this.#screen.log(`  ${line}`);
  }

  error(e: unknown): void {
    this.#screen.log(this.#colors.red(clean(errorText(e))));
    if (isAppError(e) && e.hint !== undefined) this.#screen.log(`  ${this.#colors.yellow(clean(e.hint))}`);
  }

  leave(): void {
    clearInterval(this.#refresh);
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
    this.#io.stdin.setRawMode?.(false);
  };

  readonly #onResize = (): void => this.#screen.redraw();

  readonly #onEnd = (): void => this.#io.stop("SIGHUP");

  readonly #onKey = (sequence: string | undefined, key: Key | undefined): void => {
    const pressed: Key = { ...key, sequence: key?.sequence ?? sequence };
    if (this.#prompt !== undefined) this.#edit(this.#prompt, pressed);
    else if (pressed.ctrl === true && pressed.name === "c") this.#io.stop("SIGINT");
    else if (pressed.ctrl === true && pressed.name === "d") this.#io.stop("quit");
    else if (pressed.sequence !== undefined && Object.hasOwn(keys, pressed.sequence))
      this.#press(pressed.sequence);
    this.#drawBottom();
  };

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
    if (edited.kind === "enter" && edited.text.trim() !== "") void this.#perform(prompt.before + edited.text);
  }

  /** Does a line of the vocabulary; keys and prompt both end here. */
  async #perform(line: string): Promise<void> {
    const station = this.#station;
    const parsed = parseVerb(line);
    if (station === undefined) return;
    if (!parsed.ok) return this.error(parsed.error);
    const { verb, args } = parsed.value;
    if (verb === "tap" || verb === "hold") this.#lastUid = args[0];
    if (verb === "hold" || verb === "remove") this.#held = verb === "hold";
    try {
      const result = await parsed.value.run(station.control);
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
    this.#screen.log(`${this.#colors.dim(at)} ${text}`, clipped);
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
