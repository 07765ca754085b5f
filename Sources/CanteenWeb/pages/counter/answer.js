// The answer to a key, readable from a distance: who it is, what to pay, and why.

import { $, make } from "./page.js";
import { play } from "./sound.js";
import { hourAndMinute, words, yuan } from "./words.js";

function show(mood, ...children) {
  const answer = $("answer");
  answer.className = mood;
  answer.replaceChildren(...children);
  if (mood !== "idle") play(mood);
}

export function showIdle() {
  show("idle", make("p", { className: "hint", text: words.idle }));
}

export function showSentence(mood, sentence, detail = "") {
  show(mood, make("p", { className: "word", text: sentence }), make("p", { className: "hint", text: detail }));
}

/** Several persons, or one of whom too little is known: one tap says which. */
export function showChoice(matches, onChoose, hint = words.choose) {
  show("warn", make("p", { className: "hint", text: hint }),
    make("div", { className: "choice" }, ...matches.map((match) => make("button", {
      onTap: () => onChoose(match),
    }, make("b", { text: match.name }), make("small", { text: describe(match) })))));
}

function describe(match) {
  return [match.group, match.tailOnly && words.tailAgrees, match.masked?.idTail && `…${match.masked.idTail}`,
    match.masked?.phoneTail && `☎…${match.masked.phoneTail}`].filter(Boolean).join(" · ");
}

/** One person with the price; one tap or Enter checks in. */
export function showPerson(person, quote, actions) {
  const isBad = ["card_not_good", "diner_deceased"].includes(person.refusal?.code);
  const mood = isBad ? "bad" : !quote || person.refusal || person.clashes?.length ? "warn" : "good";
  show(mood, top(head(person), quote, actions), ...clashes(person),
    ...(person.refusal ? [make("p", { className: "word", text: person.refusal.sentence })] : earlier(person)),
    shares(quote), buttons(person.refusal ? words.fullPrice : words.confirm, quote, actions));
}

export function showGuest(kind, priceFen, actions) {
  const quote = { listFen: priceFen, dinerFen: priceFen, subsidies: [] };
  show("good", top([make("p", { className: "name", text: words.guests[kind] })], quote),
    buttons(words.confirm, quote, actions));
}

function head(person) {
  return [
    make("p", { className: "name", text: person.name }),
    make("p", {
      className: "hint",
      text: [person.group, person.entitlementSummary].filter(Boolean).join(" · "),
    }),
  ];
}

function clashes(person) {
  if (!person.clashes?.length) return [];
  return [make("ul", { className: "clash" }, ...person.clashes.map((clash) => make("li", {
    text: `⚠ ${words.clash}：${clash.dish}（${clash.because}）`,
  })))];
}

function earlier(person) {
  return (person.today ?? []).map((meal) => make("p", {
    className: "hint",
    text: `${words.servedBefore} ${words.periods[meal.period] ?? meal.period} ${hourAndMinute(meal.at)} · ${meal.canteen} · ${meal.window}`,
  }));
}

/** Who on the left, how much on the right. */
function top(who, quote, actions) {
  return make("div", { className: "top" }, make("div", {}, ...who), due(quote, actions));
}

function due(quote, actions) {
  if (!quote && !actions?.onPrice) return "";
  if (!quote) return priceButton(actions);
  return make("p", { className: "pay" }, make("span", { text: words.pay }),
    make("b", { id: "due", text: yuan(quote.dinerFen) }));
}

function priceButton({ onPrice }) {
  return make("div", {}, make("p", { className: "word", text: words.noPrice }),
    make("button", { id: "price", className: "main", text: words.setPrice, onTap: onPrice }));
}

/** Keys for a price in yuan; the field takes it as well. */
export function showPrice(priceText, { onDigit, onDone, onCancel }) {
  const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0", "⌫"];
  show("idle", make("p", { className: "word", text: `${words.priceOfMeal} ${priceText || "0"}` }),
    make("div", { className: "pad" }, ...keys.map((key) => make("button", {
      text: key, onTap: () => onDigit(key),
    }))),
    make("div", { className: "row" },
      make("button", { text: words.cancel, onTap: onCancel }),
      make("button", { id: "price-done", className: "main", text: words.enter, onTap: onDone })));
}

/** The price and who bears a part of it, or why nobody does. */
function shares(quote) {
  if (!quote) return "";
  const parts = quote.subsidies.filter((share) => share.fen > 0)
    .map((share) => `${share.name ?? share.source} ${yuan(share.fen)}`);
  const why = parts.length === 0 && quote.wording ? [quote.wording] : [];
  return make("p", {
    className: "hint", text: [`${words.list} ${yuan(quote.listFen)}`, ...parts, ...why].join(" · "),
  });
}

function buttons(title, quote, { onConfirm, onCancel }) {
  return make("div", { className: "row" },
    make("button", { id: "cancel", text: words.cancel, onTap: onCancel }),
    ...(quote ? [make("button", { id: "confirm", className: "main", text: title, onTap: onConfirm })] : []));
}

/** What was done, until the next key. */
export function showDone(name, dinerFen, { queued = false, sentence = "" } = {}) {
  show(queued ? "warn" : "good",
    make("p", { className: "word", text: `✓ ${queued ? words.queued : words.done}` }),
    top([make("p", { className: "name", text: name })], { dinerFen }),
    make("p", { className: "hint", text: sentence }));
}

/** The meal was taken before: when and where, and the choice of the full price. */
export function showServed(person, problem, fullPrice, actions) {
  show("warn", top(head(person), fullPrice),
    make("p", { className: "word", text: problem.message }), buttons(words.fullPrice, fullPrice, actions));
}
