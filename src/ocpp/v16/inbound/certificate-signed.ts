import type { StationCommands } from "../../../station/ports.ts";

/** Security white paper §5.1, A02 and A03. */
export function certificateSigned(
  { certificateChain }: { certificateChain: string },
  commands: StationCommands,
): Promise<{ status: "Accepted" | "Rejected" }> {
  return commands.certificateSigned({ chain: certificateChain });
}
