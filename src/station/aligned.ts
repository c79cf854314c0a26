import { isoTime, type TimerHandle } from "../util/clock.ts";
import type { Evse } from "./evse.ts";
import type { Kit } from "./kit.ts";
import { measure, measured } from "./measured.ts";
import type { Outbox } from "./outbox.ts";
import type { MeterValue } from "./types.ts";

const DAY_MS = 86_400_000;

const MEASURANDS = "AlignedDataCtrlr.Measurands";

/** The next moment, ms, that lies a whole number of intervals after midnight UTC (1.6 §9.1 ClockAlignedDataInterval). */
export function nextAligned(now: number, intervalS: number): number {
  const midnight = now - (now % DAY_MS);
  const step = intervalS * 1000;
  return Math.min(midnight + DAY_MS, midnight + (Math.floor((now - midnight) / step) + 1) * step);
}

/**
 * Clock-aligned meter values of every EVSE, whether a transaction runs or not (1.6 §3.16, 2.0.1 J01). One timer, and
 * none while ClockAlignedDataInterval is 0.
 */
export class AlignedSampler {
  readonly #kit: Kit;
  readonly #evses: () => readonly Evse[];
  /** Where values outside a transaction wait their turn; undefined: they go at once, or are lost. */
  readonly #queue: () => Outbox | undefined;
  #timer: TimerHandle | undefined;

  constructor(kit: Kit, evses: () => readonly Evse[], queue: () => Outbox | undefined) {
    this.#kit = kit;
    this.#evses = evses;
    this.#queue = queue;
  }

  /** From now on at the present interval. */
  schedule(): void {
    this.stop();
    const intervalS = this.#kit.settings.count("AlignedDataCtrlr.Interval");
    if (intervalS === 0) return;
    const now = this.#kit.clock.now();
    this.#timer = this.#kit.clock.setTimeout(() => {
      for (const evse of this.#evses()) this.#sample(evse);
      this.schedule();
    }, nextAligned(now, intervalS) - now);
  }

  stop(): void {
    if (this.#timer !== undefined) this.#kit.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #sample(evse: Evse): void {
    if (evse.transaction !== undefined) {
      evse.transaction.sampleAligned();
      return;
    }
    const meterValue = measured(
      this.#kit,
      MEASURANDS,
      measure(this.#kit, evse.meter, "Sample.Clock", MEASURANDS),
    );
    if (meterValue.length === 0) return;
    const { evseId } = evse;
    const queue = this.#queue();
    if (queue !== undefined) this.#keep(queue, evseId, meterValue);
    else if (this.#kit.online()) void this.#kit.csms.request("meterValues", { evseId, meterValue });
  }

  /** 1.6 §3.7: clock-aligned values are transaction-related messages, also when no transaction runs. */
  #keep(queue: Outbox, evseId: number, meterValue: readonly MeterValue[]): void {
    const { keeper, clock } = this.#kit;
    if (keeper.full) {
      keeper.leftOut();
      return;
    }
    const offline = !this.#kit.online();
    const about = { eventType: "Reading", transactionId: "", timestamp: isoTime(clock) } as const;
    keeper.eventually(
      () => queue.add({ ...about, evseId, offline, meterValue }),
      () => queue.flush(),
    );
  }
}
