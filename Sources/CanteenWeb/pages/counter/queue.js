// What waits for the line: check-ins, and undoing them. Kept with keys and times, sent in order, each once.
//
// The server knows a key that comes again, so sending twice does no harm. An entry leaves the queue when
// the server has an answer for it: a check-in, one that was there before, or an exception that a person
// judges. What the server cannot take stays here as a `problem` and is shown, so that nothing is lost.
// Only what never left this device may be deleted: an answer that did not come may have been a yes. What was
// another terminal's cannot be undone here: it goes when a person, told to look in the books, says so again.

import { Offline, Problem, background, post } from "./api.js";
import { now } from "./clock.js";
import { queueAdd, queueAll, queueGet, queuePut, queueRemove } from "./store.js";
import { words } from "./words.js";

/** So long may a check-in still be on its way to the books after the page gave up waiting for it. */
const lateArrival = 120_000;
/** After so many faults of the server's own an entry is shown to a person. */
const faultsMax = 8;
const otherTerminal = "other_terminal";

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

/** Changes one entry that is still there; nobody sends it or changes it meanwhile. */
async function change(number, body) {
  // One entry at a time, so that a tap never waits for a whole queue.
  const result = await navigator.locks.request("canteen-replay", async () => {
    const entry = await queueGet(number);
    return entry && body(entry);
  });
  changed.postMessage("changed");
  await tell();
  return result;
}

/**
 * Keeps a check-in; resolves only when it is on the disk.
 * @param about whose it is, at which terminal and by whom, the day and meal that the device took it for,
 *   and `sentAt` if it may have reached the server.
 */
export async function enqueue(request, about) {
  await queueAdd({ request, ...about, keptAt: new Date().toISOString() });
  changed.postMessage("added");
  await tell();
}

/** Takes back a check-in that waits or is stuck. Resolves to `deleted`, to `marked` if it has to be undone
    at the server too, and to undefined if it is not here any more. */
export function takeBack(number) {
  return change(number, async (entry) => {
    const isOthers = entry.takenBack && entry.problem?.code === otherTerminal;
    if (entry.sentAt === null || isOthers) {
      await queueRemove(number);
      return "deleted";
    }
    // The first word counts: it was given in the meal's own period.
    const takenBack = entry.takenBack ?? now().toISOString();
    await queuePut({ ...entry, takenBack, problem: undefined, faults: 0 });
    return "marked";
  });
}

/** Sends once more what was a problem. */
export const retry = (number) =>
  change(number, (entry) => queuePut({ ...entry, problem: undefined, faults: 0 }));

/** Sends what waits. Ends early, without harm, where the line breaks or nobody is signed in. */
export async function replay(session) {
  for (const { number, problem } of await queueAll()) {
    if (problem) continue;
    const goesOn = await change(number, (entry) => (entry.problem ? true : handOver(entry, session)));
    if (goesOn === false) break;
  }
}

/** Whether to go on with the next one. */
async function handOver(entry, session) {
  // A device that serves another canteen now would book the meal there.
  if (entry.terminal && entry.terminal !== session.terminal.id) {
    const sentence = entry.takenBack ? words.undoAtOtherTerminal : words.otherTerminal;
    return stop(entry, otherTerminal, sentence(entry.staff));
  }
  try {
    if (entry.takenBack) {
      await post(`/check-ins/${entry.request.key}/reversal`,
        { reason: words.undoneOffline, requestedAt: entry.takenBack }, background);
    } else {
      await queuePut({ ...entry, sentAt: Date.now() });
      await post("/check-ins", entry.request, background);
    }
    await queueRemove(entry.number);
    return true;
  } catch (error) {
    if (error instanceof Offline) return false;
    if (!(error instanceof Problem)) throw error;
    return entry.takenBack ? notReversed(entry, error) : refused(entry, error);
  }
}

async function refused(entry, error) {
  // Signed out, or too fast: nothing would be taken now.
  if ([401, 403, 408, 423, 429].includes(error.status)) return false;
  // A fault over this one; the next may have none.
  const faults = (entry.faults ?? 0) + 1;
  if (error.status >= 500 && faults < faultsMax) {
    await queuePut({ ...entry, sentAt: Date.now(), faults });
    return true;
  }
  return stop({ ...entry, sentAt: Date.now() }, error.code, error.message);
}

async function notReversed(entry, error) {
  switch (error.code) {
    case "already_reversed":
      await queueRemove(entry.number);
      return true;
    case "check_in_unknown":
      // It never arrived, or has not arrived yet.
      if (Date.now() - (entry.sentAt ?? 0) > lateArrival) await queueRemove(entry.number);
      return true;
    case "manager_needed":
      await queuePut({ ...entry, needs: error.message });
      return true;
    default: return refused(entry, error);
  }
}

async function stop(entry, code, sentence) {
  await queuePut({ ...entry, problem: { code, sentence } });
  return true;
}

export { tell as tellQueue };
