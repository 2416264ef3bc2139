// The jump dialog: type a part of a name, arrows choose, Enter goes.
(function () {
  "use strict";
  const dialog = document.getElementById("jump");
  const input = document.getElementById("jump-input");
  const none = document.getElementById("jump-none");
  if (!dialog || !input) return;
  const rows = Array.from(dialog.querySelectorAll("[role='option']"));
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  let shown = rows;
  let at = 0;

  function mark() {
    rows.forEach((row) => row.setAttribute("aria-selected", String(row === shown[at])));
    if (shown[at]) {
      input.setAttribute("aria-activedescendant", shown[at].id);
      shown[at].scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }
  function filter() {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    shown = rows.filter((row) => words.every((word) => plain(row.textContent).includes(word)));
    rows.forEach((row) => { row.hidden = !shown.includes(row); });
    none.hidden = shown.length > 0;
    at = 0;
    mark();
  }
  dialog.addEventListener("opened", () => { input.value = ""; filter(); input.focus(); });
  input.addEventListener("input", filter);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (shown.length) at = (at + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length;
      mark();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      shown[at]?.querySelector("a").click();
    }
  });
})();
