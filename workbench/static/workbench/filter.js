// Filtering what is already on the page: [data-filter] by words, [data-filter-category] by category. Without this
// script the bar stays hidden and everything is shown.
(function () {
  "use strict";
  const bar = document.querySelector("[data-filter-bar]");
  const list = document.querySelector("[data-filter-list]");
  if (!bar || !list) return;
  const field = bar.querySelector("[data-filter]");
  const chips = Array.from(bar.querySelectorAll("[data-filter-category]"));
  const none = document.querySelector("[data-filter-none]");
  const plain = (text) => text.toLocaleLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

  function show() {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    const on = chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.filterCategory);
    let shown = 0;
    list.querySelectorAll("[data-filter-item]").forEach((item) => {
      const text = plain(item.textContent);
      // What is chosen stays in sight.
      const fits = item.querySelector("input:checked") !== null || (words.every((word) => text.includes(word)) && (!on.length || on.includes(item.dataset.category)));
      item.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    const filtered = words.length > 0 || on.length > 0;
    list.querySelectorAll("[data-filter-group]").forEach((group) => {
      group.classList.toggle("is-filtered-out", filtered && !group.querySelector("[data-filter-item]:not([hidden])"));
    });
    if (none) none.hidden = shown > 0;
  }
  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && field.value) { field.value = ""; show(); }
    // In a form, Enter would send it.
    if (event.key === "Enter" && field.form) event.preventDefault();
  });
  chips.forEach((chip) => chip.addEventListener("click", () => {
    chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    show();
  }));
  bar.hidden = false;
  if (field.value) show();
})();
