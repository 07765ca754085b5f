// Off line: the roster and the queue of this device stand in for the server.

import { now } from "./clock.js";
import { candidate, mealAt, menuOf } from "./meal.js";
import { findOffline, snapshot } from "./snapshot.js";
import { queueAll } from "./store.js";

/** The meal of the hour, or of another moment; nulls without a roster. */
export const offlineMeal = async (moment = now()) => mealAt(moment, await snapshot(now()));

/**
 * Whom a key may name, each with the prices of the meal of the hour; null without a roster.
 * `tailOnly` where no more than the last four of what was given is known to agree.
 */
export async function offlineMatches(key) {
  const roster = await snapshot(now());
  if (!roster) return null;
  const meal = mealAt(now(), roster);
  const { persons, tailOnly } = await findOffline(key, roster);
  return { tailOnly, matches: persons.map((person) => candidate(person, meal, roster)) };
}

/** When a person took a meal, by what this device was told and what it did itself; else undefined. */
export async function servedAt(person, { day, period }, lastCheckIns) {
  const queue = await queueAll();
  const isThis = (meal) => meal.dinerId === person.dinerId;
  const waiting = queue.find((entry) => !entry.takenBack && isThis(entry.request)
    && entry.day === day && entry.period === period);
  const takenBack = new Set(queue.filter((entry) => entry.takenBack).map(({ request }) => request.key));
  const sent = (lastCheckIns ?? []).find((meal) => isThis(meal) && !meal.reversed
    && !takenBack.has(meal.key) && meal.serviceDay === day && meal.period === period);
  return waiting?.request.servedAt ?? sent?.servedAt;
}

/** The side of the page for the meal of the hour; how many were served at other windows nobody knows. */
export async function offlineToday(today) {
  const roster = await snapshot(now());
  const meal = mealAt(now(), roster);
  if (!meal.day || (today?.serviceDay === meal.day && today.period === meal.period)) return today;
  const menu = menuOf(meal, roster);
  return {
    serviceDay: meal.day, period: meal.period, menu: menu?.dishes ?? [], setPriceFen: menu?.setPriceFen,
    counts: null, openExceptions: today?.openExceptions ?? 0,
    lastCheckIns: today?.serviceDay === meal.day ? today.lastCheckIns : [],
  };
}
