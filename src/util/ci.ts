/** Does nobody watch? CI servers set the variable `CI`; 0 and false say that it is none. */
export const isCi = (env: Readonly<Record<string, string | undefined>>): boolean =>
  !["", "0", "false"].includes((env.CI ?? "").toLowerCase());
