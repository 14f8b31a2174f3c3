// Crockford's base32 without I, L, O, U.

export const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
