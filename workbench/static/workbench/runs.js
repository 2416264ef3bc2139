// The pages of a run: switching between two views of a text.
(function () {
  "use strict";

  // <button data-show="raw" data-show-group="leaves">, <div data-shown="raw" data-shown-group="leaves">
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-show]");
    if (!button) return;
    const group = button.dataset.showGroup;
    document.querySelectorAll(`[data-show-group="${group}"]`).forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    document.querySelectorAll(`[data-shown-group="${group}"]`).forEach((one) => { one.hidden = one.dataset.shown !== button.dataset.show; });
  });

  // A file that somebody chose before htmx was listening is read now, unless the field holds a text already.
  window.addEventListener("load", () => {
    document.querySelectorAll("input[type=file][hx-post]").forEach((input) => {
      const text = input.closest(".field")?.querySelector("textarea");
      if (input.files.length && text && !text.value) window.htmx.trigger(input, "change");
    });
  });
})();
