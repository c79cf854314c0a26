import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { rootUseOf, rootUses } from "../certificates.ts";

/** M03: of the types asked for, or of all. */
export function getInstalledCertificateIds(
  { certificateType }: OCPP20.GetInstalledCertificateIdsRequest,
  commands: StationCommands,
): OCPP20.GetInstalledCertificateIdsResponse {
  const uses = certificateType?.flatMap((type) => rootUseOf(type) ?? []) ?? rootUses;
  const [first, ...more] = commands.installedCertificates(uses).map(({ use, hash }) => ({
    certificateType: use,
    certificateHashData: { ...hash },
  }));
  if (first === undefined) return { status: "NotFound" };
  return { status: "Accepted", certificateHashDataChain: [first, ...more] };
}
