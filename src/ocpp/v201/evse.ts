/** Could this EVSEType address something of ours? EVSEs count from 1, and each has the one connector 1. */
export function isOurEvse(evse: { readonly id: number; readonly connectorId?: number }): boolean {
  return evse.id > 0 && (evse.connectorId === undefined || evse.connectorId === 1);
}
