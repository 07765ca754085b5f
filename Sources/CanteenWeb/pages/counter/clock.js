// The time as the server has it: a tablet's own clock may be wrong by hours.

const name = "clock";
let offset = Number(localStorage.getItem(name)) || 0;

/** Learns from an answer of the server; kept for the time without network. */
export function setClock(serverTime) {
  const server = Date.parse(serverTime);
  if (Number.isNaN(server)) return;
  offset = server - Date.now();
  localStorage.setItem(name, String(offset));
}

export const now = () => new Date(Date.now() + offset);
