// Which meal a moment belongs to, and what the off-line roster says of it. Nothing here but the roster
// and the moment decides, so that a page that lost the line at lunch knows when dinner begins.

const quoteOf = { dine_in: "dineIn", takeaway: "takeaway", delivery: "delivery" };

/** What a meal costs by the mode that the clerk chose. */
export const quoteFor = (person, mode) => person.prices?.[quoteOf[mode]];

/**
 * Day and period of a moment: the meal whose window holds it, or else the nearest one, as the server has
 * it. Nulls without a roster; no period where the canteen serves nothing.
 */
export function mealAt(moment, roster) {
  if (!roster) return { day: null, period: null };
  const seconds = Math.floor(moment.getTime() / 1000) + roster.utcOffsetSeconds;
  const day = new Date(seconds * 1000).toISOString().slice(0, 10);
  const time = ((seconds % 86_400) + 86_400) % 86_400;
  const distance = (window) => Math.max(0, window.fromSeconds - time, time - window.toSeconds);
  const nearest = roster.windows.reduce(
    (best, window) => (!best || distance(window) < distance(best) ? window : best), null);
  return { day, period: nearest?.period ?? null };
}

const isOf = ({ day, period }) => (one) => one.serviceDay === day && one.period === period;

/** The menu of a meal, if one is on the device. */
export const menuOf = (meal, roster) => roster?.menu.find(isOf(meal));

/** A person of the roster as the counter shows him for a meal. */
export function candidate(person, meal, roster) {
  const known = person.meals.find(isOf(meal));
  return {
    ...person, prices: known?.prices ?? {}, clashes: known?.clashes ?? [],
    refusal: known?.refusal ?? person.departed, today: [], snapshotId: roster.id,
  };
}
