// The board by keyboard: arrows move between its cards, Home and End within a column; from the filter, the arrow down
// goes to the first card that fits and Enter opens it.
(function () {
  "use strict";
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const field = document.querySelector("[data-filter]");
  const shown = (column) => Array.from(column.querySelectorAll("[data-filter-item]:not([hidden]) .tile-title"));
  const columns = () => Array.from(board.querySelectorAll("[data-filter-group]")).map(shown).filter((links) => links.length);
  const first = () => (columns()[0] || [])[0];

  function go(link) {
    if (!link) return;
    link.focus();
    link.closest("[data-filter-item]").scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  board.addEventListener("focus", () => go(first()));
  board.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches(".tile-title")) return;
    const all = columns();
    const x = all.findIndex((links) => links.includes(event.target));
    const y = all[x].indexOf(event.target);
    const beside = (links) => links && links[Math.min(y, links.length - 1)];
    const to = {
      ArrowDown: all[x][y + 1], ArrowUp: all[x][y - 1], ArrowRight: beside(all[x + 1]), ArrowLeft: beside(all[x - 1]),
      Home: all[x][0], End: all[x][all[x].length - 1],
    };
    if (!(event.key in to)) return;
    event.preventDefault();
    go(to[event.key]);
  });
  field?.addEventListener("keydown", (event) => {
    if (event.isComposing || !["ArrowDown", "Enter"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Enter" && field.value) first()?.click(); else go(first());
  });
})();
