/** Paints a text for where it is shown: picocolors on a terminal, nothing elsewhere. */
export type Colors = Readonly<
  Record<
    "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan",
    (text: string | number) => string
  >
>;
