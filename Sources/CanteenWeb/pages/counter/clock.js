// The time as the server has it: a tablet's own clock may be wrong by hours, and stand in another zone.

const name = "clock";
const zoneName = "zone";
let offset = Number(localStorage.getItem(name)) || 0;
// China's, until a server has said otherwise.
let zone = Number(localStorage.getItem(zoneName) ?? 8 * 3600);

/** Learns from an answer of the server; kept for the time without network. */
export function setClock(serverTime) {
  const server = Date.parse(serverTime);
  if (Number.isNaN(server)) return;
  offset = server - Date.now();
  localStorage.setItem(name, String(offset));
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(serverTime) ?? [];
  if (!sign) return;
  zone = (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
  localStorage.setItem(zoneName, String(zone));
}

export const now = () => new Date(Date.now() + offset);

/** The canteen's day of a moment: 2026-11-24. */
export const dayOf = (moment) => new Date(moment.getTime() + zone * 1000).toISOString().slice(0, 10);

/** The moment in milliseconds at which a day of the canteen ends. */
export const endOfDay = (day) => Date.parse(`${day}T00:00:00Z`) - zone * 1000 + 86_400_000;

/** The moment at which who signed in at a time of the server has to be gone: no shift is longer. */
export const endOfShift = (serverTime) => Date.parse(serverTime) + 14 * 3600_000;
