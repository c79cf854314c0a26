import type { StationCommands } from "../../station/ports.ts";
import { type InboundHandler, type Messages, Refusal } from "../dialect.ts";

/** 1.6 §3.2: which feature profile an action belongs to; those of Core, and of the security extension, are always there. */
const profileOf: Readonly<Record<string, string>> = {
  GetDiagnostics: "FirmwareManagement",
  UpdateFirmware: "FirmwareManagement",
  GetLocalListVersion: "LocalAuthListManagement",
  SendLocalList: "LocalAuthListManagement",
  ReserveNow: "Reservation",
  CancelReservation: "Reservation",
  SetChargingProfile: "SmartCharging",
  ClearChargingProfile: "SmartCharging",
  GetCompositeSchedule: "SmartCharging",
  TriggerMessage: "RemoteTrigger",
};

/** Where 1.6 has a word for a feature that is not there; else it is a CALLERROR. */
const words: Readonly<Record<string, object>> = {
  GetLocalListVersion: { listVersion: -1 },
  SendLocalList: { status: "NotSupported" },
  SetChargingProfile: { status: "NotSupported" },
};

/** Refuses what belongs to a feature profile that this model does not name in SupportedFeatureProfiles. */
export function byProfile(inbound: Messages["inbound"]): Messages["inbound"] {
  return Object.fromEntries(
    Object.entries(inbound).map(([action, handler]) => {
      const profile = profileOf[action];
      return [action, profile === undefined ? handler : gated(action, profile, handler)];
    }),
  );
}

function gated(action: string, profile: string, handler: InboundHandler): InboundHandler {
  return (request, commands, context) =>
    has(commands, profile)
      ? handler(request, commands, context)
      : (words[action] ?? new Refusal("NotSupported", `This station does not do ${profile}`));
}

function has(commands: StationCommands, profile: string): boolean {
  const profiles = commands.getSetting("SupportedFeatureProfiles")?.value;
  return profiles === undefined || profiles.split(",").some((p) => p.trim() === profile);
}
