import type { OcppVersion } from "../ocpp/rpc/types.ts";
import { BareLink } from "../replay/link.ts";
import type { Recording } from "../replay/recording.ts";
import { Replay, type ReplayOptions, type ReplayReport } from "../replay/replay.ts";
import { systemClock } from "../util/clock.ts";
import { type CertificateTexts, type CredentialOptions, readCertificates } from "./credentials.ts";
import { Dialling, fixedCredentials } from "./dialling.ts";

export interface ReplayTarget
  extends Pick<ReplayOptions, "version" | "ignore" | "pace" | "keepTimes" | "signal">,
    CredentialOptions {
  /** Paths of PEM files. */
  readonly certificates: CertificateTexts;
  readonly id: string;
  readonly version: OcppVersion;
  readonly timeoutMs: number;
}

/**
 * Replays a recording against a central system by URL, in real time; that the connection cannot be had, or is lost, is
 * in the report.
 * @throws AppError `usage`, and `config.invalid` for a file that cannot be read
 */
export async function replayAgainst(
  recording: Recording,
  target: ReplayTarget,
  onExchange?: ReplayOptions["onExchange"],
): Promise<ReplayReport> {
  const { id, timeoutMs, certificates, ...options } = target;
  const shows = fixedCredentials(target, readCertificates(certificates));
  const { url, headers, tls } = new Dialling(id, target, () => shows);
  const replay = new Replay(recording, {
    ...options,
    clock: systemClock,
    ...(onExchange === undefined ? {} : { onExchange }),
  });
  const link = new BareLink({
    url,
    version: target.version,
    clock: systemClock,
    timeoutMs,
    command: replay.command,
    ...(headers === undefined ? {} : { headers }),
    ...(tls === undefined ? {} : { tls }),
  });
  try {
    return await replay.run(link);
  } finally {
    await link.close();
  }
}
