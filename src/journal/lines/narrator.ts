import type { Fact } from "../../station/facts.ts";
import type { Colors } from "../../util/colors.ts";
import { clean, some } from "../../util/text.ts";
import { frameLine, isDull } from "./frames.ts";
import { connectorLine, renderFact } from "./render.ts";

/**
 * Tells facts as lines that know what was told before: in the words of the OCPP version that was negotiated, with the
 * reason that a lost connection really has, and each decision of the built-in central system once.
 */
export class Narrator {
  readonly #own: string | undefined;
  readonly #alone: boolean;
  /** Stations whose link negotiated 2.0.1: their connectors have other states than 1.6's. */
  readonly #newer = new Set<string>();
  readonly #unpowered = new Set<string>();
  /** What the central system said last, by station; forgotten when a card is asked about anew. */
  readonly #said = new Map<string, string>();

  /**
   * `own` is the station in this process; what the built-in central system says of others is marked. `alone`: there is
   * no station here, and what the central system hears is told as it hears it, with the name of the station.
   */
  constructor(own?: string, { alone = false } = {}) {
    this.#own = own;
    this.#alone = alone;
  }

  /** A line without time, or undefined when the fact says nothing new to a person. */
  line(fact: Fact, colors: Colors): string | undefined {
    const text = this.#text(fact, colors);
    this.#note(fact);
    if (text === undefined || this.#isRepeated(fact, text)) return undefined;
    if (this.#alone) return this.#marked(fact, text, colors);
    if (fact.source !== "central" || this.#own === undefined || fact.station === this.#own) return text;
    return some(colors.magenta(`central ${clean(fact.station)}:`), text.replace(centralHead(colors), ""));
  }

  #marked(fact: Fact, text: string, colors: Colors): string {
    const said = text.replace(centralHead(colors), "");
    return fact.station === "" || fact.kind === "newStation"
      ? said
      : some(colors.bold(clean(fact.station)), said);
  }

  #note(fact: Fact): void {
    const { station, source } = fact;
    if (source !== "station") return;
    if (fact.kind === "power" && fact.event === "cut") this.#unpowered.add(station);
    if (fact.kind !== "link") return;
    // The connection ends a moment after the cut, perhaps when power is back already.
    this.#unpowered.delete(station);
    if (fact.state !== "connected") return;
    if (fact.subprotocol === "ocpp2.0.1") this.#newer.add(station);
    else this.#newer.delete(station);
  }

  #text(fact: Fact, colors: Colors): string | undefined {
    if (this.#alone && fact.kind === "frame") return isDull(fact) ? undefined : frameLine(fact, colors);
    if (fact.kind === "connector" && this.#newer.has(fact.station))
      return connectorLine(fact, fact.status, colors);
    if (fact.kind === "link" && fact.state === "disconnected" && this.#unpowered.has(fact.station))
      return renderFact({ ...fact, why: "no power" }, colors);
    return renderFact(fact, colors);
  }

  #isRepeated(fact: Fact, text: string): boolean {
    const { station } = fact;
    if (isQuestion(fact)) this.#said.delete(station);
    if (fact.kind !== "access") return false;
    const said = `${fact.idToken} ${text}`;
    if (this.#said.get(station) === said) return true;
    this.#said.set(station, said);
    return false;
  }
}

const centralHead = (c: Colors): string => `${c.magenta("central:")} `;

/** Is it a card that is asked about? What the central system says then is news, also when it is the same. */
function isQuestion(fact: Fact): boolean {
  if (fact.kind === "card") return fact.event === "presented";
  return fact.kind === "frame" && fact.messageType === "CALL" && fact.action === "Authorize";
}
