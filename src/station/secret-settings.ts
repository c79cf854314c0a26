/**
 * Names of 1.6 keys and 2.0.1 variables whose values are secrets: AuthorizationKey, BasicAuthPassword and vendors' own. Logs
 * know them by their names only, on the central system's side too.
 */
export const SECRET_SETTING = /AuthorizationKey|password|passphrase|secret|pin$/i;
