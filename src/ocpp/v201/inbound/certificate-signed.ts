import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** A02 and A03. There is no certificate for plug and charge here. */
export async function certificateSigned(
  { certificateChain, certificateType }: OCPP20.CertificateSignedRequest,
  commands: StationCommands,
): Promise<OCPP20.CertificateSignedResponse> {
  if (certificateType === "V2GCertificate") return { status: "Rejected" };
  return commands.certificateSigned({ chain: certificateChain });
}
