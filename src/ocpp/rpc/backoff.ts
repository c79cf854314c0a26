/** OCPPCommCtrlr's RetryBackOff variables (2.0.1 part 4 §8); 1.6 stations use the same by their own configuration. */
export interface BackOff {
  /** RetryBackOffWaitMinimum, seconds. */
  readonly waitMinimumS: number;
  /** RetryBackOffRandomRange, seconds. */
  readonly randomRangeS: number;
  /** RetryBackOffRepeatTimes: how often the wait is doubled. */
  readonly repeatTimes: number;
}

/** Never less than this, or settings of zero would make a tight loop of a central system that hangs up at once. */
const FLOOR_MS = 250;

/**
 * Milliseconds to wait before the next attempt (2.0.1 part 4 §5.3): the minimum, doubled for each attempt that failed
 * since the connection was lost, up to RepeatTimes doublings, and a new random part each time.
 */
export function backOffMs(o: BackOff, failures: number, random: () => number): number {
  const doublings = Math.max(0, Math.min(failures, o.repeatTimes, 30));
  const seconds = o.waitMinimumS * 2 ** doublings + random() * o.randomRangeS;
  return Math.max(FLOOR_MS, Math.round(seconds * 1_000));
}
