import { homedir } from "node:os";
import { defaultDataDir } from "../../app/paths.ts";
import type { RunningStation } from "../../app/running.ts";
import { stationVerbs } from "../../app/verbs.ts";
import { Narrator } from "../../journal/lines/narrator.ts";
import { CardUid } from "../../station/card.ts";
import type { Fact } from "../../station/facts.ts";
import { AppError, isAppError } from "../../util/errors.ts";
import { intro } from "../face.ts";
import { clean } from "../io.ts";
import { looksVisible, VISIBLE_ID_HINT } from "../visible-id.ts";
import { FACT_INDENT, KeyboardFace } from "./keyboard-face.ts";
import { type KeyAction, type KeyContext, keys, randomUid, shortKeyHelp } from "./keys.ts";
import { statusLine } from "./status.ts";

/** A station in a terminal: log lines above a status line, single keys, a prompt for everything else. */
export class TerminalFace extends KeyboardFace<RunningStation> {
  #narrator = new Narrator();
  #station: RunningStation | undefined;
  #lastUid: string | undefined;
  /** The token that the built-in central system has just called unknown. */
  #unknown: string | undefined;
  #held = false;
  #networkDown = false;

  begin(station: RunningStation): void {
    this.#station = station;
    this.#narrator = new Narrator(station.summary.id);
    this.open(intro(station, shortKeyHelp));
  }

  fact(fact: Fact): void {
    const line = this.#narrator.line(fact, this.colors);
    if (line !== undefined) this.say(line, fact.time, fact.kind === "frame");
    if (fact.kind === "access" && fact.station === this.#station?.summary.id) {
      this.#unknown = fact.status === "Unknown" ? fact.idToken : undefined;
    }
    if (fact.kind === "verdict" && fact.token.idToken === this.#unknown) this.#sayNextStep();
    this.drawBottom();
  }

  /** A card that nobody knows was refused: how it gets onto the whitelist. */
  #sayNextStep(): void {
    this.#unknown = undefined;
    const data = this.#station?.summary.data ?? "";
    const usual = defaultDataDir({ env: {}, platform: process.platform, home: homedir() });
    const where =
      data === usual ? "" : ` --data ${/^[\w./-]+$/.test(data) ? clean(data) : `"${clean(data)}"`}`;
    const next = `whitelist it: npx tapstation cards add --last-unknown --user "Ann Smith"${where}`;
    this.screen.log(this.colors.dim(`${" ".repeat(FACT_INDENT)}${next}`), false, FACT_INDENT);
  }

  protected press(key: string): KeyAction | undefined {
    const station = this.#station;
    return station !== undefined && Object.hasOwn(keys, key)
      ? keys[key]?.press(this.#context(station))
      : undefined;
  }

  protected override problem(before: string, text: string): unknown {
    return before === "tap " ? uidProblem(text) : undefined;
  }

  protected bottom(): string | undefined {
    return this.#station === undefined ? undefined : statusLine(this.#station.control.status(), this.colors);
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

  protected async perform(line: string): Promise<void> {
    const station = this.#station;
    const parsed = stationVerbs.parse(line);
    if (station === undefined) return;
    if (!parsed.ok) return this.error(parsed.error);
    const { verb, args } = parsed.value;
    if (verb === "tap" || verb === "hold") this.#lastUid = args[0];
    if (verb === "hold" || verb === "remove") this.#held = verb === "hold";
    try {
      const result = await parsed.value.run(station.control, this.over.signal);
      if (verb === "network") this.#networkDown = args[0] === "down";
      if (result.kind === "quit") this.io.stop("quit");
      else this.result(result);
    } catch (e) {
      if (verb === "hold") this.#held = false;
      this.error(e);
    }
    this.drawBottom();
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
