// Times as people read them: in the election's zone, with its name, and in the voter's own.

const format = (locale, zone, options) =>
  new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...options });

const LONG = { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' };

const named = (locale, moment, zone) => {
  const parts = format(locale, zone, { timeZoneName: 'long' }).formatToParts(moment);
  return parts.find((p) => p.type === 'timeZoneName').value;
};

const wall = (moment, zone) => format('en', zone, { ...LONG, month: '2-digit' }).format(moment);

/** { there, here }: here is null where the voter's clock says the same. */
export function moments(locale, moment, zone) {
  const date = new Date(moment);
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const there = `${format(locale, zone, LONG).format(date)} (${named(locale, date, zone)}, ${zone})`;
  const same = wall(date, zone) === wall(date, own);
  return { there, here: same ? null : `${format(locale, own, LONG).format(date)} (${named(locale, date, own)}, ${own})` };
}

const two = (n) => String(n).padStart(2, '0');

/** Seconds as 28:05, 3:28:05 from an hour on, 2 d 3:28:05 from a day on. */
export function clock(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  const days = Math.floor(s / 86400);
  const hours = Math.floor(s / 3600) % 24;
  const rest = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  if (days > 0) return `${days} d ${hours}:${rest}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
