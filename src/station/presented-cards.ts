import { type CardUid, idTokenOf } from "./card.ts";
import type { Kit } from "./kit.ts";
import type { StationOptions } from "./station-options.ts";
import type { Taps } from "./taps.ts";
import type { Verdict } from "./types.ts";

/** Default of {@link StationOptions.retapMs}. */
const RETAP_MS = 1000;

/** A card at a reader. */
export interface PresentedCard {
  readonly uid: CardUid;
  readonly reader: string;
  readonly cardType?: string;
}

interface PresentedCardsOptions {
  readonly kit: Kit;
  readonly station: Pick<StationOptions, "retapMs" | "traits" | "idTokenForm">;
  readonly taps: Taps;
  readonly powered: () => boolean;
  /** Sounds the *read* signal. */
  readonly read: (uid: string) => void;
}

/** Tells a tap from what is none (repeat, no power, unusable UID), and makes the card's token. */
export class PresentedCards {
  readonly #o: PresentedCardsOptions;
  #lastTap: { uid: string; at: number } | undefined;

  constructor(o: PresentedCardsOptions) {
    this.#o = o;
  }

  /** @returns the verdict, or undefined when this was no tap */
  presented(card: PresentedCard): Promise<Verdict | undefined> {
    const { kit, station, taps, powered, read } = this.#o;
    const uid = card.uid.hex;
    const about = {
      kind: "card",
      reader: card.reader,
      uid,
      ...(card.cardType === undefined ? {} : { cardType: card.cardType }),
    } as const;
    const ignored = (why: string) => {
      kit.fact({ ...about, event: "ignored", why });
      return Promise.resolve(undefined);
    };
    if (!powered()) return ignored("the station has no power");
    const now = kit.ticks();
    const last = this.#lastTap;
    this.#lastTap = { uid, at: now };
    // A clock that was set back must not swallow taps until it has caught up.
    const sinceMs = now - (last?.at ?? now);
    if (last?.uid === uid && sinceMs >= 0 && sinceMs < (station.retapMs ?? RETAP_MS))
      return ignored("the same card again at once");
    let token: ReturnType<typeof idTokenOf>;
    try {
      token = this.#tokenOf(card.uid);
    } catch (e) {
      return ignored(e instanceof Error ? e.message : String(e));
    }
    if (taps.isPending(token)) return ignored("this card is being asked about");
    kit.fact({ ...about, event: "presented" });
    read(uid);
    return taps.present({ token, uid });
  }

  #tokenOf(uid: CardUid) {
    const { station } = this.#o;
    const traits = station.traits();
    const token = idTokenOf(uid, station.idTokenForm, traits.idTokenMax);
    return traits.typedTokens ? token : ({ ...token, type: "ISO14443" } as const);
  }
}
