/* OCPP 2.0.1, edition 3 with errata. */
export { inbound } from "./inbound/index.ts";
export { outgoing } from "./outgoing.ts";
