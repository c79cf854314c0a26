import { isoTime, type TimerHandle } from "../util/clock.ts";
import { sameToken } from "./card.ts";
import type { ChargingProfile } from "./charging/types.ts";
import type { EvseStatus } from "./control.ts";
import { withSigned } from "./fiscal.ts";
import type { Kit } from "./kit.ts";
import { EndData, measure, measured } from "./measured.ts";
import type { Meter } from "./ports.ts";
import { Run } from "./steps.ts";
import {
  type TransactionEffects,
  type TransactionMachineEvent,
  transactionSteps,
  triggerOf,
} from "./transaction.machine.ts";
import type {
  ChargingState,
  IdToken,
  IdTokenInfo,
  MeterValue,
  SampleContext,
  StoppedReason,
  TransactionEvent,
  TriggerReason,
} from "./types.ts";

/** An authorized token that has, or waits for, an EVSE. */
export interface Holder {
  readonly token: IdToken;
  readonly info?: IdTokenInfo;
  readonly remoteStartId?: number;
  /** Came with the remote start, for its transaction. */
  readonly chargingProfile?: ChargingProfile;
  /** The reservation that the transaction uses up. */
  readonly reservationId?: number;
  /** A transaction took it. */
  used(): void;
}

/** What must outlive a crash so that the transaction can be ended afterwards. */
export interface TransactionRecord {
  readonly transactionId: string;
  readonly evseId: number;
  readonly connectorId: number;
  readonly token: IdToken;
  readonly startedAt: string;
  readonly meterStartWh: number;
  /** Of the last event that was made. */
  readonly seqNo: number;
  /** What the meter showed at the start: the end tells it beside its own values. Absent in old records. */
  readonly atStart?: readonly MeterValue[];
  /** The central system started it. */
  readonly remote?: boolean;
}

export interface TransactionHost {
  /**
   * Stores the event with the record, as one: a Started at once, the others as soon as the store can.
   * @throws AppError `store.*` for a Started that cannot be stored
   */
  emit(event: TransactionEvent, record: TransactionRecord): void;
  /** The charging state is another. */
  stateChanged(): void;
  over(reason: StoppedReason): void;
}

interface Place {
  readonly evseId: number;
  readonly connectorId: number;
  readonly meter: Meter;
  readonly plugged: boolean;
}

/** How often at least MaxEnergyOnInvalidId is compared with the meter, ms. */
const BUDGET_LOOK_MS = 5000;

const STARTED = "SampledDataCtrlr.TxStartedMeasurands";
const UPDATED = "SampledDataCtrlr.TxUpdatedMeasurands";
const ENDED = "SampledDataCtrlr.TxEndedMeasurands";
const ALIGNED = "AlignedDataCtrlr.Measurands";
const ALIGNED_END = "AlignedDataCtrlr.TxEndedMeasurands";

/** One running transaction: makes its events, samples its meter, and obeys what the central system says of its token. */
export class Transaction {
  readonly holder: Holder;
  readonly #kit: Kit;
  readonly #place: Place;
  readonly #host: TransactionHost;
  readonly #run: Run<TransactionMachineEvent>;
  readonly #trigger: TriggerReason;
  readonly #endData: EndData;
  /** What the meter showed at the start, until it is told. */
  #started: readonly MeterValue[] = [];
  #record: TransactionRecord;
  #groupIdToken: IdToken | undefined;
  #stoppedBy: IdToken | undefined;
  #sampleTimer: TimerHandle | undefined;
  #budgetTimer: TimerHandle | undefined;
  #deauthorized = false;
  #paused = false;
  /** No car, or one that wants no more. */
  #ev: "charges" | "full" | "gone" = "charges";
  #state: ChargingState = "Idle";
  /** The register at which the energy allowed after invalidation is used up, Wh. */
  #budgetEndWh: number | undefined;

  constructor(kit: Kit, place: Place, holder: Holder, trigger: TriggerReason, host: TransactionHost) {
    this.#kit = kit;
    this.#place = place;
    this.#host = host;
    this.holder = holder;
    this.#trigger = trigger;
    // Beside them are the values at begin and end.
    this.#endData = new EndData(kit.settings.count("ChargingStation.StopTransactionMaxMeterValues") - 2);
    this.#groupIdToken = holder.info?.groupIdToken;
    const first = this.#measure("Transaction.Begin", STARTED, ENDED);
    const signed = this.#signed(first);
    this.#started = withSigned(measured(kit, STARTED, first), first, signed);
    this.#record = {
      transactionId: kit.ids.next(),
      evseId: place.evseId,
      connectorId: place.connectorId,
      token: holder.token,
      startedAt: isoTime(kit.clock),
      meterStartWh: this.#registerWh(),
      seqNo: -1,
      atStart: withSigned(measured(kit, ENDED, first), first, signed),
      ...(holder.remoteStartId === undefined ? {} : { remote: true }),
    };
    this.#run = new Run(transactionSteps, this.#effects());
  }

  get transactionId(): string {
    return this.#record.transactionId;
  }

  get token(): IdToken {
    return this.#record.token;
  }

  /** The token's group, as it was last told. */
  get groupIdToken(): IdToken | undefined {
    return this.#groupIdToken;
  }

  /** ISO 8601. */
  get startedAt(): string {
    return this.#record.startedAt;
  }

  /** The EV wants no energy, whatever the station would give. */
  get evSuspended(): boolean {
    return this.#ev !== "charges";
  }

  get chargingState(): ChargingState {
    return this.#state;
  }

  /** @throws AppError `store.*`: it could not be stored, and so has not begun */
  start(): void {
    this.#state = "Charging";
    this.#emit("Started", this.#trigger, { meterValue: this.#started });
    this.#started = [];
    this.#run.send({ type: "START" });
    this.sampleRegularly();
  }

  stop(trigger: TriggerReason, reason: StoppedReason, by?: IdToken): void {
    this.#stoppedBy = by;
    this.#run.send({ type: "STOP", trigger, reason });
  }

  suspendEV(): void {
    this.#ev = "gone";
    this.#run.send({ type: "SUSPEND_EV" });
  }

  resume(): void {
    this.#ev = "charges";
    this.#run.send({ type: this.#paused ? "RESUME_PAUSED" : "RESUME_EV" });
  }

  /** The EV wants no more. */
  full(): void {
    this.#ev = "full";
    this.#run.send({ type: "FULL" });
  }

  /** A charging profile leaves nothing, or something again. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#run.send({ type: paused ? "PAUSE" : this.#ev === "full" ? "UNPAUSE_FULL" : "UNPAUSE" });
  }

  /** Forgets the transaction without ending it: the power is gone. */
  abandon(): void {
    this.#unschedule();
    this.#run.stop();
  }

  /** Does this token end the transaction without asking: its own, or (known to be valid) one of its group? */
  isStarter(token: IdToken): boolean {
    return sameToken(this.#record.token, token);
  }

  /** Same, non-empty group (1.6 §3.10, C09.FR.13). A presented token is never compared with a group. */
  sharesGroup(info: IdTokenInfo | undefined): boolean {
    const theirs = info?.groupIdToken;
    const ours = this.#groupIdToken;
    return theirs !== undefined && ours !== undefined && theirs.idToken !== "" && sameToken(theirs, ours);
  }

  /** What the central system answered to one of our events (1.6 §4.8, 2.0.1 E05, C15). */
  judged(info: IdTokenInfo): void {
    if (info.groupIdToken !== undefined) this.#groupIdToken = info.groupIdToken;
    if (info.status === "Accepted" || this.#deauthorized) return;
    this.#deauthorized = true;
    const { settings } = this.#kit;
    if (settings.flag("TxCtrlr.StopTxOnInvalidId")) {
      this.stop("Deauthorized", "DeAuthorized");
      return;
    }
    const budgetWh = settings.count("TxCtrlr.MaxEnergyOnInvalidId");
    if (budgetWh > 0) {
      this.#budgetEndWh = this.#place.meter.energyWh() + budgetWh;
      this.#watchBudget();
      return;
    }
    this.#suspendEVSE();
  }

  /** A meter sample now: TriggerMessage. */
  sampleNow(): void {
    const meterValue = measured(this.#kit, UPDATED, this.#measure("Trigger", UPDATED));
    this.#emit("Updated", "Trigger", { meterValue });
  }

  /** Samples from now on at the present interval (1.6 MeterValueSampleInterval). */
  sampleRegularly(): void {
    this.#cancel(this.#sampleTimer);
    const intervalS = this.#kit.settings.count("SampledDataCtrlr.TxUpdatedInterval");
    if (intervalS === 0) return;
    this.#sampleTimer = this.#kit.clock.setTimeout(() => {
      const all = this.#measure("Sample.Periodic", UPDATED, ENDED);
      if (this.#kit.samplesInEnd()) this.#endData.add(measured(this.#kit, ENDED, all));
      this.#emit("Updated", "MeterValuePeriodic", { meterValue: measured(this.#kit, UPDATED, all) });
      this.sampleRegularly();
    }, intervalS * 1000);
  }

  /** The clock stands at a whole ClockAlignedDataInterval. */
  sampleAligned(): void {
    const all = this.#measure("Sample.Clock", ALIGNED, ALIGNED_END);
    this.#endData.add(measured(this.#kit, ALIGNED_END, all));
    const meterValue = measured(this.#kit, ALIGNED, all);
    if (meterValue.length > 0) this.#emit("Updated", "MeterValueClock", { meterValue });
  }

  view(): NonNullable<EvseStatus["transaction"]> {
    return {
      transactionId: this.#record.transactionId,
      idToken: this.#record.token.idToken,
      chargingState: this.chargingState,
      startedAt: this.#record.startedAt,
      energyWh: this.#registerWh() - this.#record.meterStartWh,
    };
  }

  #effects(): TransactionEffects {
    const { meter } = this.#place;
    return {
      entered: (event, { state }) => this.#entered(state, event),
      tellEnded: (event) => this.#end(triggerOf(event), event.type === "STOP" ? event.reason : "Local"),
      flowOn: () => meter.setFlow(true),
      flowOff: () => meter.setFlow(false),
    };
  }

  #entered(state: ChargingState, event: TransactionMachineEvent): void {
    this.#state = state;
    // The Started event told of the first one.
    if (event.type === "START") return;
    this.#emit("Updated", triggerOf(event));
    this.#host.stateChanged();
  }

  #end(trigger: TriggerReason, stoppedReason: StoppedReason): void {
    this.#unschedule();
    this.#state = this.#place.plugged ? "EVConnected" : "Idle";
    const all = this.#measure("Transaction.End", ENDED);
    const last = withSigned(measured(this.#kit, ENDED, all), all, this.#signed(all, stoppedReason));
    this.#emit("Ended", trigger, { stoppedReason, meterValue: [...this.#endData.values, ...last] });
    this.#host.over(stoppedReason);
  }

  #emit(
    eventType: TransactionEvent["eventType"],
    triggerReason: TriggerReason,
    more: { stoppedReason?: StoppedReason; meterValue?: readonly MeterValue[] } = {},
  ): void {
    if (eventType === "Updated" && this.#kit.keeper.full) {
      this.#kit.keeper.leftOut();
      return;
    }
    const { transactionId, evseId, connectorId, seqNo } = this.#record;
    this.#record = { ...this.#record, seqNo: seqNo + 1 };
    const idToken =
      eventType === "Started" ? this.holder.token : eventType === "Ended" ? this.#stoppedBy : undefined;
    const atStart = eventType === "Ended" ? (this.#record.atStart ?? []) : [];
    this.#host.emit(
      {
        eventType,
        timestamp: isoTime(this.#kit.clock),
        triggerReason,
        seqNo: seqNo + 1,
        transactionId,
        evseId,
        connectorId,
        chargingState: this.#state,
        ...(more.stoppedReason === undefined ? {} : { stoppedReason: more.stoppedReason }),
        ...(eventType === "Started" && this.holder.remoteStartId !== undefined
          ? { remoteStartId: this.holder.remoteStartId }
          : {}),
        ...(eventType === "Started" && this.holder.reservationId !== undefined
          ? { reservationId: this.holder.reservationId }
          : {}),
        ...(idToken === undefined ? {} : { idToken }),
        offline: !this.#kit.online(),
        meterWh: this.#registerWh(),
        meterValue: [...atStart, ...(more.meterValue ?? [])],
      },
      this.#record,
    );
  }

  /** Energy after invalidation ends with its budget: looked at every few seconds, because power changes. */
  #watchBudget(): void {
    const { meter } = this.#place;
    const leftWh = (this.#budgetEndWh ?? 0) - meter.energyWh();
    if (leftWh <= 0) {
      this.#suspendEVSE();
      return;
    }
    const power = meter.powerW();
    const ms = power > 0 ? (leftWh * 3_600_000) / power : BUDGET_LOOK_MS;
    const next = Math.min(BUDGET_LOOK_MS, Math.max(1000, ms));
    this.#budgetTimer = this.#kit.clock.setTimeout(() => this.#watchBudget(), next);
  }

  /** 2.0.1 E05.FR.02, 1.6 §3.5.4: no energy any more, and the transaction goes on. */
  #suspendEVSE(): void {
    this.#run.send({ type: "SUSPEND_EVSE", trigger: "ChargingStateChanged" });
  }

  #unschedule(): void {
    this.#cancel(this.#sampleTimer);
    this.#cancel(this.#budgetTimer);
  }

  #cancel(timer: TimerHandle | undefined): void {
    if (timer !== undefined) this.#kit.clock.clearTimeout(timer);
  }

  /** What these settings name; all of it where it is signed too. */
  #measure(context: SampleContext, ...settings: string[]): MeterValue {
    const { meter } = this.#place;
    if (this.#kit.fiscal !== undefined) return meter.sample(context);
    return measure(this.#kit, meter, context, ...settings);
  }

  #signed(all: MeterValue, ended?: StoppedReason) {
    const { evseId, meter } = this.#place;
    const { token, remoteStartId } = this.holder;
    const of = { evseId, token, remote: remoteStartId !== undefined, current: meter.supply.current };
    return this.#kit.fiscal?.sign(all, of, ended);
  }

  #registerWh(): number {
    return Math.round(this.#place.meter.energyWh());
  }
}

/** The end of a transaction that a power cut or a crash left open. */
export function recoveredEnd(kit: Kit, record: TransactionRecord, meter: Meter): TransactionEvent {
  const all = meter.sample("Transaction.End");
  const { evseId, token, remote = false } = record;
  const signed = kit.fiscal?.sign(all, { evseId, token, remote, current: meter.supply.current }, "PowerLoss");
  return {
    eventType: "Ended",
    timestamp: isoTime(kit.clock),
    triggerReason: "AbnormalCondition",
    stoppedReason: "PowerLoss",
    seqNo: record.seqNo + 1,
    transactionId: record.transactionId,
    evseId: record.evseId,
    connectorId: record.connectorId,
    chargingState: "Idle",
    offline: true,
    meterWh: Math.round(meter.energyWh()),
    meterValue: [...(record.atStart ?? []), ...withSigned(measured(kit, ENDED, all), all, signed)],
  };
}
