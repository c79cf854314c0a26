import type { OcppVersion } from "../ocpp/rpc/types.ts";
import { parseCsmsUrl } from "../ocpp/rpc/url.ts";
import { BareLink } from "../replay/link.ts";
import type { Recording } from "../replay/recording.ts";
import { Replay, type ReplayOptions, type ReplayReport } from "../replay/replay.ts";
import { systemClock } from "../util/clock.ts";

export interface ReplayTarget
  extends Pick<ReplayOptions, "version" | "ignore" | "pace" | "keepTimes" | "signal"> {
  /** Base URL; the id is appended. */
  readonly csms: string;
  readonly id: string;
  readonly version: OcppVersion;
  readonly password?: string;
  readonly timeoutMs: number;
}

/**
 * Replays a recording against a central system by URL, in real time; that the connection cannot be had, or is lost, is
 * in the report.
 * @throws AppError `usage`
 */
export async function replayAgainst(
  recording: Recording,
  target: ReplayTarget,
  onExchange?: ReplayOptions["onExchange"],
): Promise<ReplayReport> {
  const { csms, id, password, timeoutMs, ...options } = target;
  const replay = new Replay(recording, {
    ...options,
    clock: systemClock,
    ...(onExchange === undefined ? {} : { onExchange }),
  });
  const basic = `Basic ${Buffer.from(`${id}:${password ?? ""}`, "utf8").toString("base64")}`;
  const link = new BareLink({
    url: parseCsmsUrl(csms, id),
    version: target.version,
    clock: systemClock,
    timeoutMs,
    command: replay.command,
    ...(password === undefined ? {} : { headers: { Authorization: basic } }),
  });
  try {
    return await replay.run(link);
  } finally {
    await link.close();
  }
}
