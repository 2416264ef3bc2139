// The page of an exercise: a button inserts the mark of a material where the cursor stands in the field.
(function () {
  "use strict";

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-insert]") : null;
    const field = button && document.getElementById(button.getAttribute("data-insert-into"));
    if (!field || field.disabled) return;
    const mark = `{${button.getAttribute("data-insert")}}`;
    if (!field.value.includes(mark)) {
      const blank = field.selectionStart > 0 && !/\s$/.test(field.value.slice(0, field.selectionStart)) ? " " : "";
      field.setRangeText(blank + mark, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    field.focus();
  });
})();
