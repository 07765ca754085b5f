importScripts("/shared/keep.js");

keep("counter", [
  "/counter", "/counter/counter.css", "/counter/manifest.json", "/counter/icon.svg",
  ...["answer", "api", "app", "clock", "judge", "line", "meal", "offline", "page", "queue", "session",
    "snapshot", "sound", "state", "store", "today", "words"].map((name) => `/counter/${name}.js`),
]);
