/** What a device sent, fit to be shown: control characters and bytes above ASCII as \xNN, at most 80 characters. */
export function printable(raw: string): string {
  const text = [...raw.slice(0, 80)].map((c) => {
    const code = c.charCodeAt(0);
    return code >= 0x20 && code < 0x7f ? c : `\\x${code.toString(16).padStart(2, "0")}`;
  });
  return text.join("").slice(0, 80);
}
