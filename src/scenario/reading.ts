import type { Problems } from "./problems.ts";
import type { Secrets } from "./secrets.ts";
import type { Known, Step } from "./step.ts";

export interface LoadOptions {
  /** What relative paths count from. */
  readonly cwd: string;
  readonly known: Known;
  /** OCPP versions that it will run in: what is wrong in others only is not told. Absent: those that it is for. */
  readonly ocpp?: readonly string[];
}

/** What is read of a scenario and of the files that it includes, while it is read. */
export interface Reading extends LoadOptions {
  readonly problems: Problems;
  /** Not to be told. */
  readonly secrets: Secrets;
  /** Steps that are of a wrong form, and where within their values. */
  readonly spoiled: Map<Step, readonly (readonly string[])[]>;
  /** Something that may define variables cannot be read: of none is it known that it is not there. */
  hidesNames: boolean;
}
