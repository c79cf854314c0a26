/**
 * The library face: a station and a central system for people who write tests of either.
 * Everything else of the package is an implementation detail and may change.
 */
export { type CreateStationOptions, createStation, type LibraryStation } from "./app/create.ts";
export { type RunScenariosOptions, runScenarios } from "./app/scenarios.ts";
export type { FactMatch, WaitOptions } from "./app/wait.ts";
export { type Central, type CentralOptions, createCentral } from "./central/index.ts";
export type { RunEvent, RunSummary, ScenarioResult } from "./scenario/types.ts";
export type { EvseStatus, StationControl, StationStatus } from "./station/control.ts";
export type { Fact, FactBody, FactKind } from "./station/facts.ts";
export type { IdToken, IdTokenInfo, Verdict } from "./station/types.ts";
export { type Clock, SimulatedClock } from "./util/clock.ts";
export { AppError, type ErrorCode, isAppError } from "./util/errors.ts";
