// Check-ins that wait for the line: kept with their keys and times, sent in order, each once.
//
// The server knows a key that comes again, so sending twice does no harm; the lock only keeps two
// tabs from wasting the line. An entry leaves the queue when the server has an answer for it: a
// check-in, one that was there before, or an exception that a person judges. What the server cannot
// take at all stays here and is shown, so that nothing is lost.

import { Offline, Problem, post } from "./api.js";
import { queueAdd, queueAll, queuePut, queueRemove } from "./store.js";

const changed = new BroadcastChannel("canteen-queue");
const listeners = new Set();

export function onQueueChange(listener) {
  listeners.add(listener);
}

async function tell() {
  const entries = await queueAll();
  const stuck = entries.filter((entry) => entry.problem).length;
  for (const listener of listeners) listener({ waiting: entries.length, stuck, entries });
}

changed.onmessage = tell;

/**
 * Keeps a check-in; resolves only when it is on the disk.
 * @param about whose it is, and the day and meal that the device took it for.
 */
export async function enqueue(request, about) {
  await queueAdd({ request, ...about, keptAt: new Date().toISOString() });
  changed.postMessage("added");
  await tell();
}

/** Takes back what was not sent yet; whether it was still here. */
export function takeBack(number) {
  // Under the lock of the sending, so that nothing is taken back while it is on its way.
  return navigator.locks.request("canteen-replay", async () => {
    const isHere = (await queueAll()).some((entry) => entry.number === number);
    if (isHere) await queueRemove(number);
    changed.postMessage("taken back");
    await tell();
    return isHere;
  });
}

/** Sends what waits. Ends early, without harm, where the line breaks or nobody is signed in. */
export async function replay() {
  await navigator.locks.request("canteen-replay", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    for (const entry of await queueAll()) {
      if (!(await send(entry))) break;
      changed.postMessage("sent");
      await tell();
    }
  });
  await tell();
}

/** Whether to go on with the next one. */
async function send(entry) {
  try {
    await post("/check-ins", entry.request);
    await queueRemove(entry.number);
    return true;
  } catch (error) {
    if (error instanceof Offline) return false;
    if (!(error instanceof Problem)) throw error;
    // Signed out or a fault of the server's: the same entry is tried again later.
    if ([401, 403, 408, 423, 429].includes(error.status) || error.status >= 500) return false;
    await queuePut({ ...entry, problem: { code: error.code, sentence: error.message } });
    return true;
  }
}

export { tell as tellQueue };
