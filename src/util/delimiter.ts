/** What separates the cells of a CSV text: of comma, semicolon and tab the one that occurs most in the first line. */
export function delimiterOf(text: string): string {
  const head = text.split(/\r?\n/, 1)[0] ?? "";
  const counted = [",", ";", "\t"].map((sign) => ({ sign, n: head.split(sign).length }));
  return counted.reduce((a, b) => (b.n > a.n ? b : a)).sign;
}
