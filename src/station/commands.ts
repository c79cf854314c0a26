import type { AuthorizationCache } from "./authorization/cache.ts";
import type { LocalAuthorizationList } from "./authorization/list.ts";
import type { SmartCharging } from "./charging/charging.ts";
import { answerTransfer, type TransferVendor } from "./data-transfer.ts";
import type { Evse } from "./evse.ts";
import type { Kit } from "./kit.ts";
import type { Maintenance } from "./maintenance/maintenance.ts";
import { isWanted } from "./measurands.ts";
import type { StatusNotifier, StatusSource } from "./notifier.ts";
import type { Outbox } from "./outbox.ts";
import type { ReportedVariable, StationCommands } from "./ports.ts";
import { withGroup } from "./reservation-rules.ts";
import type { Reservations } from "./reservations.ts";
import type { Taps } from "./taps.ts";
import type { ResetType } from "./types.ts";

/** What the commands act on. */
export interface CommandTargets {
  readonly kit: Kit;
  readonly evses: readonly Evse[];
  readonly list: LocalAuthorizationList;
  readonly cache: AuthorizationCache;
  readonly taps: Taps;
  readonly charging: SmartCharging;
  readonly reservations: Reservations;
  readonly outbox: Outbox;
  readonly notifier: StatusNotifier;
  /** Whose DataTransfer this model understands. */
  readonly vendors: readonly TransferVendor[];
  readonly maintenance: Maintenance;
  /** Carries out a reset after the answer has left. */
  reset(type: ResetType): "Accepted" | "Rejected" | "Scheduled";
  triggerBoot(): void;
  heartbeat(): void;
  /** The station's own status, connector 0 of 1.6. */
  stationStatus(): StatusSource;
  report(requestId: number, variables: readonly ReportedVariable[]): void;
}

/** What a base report has (B07.FR.07, FR.08): all, or what can be set. */
const reports: ReadonlyMap<string, (v: ReportedVariable) => boolean> = new Map([
  ["FullInventory", () => true],
  ["ConfigurationInventory", (v: ReportedVariable) => v.mutability !== "ReadOnly"],
]);

/** 2.0.1 reads here how many entries there are, and their limit as maxLimit; 1.6 has a key for the limit alone. */
const entries: Readonly<Record<string, (t: CommandTargets) => number>> = {
  "LocalAuthListCtrlr.Entries": (t) => t.list.size,
  "SecurityCtrlr.CertificateEntries": (t) => t.kit.security.roots.count,
};

const reported = (t: CommandTargets): readonly ReportedVariable[] =>
  t.kit.settings.report().map((v) => {
    const name = `${v.component}.${v.variable}`;
    const count = entries[name];
    return count === undefined ? v : { ...v, value: String(count(t)), maxLimit: Number(v.value) };
  });

/** The central system's commands, each as an effect on the station (1.6 §5, 2.0.1 use cases B to G). */
export function stationCommands(t: CommandTargets): StationCommands {
  const evse = (id: number | undefined) => t.evses.find((e) => e.evseId === id);
  const accepted = { status: "Accepted" } as const;
  const rejected = { status: "Rejected" } as const;
  return {
    remoteStart: (c) => remoteStart(t, c),
    remoteStop: ({ transactionId }) => {
      // Nothing remote while Pending (1.6 §4.2, B02.FR.05).
      if (!t.kit.online()) return rejected;
      const found = t.evses.find((e) => e.transaction?.transactionId === transactionId);
      if (found === undefined) return rejected;
      later(t, () => found.stop("RemoteStop", "Remote"));
      return accepted;
    },
    reserve: (c) => ({ status: t.reservations.reserve(c) }),
    cancelReservation: ({ id }) => ({ status: t.reservations.cancel(id) }),
    // One EVSE alone cannot be reset here (2.0.1 B11, B12.FR.09).
    reset: ({ type, evseId }) => ({ status: evseId === undefined ? t.reset(type) : "Rejected" }),
    unlock: (c) => {
      const found = evse(c.evseId);
      if (found === undefined || c.connectorId !== found.connectorId) return { status: "UnknownConnector" };
      const { lock } = found;
      if (lock === undefined) return { status: "NotSupported" };
      if (found.transaction !== undefined && c.stopTransaction !== true)
        return { status: "OngoingAuthorizedTransaction" };
      later(t, () => {
        if (found.transaction === undefined) found.unlock("UnlockConnector");
        else found.stop("UnlockCommand", "UnlockCommand");
      });
      return { status: lock.jammed ? "UnlockFailed" : "Unlocked" };
    },
    changeAvailability: ({ evseId, operative }) => {
      const targets = evseId === undefined ? t.evses : t.evses.filter((e) => e.evseId === evseId);
      if (targets.length === 0) return rejected;
      // All of them or none: a crash must not leave the station half in service.
      const kept = t.kit.keeper.tried(() => {
        for (const e of targets) e.keepOperative(operative);
      });
      if (!kept) return rejected;
      const results = targets.map((e) => e.setOperative(operative));
      t.notifier.changed(t.stationStatus());
      return { status: results.includes("Scheduled") ? "Scheduled" : "Accepted" };
    },
    clearCache: () => {
      if (!t.kit.settings.flag("AuthCacheCtrlr.Enabled")) return rejected;
      if (!t.kit.keeper.tried(() => t.cache.clear())) return rejected;
      t.kit.fact({ kind: "whitelist", what: "cache", event: "cleared" });
      return accepted;
    },
    updateList: (u) => updateList(t, u),
    listVersion: () => ({
      version: t.list.version,
      size: t.list.size,
      enabled: t.kit.settings.flag("LocalAuthListCtrlr.Enabled"),
    }),
    trigger: (c) => ({ status: triggers[c.message](t, c) }),
    setSetting: (name, value) => ({
      status: t.kit.keeper.attempt(
        () => t.kit.security.set(name, value) ?? t.kit.settings.set(name, value),
        "Rejected",
      ),
    }),
    getSetting: (name) => {
      const row = t.kit.settings.table.row(name);
      if (row === undefined) return undefined;
      const by16 = row.key16?.toLowerCase() === name.toLowerCase();
      const readOnly = row.access === "ReadOnly" || (row.readOnly201 === true && !by16);
      const about = { name: row.key16 ?? row.name, readOnly };
      if (row.access === "WriteOnly") return about;
      const count = by16 ? undefined : entries[row.name];
      if (count !== undefined) return { ...about, value: String(count(t)) };
      const text = t.kit.settings.shown(row.name);
      return { ...about, value: by16 ? (row.words16?.[text] ?? text) : text };
    },
    settingNames: (form) => t.kit.settings.table[form === "key" ? "keys16" : "variableNames"],
    installCertificate: async ({ use, certificate }) => ({
      status: await t.kit.security.install(use, certificate),
    }),
    deleteCertificate: (hash) => ({ status: t.kit.security.remove(hash) }),
    installedCertificates: (uses) => t.kit.keeper.attempt(() => t.kit.security.roots.installed(uses), []),
    certificateSigned: async ({ chain }) => ({ status: await t.kit.security.certificateSigned(chain) }),
    dataTransfer: (request) => answerTransfer(t.kit, t.vendors, request),
    baseReport: ({ requestId, reportBase }) => {
      const wanted = reports.get(reportBase);
      if (wanted === undefined) return { status: "NotSupported" };
      later(t, () => t.report(requestId, reported(t).filter(wanted)));
      return accepted;
    },
    transactionStatus: ({ transactionId }) => {
      if (transactionId === undefined) return { messagesInQueue: t.outbox.size > 0 };
      return {
        ongoingIndicator: t.evses.some((e) => e.transaction?.transactionId === transactionId),
        messagesInQueue: t.kit.store.queue.has(transactionId),
      };
    },
    setChargingProfile: ({ evseId, profile }) => {
      later(t, () => t.charging.apply());
      return t.charging.set(evseId, profile);
    },
    clearChargingProfile: (filter) => {
      later(t, () => t.charging.apply());
      return t.charging.clear(filter);
    },
    updateFirmware: (c) => t.maintenance.updateFirmware(c),
    getLog: (c) => t.maintenance.getLog(c),
    compositeSchedule: (c) => t.charging.composite(c.evseId, c.duration, c.chargingRateUnit),
  };
}

/** After the answer has been handed to the socket: a command's messages follow its answer, not the other way round. */
function later(t: CommandTargets, work: () => void): void {
  t.kit.clock.setTimeout(work, 0);
}

function remoteStart(
  t: CommandTargets,
  c: Parameters<StationCommands["remoteStart"]>[0],
): ReturnType<StationCommands["remoteStart"]> {
  if (!t.kit.online() || !t.kit.keeper.sound()) return { status: "Rejected" };
  const { groupIdToken } = c;
  const known = withGroup(undefined, groupIdToken);
  const candidates = c.evseId === undefined ? t.evses : t.evses.filter((e) => e.evseId === c.evseId);
  const target = t.reservations.choose(candidates, c.idToken, known)?.evse;
  if (target === undefined) return { status: "Rejected" };
  const { idToken: token, evseId: _, ...wish } = c;
  if (wish.chargingProfile !== undefined && !t.charging.mayStartWith(wish.chargingProfile))
    return { status: "Rejected" };
  const presented = { ...wish, token, evse: target };
  later(t, () => {
    // Looked at anew: another remote start or a reservation may have come between.
    const standing = t.reservations.choose([target], c.idToken, known)?.standing;
    // Reserved for a group, and the token's is not known: only Authorize can tell (1.6 §5.13).
    const check = standing === "ask" || t.kit.settings.flag("AuthCtrlr.AuthorizeRemoteStart");
    if (check) void t.taps.present(presented);
    else if (standing !== undefined) t.taps.startUnchecked(presented);
  });
  return { status: "Accepted" };
}

function updateList(
  t: CommandTargets,
  u: Parameters<StationCommands["updateList"]>[0],
): ReturnType<StationCommands["updateList"]> {
  const { settings } = t.kit;
  const limits = {
    enabled: settings.flag("LocalAuthListCtrlr.Enabled"),
    entries: settings.count("LocalAuthListCtrlr.Entries"),
    itemsPerMessage: settings.count("LocalAuthListCtrlr.ItemsPerMessage"),
  };
  const { status, detail } = t.list.update(u, limits, t.kit.clock.now());
  t.kit.fact({
    kind: "whitelist",
    what: "list",
    event: status === "Accepted" ? "updated" : "refused",
    version: t.list.version,
    size: t.list.size,
    detail: status === "Accepted" ? detail : `${status}: ${detail}`,
  });
  return { status };
}

type Trigger = Parameters<StationCommands["trigger"]>[0];
type TriggerStatus = ReturnType<StationCommands["trigger"]>["status"];

/** TriggerMessage (1.6 §5.17, 2.0.1 F06): what each message is about, and how it is made. */
const triggers: Record<Trigger["message"], (t: CommandTargets, c: Trigger) => TriggerStatus> = {
  BootNotification: (t, { unlessRegistered }) => {
    if (unlessRegistered === true && t.kit.online()) return "Rejected";
    later(t, () => t.triggerBoot());
    return "Accepted";
  },
  Heartbeat: (t) => once(t, () => t.heartbeat()),
  StatusNotification: (t, { evseId }) => {
    const sources = [t.stationStatus(), ...t.evses].map((s) => s.evseId);
    return each(t, evseId === undefined ? sources : sources.filter((id) => id === evseId), (id) =>
      t.notifier.tell(t.evses.find((e) => e.evseId === id) ?? t.stationStatus()),
    );
  },
  MeterValues: (t, c) => each(t, addressed(t, c), (e) => sendMeterValues(t, e)),
  // A02: CpoName must be set.
  SignChargingStationCertificate: (t) => {
    if (!t.kit.security.mayRequestCertificate) return "Rejected";
    later(t, () => t.kit.security.requestCertificate());
    return "Accepted";
  },
  TransactionEvent: (t, c) => {
    const running = addressed(t, c).filter((e) => e.transaction !== undefined);
    return each(t, running, (e) => e.transaction?.sampleNow());
  },
  FirmwareStatusNotification: (t) => once(t, () => t.maintenance.tellFirmwareStatus(false)),
  SignedFirmwareStatusNotification: (t) => once(t, () => t.maintenance.tellFirmwareStatus(true)),
  LogStatusNotification: (t) => once(t, () => t.maintenance.tellLogStatus("log")),
  DiagnosticsStatusNotification: (t) => once(t, () => t.maintenance.tellLogStatus("diagnostics")),
};

const addressed = (t: CommandTargets, { evseId }: Trigger) =>
  evseId === undefined ? t.evses : t.evses.filter((e) => e.evseId === evseId);

function once(t: CommandTargets, work: () => void): TriggerStatus {
  later(t, work);
  return "Accepted";
}

/** Does it for each after the answer; refuses when there is none. */
function each<T>(t: CommandTargets, targets: readonly T[], work: (target: T) => void): TriggerStatus {
  if (targets.length === 0) return "Rejected";
  later(t, () => {
    for (const target of targets) work(target);
  });
  return "Accepted";
}

/**
 * The measurands of MeterValuesSampledData (1.6 §5.17), all when there are none. No event of the transaction, also
 * while one runs (F06.FR.06), so that it need not wait its turn behind transaction messages.
 */
function sendMeterValues(t: CommandTargets, e: Evse): void {
  const all = e.read("Trigger");
  const wanted = t.kit.settings.list("SampledDataCtrlr.TxUpdatedMeasurands");
  const chosen = all.sampledValue.filter((v) => isWanted(wanted, v.measurand, v.phase));
  const sampledValue = chosen.length > 0 ? chosen : all.sampledValue;
  const transactionId = e.transaction?.transactionId;
  void t.kit.csms.request("meterValues", {
    evseId: e.evseId,
    ...(transactionId === undefined ? {} : { transactionId }),
    meterValue: [{ ...all, sampledValue }],
  });
}
