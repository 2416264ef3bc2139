// Runs before the first paint: theme and width of the rail, as this person left them. Small, and the only blocking script.
(function () {
  "use strict";
  var root = document.documentElement;
  function read(key) {
    try { return window.localStorage.getItem(key); } catch (error) { return null; }
  }
  var theme = read("theme");
  if (theme !== "light" && theme !== "dark") {
    theme = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.setAttribute("data-bs-theme", theme);
  var start = root.getAttribute("data-rail-default") || "open";
  var rail = read(start === "collapsed" ? "rail-desk" : "rail");
  root.setAttribute("data-rail", rail === "open" || rail === "collapsed" ? rail : start);
})();
