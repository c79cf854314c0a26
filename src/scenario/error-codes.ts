/** Codes of CALLERROR: OCPP-J 1.6 §4.2.3, with its spelling of two, and 2.0.1 Part 4 §4.3. */
export const ERROR_CODES = [
  "NotImplemented",
  "NotSupported",
  "InternalError",
  "ProtocolError",
  "SecurityError",
  "FormatViolation",
  "FormationViolation",
  "PropertyConstraintViolation",
  "OccurrenceConstraintViolation",
  "OccurenceConstraintViolation",
  "TypeConstraintViolation",
  "GenericError",
  "MessageTypeNotSupported",
  "RpcFrameworkError",
] as const;
