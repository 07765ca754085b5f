// Receipts that wait for the line: on the disk before anything is said, sent in order, each once. The
// server knows a receipt that comes again. What it refuses stays and is shown until somebody has read it.

import { Offline, Problem, post } from "/counter/api.js";
import { keep, kept } from "/counter/store.js";

const name = "delivery-receipts";

export const receipts = async () => (await kept(name)) ?? [];

/** Changes the list under a lock: two tabs write one after the other. */
function change(body) {
  return navigator.locks.request(name, async () => {
    const list = await receipts();
    const next = body(list);
    await keep(name, next);
    return next;
  });
}

const isSame = (left, right) => left.request.dinerId === right.request.dinerId
  && left.request.day === right.request.day && left.request.period === right.request.period;

export function add(request) {
  return change((list) => [...list.filter((entry) => !isSame(entry, { request })), { request }]);
}

export function dismiss(entry) {
  return change((list) => list.filter((other) => !isSame(entry, other)));
}

/** Sends what waits; whether the server had an answer for anything. Ends early where the line breaks.
    @param more `background` unless somebody has just done something. */
export async function send(more) {
  let answered = false;
  for (const entry of await receipts()) {
    if (entry.problem) continue;
    try {
      await post("/delivery/receipts", entry.request, more);
      await dismiss(entry);
      answered = true;
    } catch (error) {
      if (error instanceof Offline) break;
      if (!(error instanceof Problem)) throw error;
      // Signed out: tried again later. A fault of the server's may be of this one alone.
      if ([401, 403, 408, 423, 429].includes(error.status)) break;
      if (error.status >= 500) continue;
      await change((list) => list.map((other) => (isSame(entry, other) ? { ...other, problem: error.message } : other)));
      answered = true;
    }
  }
  return answered;
}
