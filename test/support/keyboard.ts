/** Codes of keys by the character that is printed on them on an American keyboard. */
const codes: Readonly<Record<string, number>> = Object.fromEntries(
  [
    [2, "1234567890-="],
    [16, "qwertyuiop[]"],
    [30, "asdfghjkl;'"],
    [44, "zxcvbnm,./"],
    [57, " "],
  ].flatMap(([from, row]) => [...String(row)].map((c, i) => [c, Number(from) + i])),
);

export const ENTER = 28;
export const SHIFT = 42;

/** `struct input_event` of a 64-bit system. */
export function record(type: number, code: number, value: number, size = 24): Buffer {
  const bytes = Buffer.alloc(size, 0x5a);
  bytes.writeUInt16LE(type, size - 8);
  bytes.writeUInt16LE(code, size - 6);
  bytes.writeInt32LE(value, size - 4);
  return bytes;
}

/** A key that goes down and up, as the kernel tells it: a scan code, the key, and the end of the report. */
export function press(code: number, size = 24): Buffer {
  const change = (value: number): Buffer[] => [
    record(4, 4, 0x70000 + code, size),
    record(1, code, value, size),
    record(0, 0, 0, size),
  ];
  return Buffer.concat([...change(1), ...change(0)]);
}

export const shift = (down: boolean): Buffer =>
  Buffer.concat([record(1, SHIFT, down ? 1 : 0), record(0, 0, 0)]);

/** What a reader types on an American keyboard: capitals with Shift; `end` 0 for nothing at the end. */
export function typing(text: string, end = ENTER): Buffer {
  const keys = [...text].map((c) => {
    const key = press(codes[c.toLowerCase()] ?? 0);
    return /[A-Z]/.test(c) ? Buffer.concat([shift(true), key, shift(false)]) : key;
  });
  return Buffer.concat(end === 0 ? keys : [...keys, press(end)]);
}
