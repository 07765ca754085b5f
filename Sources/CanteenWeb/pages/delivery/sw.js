importScripts("/shared/keep.js");

keep("delivery", [
  "/delivery", "/delivery/delivery.css", "/delivery/app.js", "/delivery/receipts.js", "/counter/icon.svg",
  ...["api", "clock", "page", "store"].map((name) => `/counter/${name}.js`),
]);
