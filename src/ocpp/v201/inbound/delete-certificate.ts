import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** M04. */
export function deleteCertificate(
  { certificateHashData }: OCPP20.DeleteCertificateRequest,
  commands: StationCommands,
): OCPP20.DeleteCertificateResponse {
  const { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } = certificateHashData;
  return commands.deleteCertificate({ hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber });
}
