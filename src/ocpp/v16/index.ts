/* OCPP 1.6J, edition 2 with errata. */
export { forget } from "./bindings.ts";
export { inbound } from "./inbound/index.ts";
export { outgoing } from "./outgoing.ts";
