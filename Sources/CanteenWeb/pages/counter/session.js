// Enrolment of the device, signing in by name and PIN, and the automatic lock.

import { Offline, Problem, call, get, post, trust } from "./api.js";
import { endOfShift, setClock } from "./clock.js";
import { $, make, say, showScreen } from "./page.js";
import { dropSnapshot } from "./snapshot.js";
import { forgetPersons, keep, kept } from "./store.js";
import { words } from "./words.js";

let session = null;
let pin = "";
let chosen = null;
let onSignedIn = () => {};
let lastTouch = Date.now();

export const currentSession = () => session;

/** Takes what the server says of this device and its user; also kept for the time without network. */
async function take(body) {
  session = body;
  trust(body.csrf);
  setClock(body.now);
  await keep("session", { ...body, until: endOfShift(body.now) });
  $("place").textContent = body.terminal ? `${body.terminal.canteen.name} · ${body.terminal.name}` : "";
}

/** Finds out where to begin: enrol, sign in, or work. */
export async function begin(whenSignedIn) {
  onSignedIn = whenSignedIn;
  drawPad();
  $("enrol-form").addEventListener("submit", enrol);
  $("lock").addEventListener("click", lock);
  for (const event of ["pointerdown", "keydown"]) {
    addEventListener(event, () => { lastTouch = Date.now(); }, { capture: true });
  }
  setInterval(lockWhenIdle, 5000);
  await enter();
}

async function enter() {
  try {
    await take(await get("/session"));
  } catch (error) {
    if (error instanceof Offline) return enterOffline();
    if (error instanceof Problem && error.code === "terminal_unknown") {
      dropSnapshot();
      await forgetPersons();
      return showScreen("enrol");
    }
    throw error;
  }
  if (!session.terminal) return showScreen("enrol");
  if (!session.staff) return showSignIn();
  await onSignedIn(session);
}

/** Whoever worked here when the line broke goes on; nobody can sign in without the server. */
async function enterOffline() {
  const held = await kept("session");
  if (!held?.staff) {
    showScreen("sign-in");
    return say("sign-in", words.offline);
  }
  session = held;
  trust(held.csrf);
  $("place").textContent = `${held.terminal.canteen.name} · ${held.terminal.name}`;
  await onSignedIn(held);
}

async function enrol(event) {
  event.preventDefault();
  try {
    await post("/terminals/enrol", { code: $("enrol-code").value.trim() });
    $("enrol-code").value = "";
    say("enrol", "");
    await enter();
  } catch (error) {
    say("enrol", error instanceof Offline ? words.offline : error.message);
  }
}

function showSignIn() {
  pin = "";
  chosen = session.names?.length === 1 ? session.names[0] : null;
  say("sign-in", "");
  drawNames();
  drawPin();
  $("lock").hidden = true;
  showScreen("sign-in");
}

function drawNames() {
  $("names").replaceChildren(...(session.names ?? []).map((name) => make("button", {
    className: name === chosen ? "chosen" : "", text: name,
    onTap: () => { chosen = name; pin = ""; drawNames(); drawPin(); },
  })));
}

function drawPin() {
  $("pin").textContent = "●".repeat(pin.length) || "　";
}

function drawPad() {
  const keys = [..."123456789", words.clear, "0", words.enter];
  $("pad").replaceChildren(...keys.map((key) => make("button", {
    text: key, className: key === words.enter ? "main" : "", onTap: () => press(key),
  })));
  addEventListener("keydown", (event) => {
    if ($("sign-in").hidden || event.ctrlKey || event.metaKey) return;
    if (/^[0-9]$/.test(event.key)) press(event.key);
    if (event.key === "Backspace") press(words.clear);
    if (event.key === "Enter") { event.preventDefault(); press(words.enter); }
  });
}

function press(key) {
  if (key === words.clear) pin = "";
  else if (key === words.enter) return signIn();
  else if (pin.length < 12) pin += key;
  drawPin();
}

async function signIn() {
  if (!chosen) return say("sign-in", words.signInTitle);
  const typed = pin;
  pin = "";
  drawPin();
  try {
    const { body } = await post("/session", { name: chosen, pin: typed });
    await take(body);
    say("sign-in", "");
    await onSignedIn(session);
  } catch (error) {
    say("sign-in", error instanceof Offline ? words.offline : error.message);
  }
}

/** Locks the counter; what waits in the queue stays. */
export async function lock() {
  try {
    await call("DELETE", "/session");
  } catch {
    // The server ends the session by itself after a while.
  }
  await enter();
}

/** Without the server nobody could unlock, so the lock waits for the line. */
async function lockWhenIdle() {
  if (!session?.staff || !navigator.onLine || !$("sign-in").hidden) return;
  if (Date.now() - lastTouch > (session.lockAfterSeconds ?? 900) * 1000) await lock();
}

/** Somebody else's tab, or the server, has signed this one out. */
export async function signedOut() {
  await enter();
}
