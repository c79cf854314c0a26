import { isoTime } from "../util/clock.ts";
import type { Kit } from "./kit.ts";
import type { ReportedVariable } from "./ports.ts";

/** Tells the central system of the variables, in as many NotifyReports as ItemsPerMessage makes of them (2.0.1 B07). */
export async function sendReport(
  { settings, clock, csms }: Kit,
  requestId: number,
  all: readonly ReportedVariable[],
): Promise<void> {
  const size = settings.count("DeviceDataCtrlr.ItemsPerMessage[GetReport]");
  const generatedAt = isoTime(clock);
  for (let from = 0; from < all.length; from += size) {
    const variables = all.slice(from, from + size);
    const tbc = from + size < all.length;
    await csms.request("report", { requestId, seqNo: from / size, tbc, generatedAt, variables });
  }
}
