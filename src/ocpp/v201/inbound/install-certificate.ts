import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { rootUseOf } from "../certificates.ts";

/** M05. Roots for plug and charge have no use here. */
export async function installCertificate(
  { certificateType, certificate }: OCPP20.InstallCertificateRequest,
  commands: StationCommands,
): Promise<OCPP20.InstallCertificateResponse> {
  const use = rootUseOf(certificateType);
  if (use === undefined) return { status: "Rejected" };
  return commands.installCertificate({ use, certificate });
}
