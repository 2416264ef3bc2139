// Forms: a count of characters, files by drop, submit on change, no accidental second sending, and nothing lost over a log-in.
(function () {
  "use strict";

  // <output data-count-for="id_notes" data-count-text="{n} of {max} characters" data-count-max="8000">
  function count(output) {
    const field = document.getElementById(output.getAttribute("data-count-for"));
    if (!field) return;
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const max = Number(output.getAttribute("data-count-max") || field.maxLength);
    const length = Array.from(field.value).length;
    output.textContent = output.getAttribute("data-count-text").replace("{n}", number.format(length)).replace("{max}", number.format(max));
    output.classList.toggle("bad-text", max > 0 && length > max);
  }
  const countAll = () => document.querySelectorAll("[data-count-for]").forEach(count);
  document.addEventListener("input", (event) => {
    if (event.target.id) document.querySelectorAll(`[data-count-for="${CSS.escape(event.target.id)}"]`).forEach(count);
  });
  countAll();
  document.addEventListener("htmx:afterSwap", countAll);

  // <div class="drop" data-drop><input type="file"></div>: a dropped file goes into the field, as if it were chosen.
  const zone = (event) => (event.target instanceof Element ? event.target.closest("[data-drop]") : null);
  document.addEventListener("dragover", (event) => {
    const area = zone(event);
    if (!area || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    area.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => {
    const area = zone(event);
    if (area && !area.contains(event.relatedTarget)) area.classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    const area = zone(event);
    if (!area) return;
    event.preventDefault();
    area.classList.remove("is-over");
    const input = area.querySelector("input[type='file']");
    if (!input || !event.dataTransfer.files.length) return;
    const first = new DataTransfer();
    first.items.add(event.dataTransfer.files[0]);
    input.files = first.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // <select data-submit> sends its form when changed (filters).
  document.addEventListener("change", (event) => {
    if (event.target instanceof Element && event.target.matches("[data-submit]")) event.target.form?.requestSubmit();
  });

  // A plain form is sent once; coming back to the page opens it again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get" || form.method === "dialog") return;
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    freshen();
    if (form.matches("form[data-send]")) remember(false);
    form.setAttribute("data-sent", "");
    setTimeout(() => form.removeAttribute("data-sent"), 4000);
  });
  // <form data-download="#list">: the answer is a file; the list tells how far it is.
  document.addEventListener("submit", (event) => {
    const list = event.target.getAttribute("data-download");
    if (list) setTimeout(() => window.htmx.ajax("GET", location.pathname, { target: list, swap: "outerHTML" }), 700);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => form.removeAttribute("data-sent")));

  // A log-in in another tab gives the browser another token; a page that stood open sends the one of now.
  function freshen() {
    const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
    if (token) document.querySelectorAll("input[name='csrfmiddlewaretoken']").forEach((field) => { field.value = token; });
    return token;
  }
  document.addEventListener("htmx:configRequest", (event) => {
    const token = freshen();
    if (!token) return;
    event.detail.headers["X-CSRFToken"] = token;
    if (event.detail.parameters.csrfmiddlewaretoken) event.detail.parameters.csrfmiddlewaretoken = token;
  });

  // What stands in <form data-send> is remembered in this tab when it is sent. Where that led to the log-in, it is put back behind it, for
  // the same person; otherwise it is forgotten on the next page. <input type="hidden" data-typed> belongs to what was typed.
  const TYPED = "typed";
  const addressOf = (form) => new URL(form.getAttribute("action") || "", location.href).pathname;
  const sendable = () => Array.from(document.querySelectorAll("form[data-send]"));
  const typedIn = (form) => Array.from(form.elements).filter((field) => field.name && !field.disabled && field.matches("textarea, select, input")
    && !field.matches("[type='hidden']:not([data-typed]), [type='file'], [type='password'], [type='submit'], [type='button']"));
  const valuesOf = (field) => (field.type === "checkbox" || field.type === "radio"
    ? (field.checked ? [field.value] : [])
    : field.type === "select-multiple" ? Array.from(field.selectedOptions, (option) => option.value) : [field.value]);

  function standsIn(form) {
    const fields = {};
    typedIn(form).forEach((field) => { (fields[field.name] ||= []).push(...valuesOf(field)); });
    return fields;
  }
  function remember(signedOut) {
    const person = document.body.getAttribute("data-person");
    if (!person) return;
    const forms = sendable().map((form) => ({ address: addressOf(form), fields: standsIn(form) }));
    try { sessionStorage.setItem(TYPED, JSON.stringify({ person, signedOut, forms })); } catch { /* too large, or a private window */ }
  }
  function putBack(form, fields) {
    const before = JSON.stringify(standsIn(form));
    Object.entries(fields).forEach(([name, values]) => {
      const named = () => typedIn(form).filter((field) => field.name === name);
      const more = named()[0]?.closest("[data-lines]")?.querySelector("[data-line-add]");
      while (more && named().length < values.length) more.click();
      named().forEach((field, index) => {
        if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
        else if (field.type === "select-multiple") Array.from(field.options).forEach((option) => { option.selected = values.includes(option.value); });
        else field.value = values[index] ?? "";
      });
    });
    if (JSON.stringify(standsIn(form)) === before) return;
    const spot = form.closest(".cols") || form;
    spot.before(document.getElementById("tpl-put-back").content.firstElementChild.cloneNode(true));
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
  window.addEventListener("load", () => {
    let typed = null;
    try { typed = JSON.parse(sessionStorage.getItem(TYPED)); } catch { /* nothing remembered */ }
    if (!typed) return;
    if (document.querySelector("form[data-log-in]")) {
      sessionStorage.setItem(TYPED, JSON.stringify({ ...typed, signedOut: true }));
      return;
    }
    const person = document.body.getAttribute("data-person");
    if (!person) return; // a second factor, say
    const left = sendable();
    const found = typed.forms.map((one) => {
      const at = left.findIndex((form) => addressOf(form) === one.address);
      return at < 0 ? null : [left.splice(at, 1)[0], one.fields];
    }).filter(Boolean);
    if (typed.signedOut && typed.person === person && !found.length) return; // not here: its page is still to come
    sessionStorage.removeItem(TYPED);
    if (typed.signedOut && typed.person === person) found.forEach(([form, fields]) => putBack(form, fields));
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("[data-sign-in]");
    if (!link) return;
    remember(true);
    link.search = new URLSearchParams({ next: location.pathname + location.search });
  });

  // <form data-warn-unsaved>: whoever leaves with changes that were not sent is asked first.
  const changed = (form) => Array.from(form.elements).some((field) => field.type === "checkbox" || field.type === "radio"
    ? field.checked !== field.defaultChecked
    : field.type === "select-one"
      ? Array.from(field.options).some((option) => option.selected !== option.defaultSelected && (option.defaultSelected || option.value))
      : "defaultValue" in field && field.value !== field.defaultValue);
  window.addEventListener("beforeunload", (event) => {
    const open = Array.from(document.querySelectorAll("form[data-warn-unsaved]:not([data-sent])"));
    if (open.some(changed)) event.preventDefault();
  });

  // <a data-print>: the browser's print dialog.
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-print]")) window.print();
    const copier = event.target instanceof Element && event.target.closest("[data-copy]");
    if (copier) {
      const source = document.getElementById(copier.getAttribute("data-copy"));
      navigator.clipboard?.writeText(source.value ?? source.textContent).then(() => {
        if (copier.dataset.copied) window.workbench.say(copier.dataset.copied);
      });
    }
  });
})();
