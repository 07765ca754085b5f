// What stays on the device: the queue of check-ins and a few kept values. IndexedDB, one database.

let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("canteen", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("queue", { keyPath: "number", autoIncrement: true });
      request.result.createObjectStore("kept");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/** Runs one request on a store; resolves when it is safely on the disk. */
async function run(name, mode, ask) {
  const base = await database();
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(name, mode, { durability: "strict" });
    const request = ask(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const keep = (name, value) => run("kept", "readwrite", (s) => s.put(value, name));
export const kept = (name) => run("kept", "readonly", (s) => s.get(name));
export const forget = (name) => run("kept", "readwrite", (s) => s.delete(name));

export const queueAdd = (entry) => run("queue", "readwrite", (s) => s.add(entry));
export const queuePut = (entry) => run("queue", "readwrite", (s) => s.put(entry));
export const queueGet = (number) => run("queue", "readonly", (s) => s.get(number));
export const queueAll = () => run("queue", "readonly", (s) => s.getAll());
export const queueRemove = (number) => run("queue", "readwrite", (s) => s.delete(number));

// Names, doors and prices: each is kept with the moment (`until`) at which it has to go. What waits to be
// sent, the queue and receipts, is not among them and stays until a server has it.
const ofPersons = ["session", "today", "snapshot", "delivery-round"];

/** Forgets what is over its time: called when a page starts, and again while it stays open. */
export async function expire(now) {
  for (const name of ofPersons) {
    const value = await kept(name);
    if (value && !(value.until > now.getTime())) await forget(name);
  }
}

/** Forgets everybody: the device is no terminal any more. */
export async function forgetPersons() {
  for (const name of ofPersons) await forget(name);
}
