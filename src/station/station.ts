import { isoTime } from "../util/clock.ts";
import { AlignedSampler } from "./aligned.ts";
import { AuthorizationCache } from "./authorization/cache.ts";
import { LocalAuthorizationList } from "./authorization/list.ts";
import { Authorizer } from "./authorizer.ts";
import type { CardUid } from "./card.ts";
import { SmartCharging } from "./charging/charging.ts";
import { stationCommands } from "./commands.ts";
import type { StationStatus } from "./control.ts";
import { Evse } from "./evse.ts";
import type { Fact, FactBody, SignalName } from "./facts.ts";
import { FiscalMeter } from "./fiscal.ts";
import { Keeper } from "./keeper.ts";
import type { Kit } from "./kit.ts";
import { Maintenance } from "./maintenance/maintenance.ts";
import { StatusNotifier, type StatusSource } from "./notifier.ts";
import { Outbox } from "./outbox.ts";
import type { Meter } from "./ports.ts";
import { type PresentedCard, PresentedCards } from "./presented-cards.ts";
import { withManners } from "./quirks.ts";
import { Registrar } from "./registrar.ts";
import { sendReport } from "./report.ts";
import { Reservations } from "./reservations.ts";
import { Resetter } from "./resetter.ts";
import { toldFact, toldToken } from "./secrets.ts";
import { Security } from "./security/security.ts";
import { Settings } from "./settings.ts";
import type { StationOptions } from "./station-options.ts";
import { Taps } from "./taps.ts";
import type { BootReason, IdToken, IdTokenInfo, TransactionEvent, Verdict } from "./types.ts";

/** Default of {@link StationOptions.rebootMs}. */
const REBOOT_MS = 1000;
/** How long an orderly stop waits for the ends of transactions to be answered, ms. */
const STOP_PATIENCE_MS = 5000;

/** A charging station, without any device or socket: those come in through ports. */
export class Station {
  readonly kit: Kit;
  readonly evses: readonly Evse[];
  readonly #o: StationOptions;
  readonly #outbox: Outbox;
  readonly #notifier: StatusNotifier;
  readonly #taps: Taps;
  readonly #cards: PresentedCards;
  readonly #authorizer: Authorizer;
  readonly #registrar: Registrar;
  readonly #resetter: Resetter;
  readonly #charging: SmartCharging;
  readonly #aligned: AlignedSampler;
  readonly #reservations: Reservations;
  readonly #maintenance: Maintenance;
  #faultCode: string | undefined;
  /** The mains is gone, and the battery lasts for the last messages. */
  #goingDown = false;

  constructor(o: StationOptions) {
    this.#o = o;
    const settings = new Settings(
      o.store.values,
      o.settingsTable === undefined
        ? { "ChargingStation.NumberOfConnectors": String(o.meters.length), ...o.settings }
        : o.settings,
      (name, value) => this.#settingChanged(name, value),
      o.settingsTable,
    );
    const keeper = new Keeper({
      store: o.store,
      clock: o.clock,
      fact: (body) => this.#fact(body),
      raised: (e) => this.#notifier?.report("InternalError", e.message),
    });
    const { store, pki, time: clock = o.clock } = o;
    const busy = () => this.evses.some((e) => e.transaction !== undefined);
    const csms = withManners(o.csms, o.manners ?? {}, busy);
    const online = () => this.#registrar.online;
    const { signing } = o;
    const fiscalKit = { keeper, store, settings, online };
    const fiscal = signing && new FiscalMeter(fiscalKit, signing, o.id, o.identity);
    this.kit = {
      clock,
      ticks: () => o.clock.now(),
      ids: o.ids,
      store,
      keeper,
      settings,
      csms,
      security: new Security({
        clock,
        store,
        keeper,
        settings,
        csms,
        pki,
        online,
        fact: (body) => this.#fact(body),
        serialNumber: o.identity.serialNumber ?? o.id,
      }),
      ...(fiscal === undefined ? {} : { fiscal }),
      online,
      samplesInEnd: () => o.traits().samplesInEnd === true,
      heard: o.onFact !== undefined,
      fact: (body) => this.#fact(body),
    };
    const list = new LocalAuthorizationList(o.store.list);
    const cache = new AuthorizationCache(o.store.cache, settings.count("AuthCacheCtrlr.Entries"));
    this.#outbox = new Outbox(this.kit, (event, value) => this.#answered(event, value.idTokenInfo));
    this.#reservations = new Reservations({
      kit: this.kit,
      evses: () => this.evses,
      faulted: () => this.#faultCode !== undefined,
      tokenUses: () => o.traits().tokenUsesReservation === true,
      ...(o.connectorType === undefined ? {} : { connectorType: o.connectorType }),
    });
    const host = {
      reservations: this.#reservations,
      enqueue: (event: TransactionEvent) => this.#outbox.add(event),
      flush: () => this.#outbox.flush(),
      changed: (evse: Evse) => {
        this.#notifier.changed(evse);
        this.#reservations.changed();
        this.#charging.apply();
      },
      began: (evse: Evse) => this.#charging.began(evse),
      idle: (evse: Evse) => {
        this.#charging.ended(evse);
        this.#notifier.changed(this.#ownStatus());
        this.#resetter.proceed();
        this.#maintenance.proceed();
      },
      refused: (evse: Evse, idToken: IdToken, why: string) => {
        this.#fact({
          kind: "authorization",
          event: "cancelled",
          idToken,
          why,
        });
        // A fault has its own signal.
        if (!evse.faulted) this.#signal("fault");
      },
      failed: (evse: Evse, errorCode: string) => this.fault(evse, errorCode),
      mayStart: () => this.powered && !this.#resetter.waits && !this.#goingDown,
    };
    this.#aligned = new AlignedSampler(
      this.kit,
      () => this.evses,
      () => (o.traits().queuesReadings === true ? this.#outbox : undefined),
    );
    this.#charging = new SmartCharging(this.kit, () => this.evses);
    const replug = o.manners?.quirks?.includes("finishingUntilUnplugged") === true;
    const hardware = (meter: Meter) => ({ meter, locks: o.locks === true, replug });
    this.evses = o.meters.map((meter, i) => new Evse(this.kit, i + 1, hardware(meter), host));
    this.#notifier = new StatusNotifier(
      this.kit,
      () => [this.#ownStatus(), ...this.evses],
      () => o.traits().nineStates,
    );
    this.#authorizer = new Authorizer(this.kit, list, cache, (token, detail) => {
      this.#fact({
        kind: "whitelist",
        what: "list",
        event: "conflict",
        detail: `${toldToken(token).idToken}: ${detail}`,
      });
      this.#notifier.report("LocalListConflict", detail);
    });
    this.#taps = new Taps(this.kit, this.evses, this.#authorizer, this.#reservations, (signal, uid) =>
      this.#signal(signal, uid),
    );
    this.#cards = new PresentedCards({
      kit: this.kit,
      station: o,
      taps: this.#taps,
      powered: () => this.powered,
      read: (uid) => this.#signal("read", uid),
    });
    this.#resetter = new Resetter({
      kit: this.kit,
      evses: this.evses,
      outbox: this.#outbox,
      rebootMs: o.rebootMs ?? REBOOT_MS,
      powerOff: (reason) => this.#powerOff("reset", reason),
      powerOn: (reason) => this.start(reason),
    });
    this.#maintenance = new Maintenance({
      kit: this.kit,
      id: o.id,
      identity: o.identity,
      evses: () => this.evses,
      ...(o.firmware === undefined ? {} : { firmware: o.firmware }),
      ...(o.files === undefined ? {} : { files: o.files }),
      ...(o.logs === undefined ? {} : { logs: o.logs }),
      serviceChanged: () => this.#notifier.changed(this.#ownStatus()),
      reboot: (reason) => this.#resetter.cycle(reason),
    });
    this.#registrar = new Registrar({
      kit: this.kit,
      identity: () => this.#maintenance.identity(),
      traits: o.traits,
      notifier: this.#notifier,
      outbox: this.#outbox,
      commands: () => this.#commands(list, cache),
      setTime: (shiftMs, by) => this.#setTime(shiftMs, by),
      ready: () => {
        this.#signal("ready");
        this.kit.security.online();
        this.#reservations.tell();
        this.#maintenance.ready();
      },
    });
  }

  /** Switches the power on: connects, registers, and ends what a crash left open. */
  start(reason: BootReason = "PowerUp"): void {
    // The mains is back before the battery was empty.
    this.#goingDown = false;
    if (this.powered) return;
    this.#fact({ kind: "power", event: "up", detail: reason });
    this.kit.settings.restarted();
    this.kit.security.powerOn(reason);
    // What cannot be recovered now is, before anything else starts there.
    for (const evse of this.evses) this.kit.keeper.attempt(() => evse.recover(), undefined);
    this.#charging.powerOn();
    this.#aligned.schedule();
    this.#reservations.start();
    this.#maintenance.powerOn();
    this.#registrar.powerOn(reason);
    for (const evse of this.evses) evse.stateChanged();
  }

  /**
   * Cuts the mains. Nothing is said to anybody, and running transactions stay open on record, unless a battery lasts
   * for their ends (1.6 §4.10 PowerLoss; TC_032_1_CS, TC_032_2_CS): then it resolves when the station is down.
   */
  async cutPower(): Promise<void> {
    this.#resetter.cancel();
    if (!this.powered || this.#goingDown) return;
    if (this.#o.battery === true && this.evses.some((e) => e.transaction !== undefined)) {
      this.#goingDown = true;
      for (const evse of this.evses) evse.stop("AbnormalCondition", "PowerLoss");
      await this.#delivered();
      if (!this.#goingDown) return;
      this.#goingDown = false;
    }
    if (this.powered) this.#powerOff("cut", "power cut");
  }

  /**
   * Ends the station for good, in an orderly way: transactions end with reason Reboot, and their ends are delivered
   * while there is a connection; what is not goes at the next start. The store is the caller's to close.
   */
  async stop(): Promise<void> {
    this.#resetter.cancel();
    if (this.powered) {
      for (const evse of this.evses) evse.stop("AbnormalCondition", "Reboot");
      await this.#delivered();
      this.#powerOff("off", "stopped");
    }
    await this.#o.csms.close();
    this.#registrar.dispose();
    this.kit.keeper.dispose();
  }

  get powered(): boolean {
    return this.#registrar.powered;
  }

  /**
   * A reader has a card. The *read* signal sounds at once; the verdict follows.
   * @returns the verdict, or undefined when this was no tap (repeat, no power, unusable UID)
   */
  cardPresented(card: PresentedCard): Promise<Verdict | undefined> {
    return this.#cards.presented(card);
  }

  cardRemoved(card: { uid: CardUid; reader: string }): void {
    this.#fact({ kind: "card", event: "removed", reader: card.reader, uid: card.uid.hex });
  }

  plug(evse: Evse): void {
    if (this.powered && evse.free && evse.holder === undefined) {
      evse.plug();
      this.#taps.plugged(evse);
    } else evse.plug();
  }

  unplug(evse: Evse): void {
    evse.unplug();
  }

  /** EVSE 0 is the station itself. */
  fault(evse: Evse | undefined, errorCode: string): void {
    this.#fact({
      kind: "fault",
      what: errorCode,
      state: "raised",
      detail: evse ? `EVSE ${evse.evseId}` : "station",
    });
    this.#signal("fault");
    if (evse === undefined) {
      this.#faultCode = errorCode;
      this.#notifier.changed(this.#ownStatus());
      this.#reservations.changed(`fault ${errorCode}`);
    } else evse.fault(errorCode);
  }

  /** Of the station itself: its fault's 1.6 error code; undefined: it has none. */
  get errorCode(): string | undefined {
    return this.#faultCode;
  }

  clear(evse: Evse | undefined): void {
    const what = evse === undefined ? this.#faultCode : evse.errorCode;
    if (what === undefined || what === "NoError") return;
    this.#fact({ kind: "fault", what, state: "cleared", detail: evse ? `EVSE ${evse.evseId}` : "station" });
    if (evse === undefined) {
      this.#faultCode = undefined;
      this.#notifier.changed(this.#ownStatus());
    } else evse.clear();
  }

  view(): Omit<StationStatus, "ocpp" | "model" | "csms" | "readers"> {
    return {
      id: this.#o.id,
      powered: this.powered,
      online: this.#registrar.online,
      registration: this.#registrar.registration,
      queued: this.#outbox.size,
      evses: this.evses.map((e) => e.view()),
    };
  }

  #commands(list: LocalAuthorizationList, cache: AuthorizationCache) {
    return stationCommands({
      kit: this.kit,
      evses: this.evses,
      list,
      cache,
      taps: this.#taps,
      charging: this.#charging,
      reservations: this.#reservations,
      outbox: this.#outbox,
      notifier: this.#notifier,
      vendors: this.#o.dataTransfer ?? [],
      maintenance: this.#maintenance,
      reset: (type) => this.#resetter.ask(type),
      triggerBoot: () => this.#registrar.triggerBoot(),
      heartbeat: () => this.#registrar.beat(),
      stationStatus: () => this.#ownStatus(),
      report: (requestId, all) => void sendReport(this.kit, requestId, all),
    });
  }

  #answered(event: TransactionEvent, info: IdTokenInfo | undefined): void {
    this.#resetter.proceed();
    if (info === undefined) return;
    const transaction = this.evses.find(
      (e) => e.transaction?.transactionId === event.transactionId,
    )?.transaction;
    const token = event.idToken ?? (event.eventType === "Ended" ? undefined : transaction?.token);
    if (token !== undefined) this.#authorizer.note(token, info);
    if (event.eventType !== "Ended") transaction?.judged(info);
  }

  #delivered(): Promise<void> {
    const { clock } = this.kit;
    return new Promise((resolve) => {
      const patience = clock.setTimeout(resolve, STOP_PATIENCE_MS);
      void this.#outbox.rest().then(() => {
        clock.clearTimeout(patience);
        resolve();
      });
    });
  }

  /** The power goes, by a cut or by a reset: what ran stays on record only. */
  #powerOff(event: "cut" | "reset" | "off", detail: string): void {
    this.#fact({ kind: "power", event, detail });
    this.#taps.clear();
    this.#maintenance.powerOff();
    for (const evse of this.evses) evse.losePower();
    this.#charging.powerOff();
    this.#aligned.stop();
    this.kit.keeper.drop();
    this.#outbox.powerOff();
    this.#reservations.powerOff();
    this.kit.security.powerOff();
    this.#registrar.powerOff();
  }

  #settingChanged(name: string, value: string): void {
    const secret = this.kit.settings.table.any(name)?.access === "WriteOnly";
    this.#fact({ kind: "setting", name, ...(secret ? {} : { value }), by: "csms" });
    this.#o.settingChanged?.(name);
    if (name === "OCPPCommCtrlr.HeartbeatInterval") this.#registrar.scheduleHeartbeat();
    if (name === "AlignedDataCtrlr.Interval" && this.powered) this.#aligned.schedule();
    if (name === "SampledDataCtrlr.TxUpdatedInterval")
      for (const evse of this.evses) evse.transaction?.sampleRegularly();
  }

  /** Connector 0 of 1.6: the station as a whole has three states only (§4.9). */
  #ownStatus(): StatusSource {
    const out = this.evses.every((e) => !e.operative && e.transaction === undefined);
    const status = this.#faultCode !== undefined ? "Faulted" : out ? "Unavailable" : "Available";
    const errorCode = this.#faultCode ?? "NoError";
    return { evseId: 0, connectorId: 0, status, chargePointStatus: status, errorCode };
  }

  /** The central system's time is the station's; what waits for an hour waits anew (1.6 §4.2, §4.6, 2.0.1 B01). */
  #setTime(shiftMs: number, by: "BootNotification" | "Heartbeat"): void {
    const { time } = this.#o;
    if (time === undefined) return;
    time.adjust(shiftMs);
    this.#fact({ kind: "clock", by, shiftMs, now: isoTime(time) });
    this.kit.security.timeChanged(shiftMs, by);
    this.#reservations.timeChanged();
    this.#charging.apply();
    if (this.powered) this.#aligned.schedule();
  }

  #signal(signal: SignalName, uid?: string): void {
    const via = this.#o.signal?.(signal) ?? [];
    this.#fact({ kind: "signal", signal, via, ...(uid === undefined ? {} : { uid }) });
  }

  #fact(body: FactBody): void {
    const sink = this.#o.onFact;
    if (sink === undefined) return;
    const fact: Fact = {
      ...toldFact(body),
      time: isoTime(this.#o.clock),
      station: this.#o.id,
      source: "station",
    };
    sink(fact);
  }
}
