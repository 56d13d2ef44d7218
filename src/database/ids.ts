/**
 * An id that the app made (UUID, RFC 9562 §4). What comes from an address is held against it before any query: text like "\0" is an
 * error to PostgreSQL, not merely unknown.
 */
export const madeId = /^[\da-f-]{36}$/;
