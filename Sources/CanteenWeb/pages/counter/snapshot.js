// The off-line roster: signed by the server, with an expiry, without anybody's numbers. Prices in it
// were computed by the server; nothing is priced here.

import { background, call } from "./api.js";
import { keep, kept } from "./store.js";

let current = null;

const bytes = (text) => new TextEncoder().encode(text);

function fromBase64URL(text) {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
}

async function isGenuine(signed, publicKey) {
  const key = await crypto.subtle.importKey(
    "raw", fromBase64URL(publicKey), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  return crypto.subtle.verify(
    { name: "ECDSA", hash: "SHA-256" }, key, fromBase64URL(signed.signature),
    bytes(signed.payload));
}

/** Takes a new one from the server, if there is one. */
export async function refreshSnapshot(publicKey) {
  const held = await kept("snapshot");
  const known = held?.tag && held.publicKey === publicKey ? { "If-None-Match": held.tag } : {};
  const { status, body: signed, tag } = await call("GET", "/snapshot", undefined, { ...background, ...known });
  if (status === 304) return;
  if (!(await isGenuine(signed, publicKey))) throw new Error("the off-line roster is not genuine");
  const roster = JSON.parse(signed.payload);
  await keep("snapshot", { signed, publicKey, tag, until: Date.parse(roster.expiresAt) });
  current = roster;
}

/** The one on the device, if it is genuine and still good. */
export async function snapshot(now) {
  if (!current) {
    const held = await kept("snapshot");
    if (!held || !(await isGenuine(held.signed, held.publicKey))) return null;
    current = JSON.parse(held.signed.payload);
  }
  return new Date(current.expiresAt) > now ? current : null;
}

/** Forgets it in this page; what is on the disk is the store's. */
export function dropSnapshot() {
  current = null;
}

/** A key as the roster keeps it: 128 bits of a SHA-256 over salt, kind and key. */
async function hash(salt, kind, key) {
  const digest = await crypto.subtle.digest("SHA-256", bytes(`${salt}|${kind}|${key}`));
  return [...new Uint8Array(digest)].slice(0, 16)
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Whom a key may name. Of numbers the roster holds the last four alone; of a whole number that is too
 * little to say who it is, which `tailOnly` tells.
 */
export async function findOffline(key, roster) {
  const those = (isMeant) => ({ persons: roster.roster.filter(isMeant), tailOnly: false });
  const card = await hash(roster.salt, "card", key);
  const byCard = those((person) => person.keys.cards.includes(card));
  // Which sort of card it is the roster does not say; that it was one, the books are to know.
  if (byCard.persons.length > 0) {
    return { ...byCard, persons: byCard.persons.map((person) => ({ ...person, auth: "card" })) };
  }
  if (/^[0-9]{3}[0-9Xx]$|^[0-9]{11}$|^[0-9]{17}[0-9Xx]$/.test(key)) {
    const tail = await hash(roster.salt, "tail", key.slice(-4).toUpperCase());
    const byTail = those((person) => person.keys.tails.includes(tail));
    if (key.length === 4) return byTail;
    return {
      persons: byTail.persons.map((person) => ({ ...person, tailOnly: true })), tailOnly: true,
    };
  }
  const initials = key.toLowerCase();
  if (/^[a-z]+$/.test(initials)) {
    const byInitials = those((person) => person.keys.initials.startsWith(initials));
    return { ...byInitials, persons: byInitials.persons.slice(0, 8) };
  }
  return those((person) => person.name === key);
}
