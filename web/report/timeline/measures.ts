/** Height of a lane and of the axis above them, px. */
export const LANE = 26;
export const AXIS = 22;
/** Below the lanes, for the lengths of gaps, px. */
export const FOOT = 20;
/** Left and right of the drawing, px. */
export const PAD = 12;
