// Conveniences of the desk; every page works without them.
(function () {
  "use strict";
  document.documentElement.classList.add("desk-script");
  pictures();
  const form = document.querySelector("[data-desk-act]");
  if (!form) return;

  // A phrase goes into the opinion, where it can be written on.
  const opinion = form.querySelector("[name=opinion]");
  form.querySelectorAll("[name=phrase]").forEach(function (phrase) {
    phrase.addEventListener("change", function () {
      if (opinion) { opinion.value = phrase.value; opinion.focus(); }
    });
  });

  // How many households the button signs: those with a verdict that is not 暂缓.
  const shown = form.querySelector("[data-desk-count]");
  function count() {
    const said = form.querySelectorAll(".desk-verdict input:checked:not([value=hold])");
    if (shown) shown.textContent = said.length;
  }
  form.addEventListener("change", count);
  count();

  // One verdict for every row, without the way to the server and back; the exceptions are set after it.
  form.querySelectorAll(".desk-fill button[value^='fill:']").forEach(function (button) {
    button.addEventListener("click", function (event) {
      event.preventDefault();
      const verdict = button.value.slice("fill:".length);
      form.querySelectorAll("fieldset.desk-verdicts input[type=radio][value=" + verdict + "]").forEach(function (one) {
        one.checked = true;
      });
      form.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });

  // The bar on a phone opens at the present step.
  const now = document.querySelector(".desk-bar--now");
  if (now) now.parentNode.scrollLeft = now.offsetLeft - now.parentNode.offsetLeft - 16;

  // Pictures are opened on a page beside this one; back here they show in their places, and what is typed stays.
  function pictures() {
    const asked = new Set();
    document.querySelectorAll(".desk-picture").forEach(function (button) {
      button.addEventListener("click", function () { asked.add(button); });
    });
    document.querySelectorAll("[data-desk-opener]").forEach(function (opener) {
      opener.addEventListener("submit", function () {
        opener.querySelectorAll("[name=file]").forEach(function (file) {
          document.querySelectorAll(".desk-picture[data-file='" + file.value + "']").forEach(function (button) {
            asked.add(button);
          });
        });
      });
    });
    function show(button) {
      const link = document.createElement("a"), picture = document.createElement("img");
      link.href = button.formAction;
      link.target = "_blank";
      picture.alt = button.textContent;
      picture.width = 120;
      picture.height = 90;
      // One that was not opened after all answers with a page: its button stays.
      picture.addEventListener("load", function () {
        if (asked.delete(button)) button.replaceWith(link);
        document.querySelectorAll("[data-desk-opener]").forEach(function (opener) {
          opener.hidden = !Array.from(opener.querySelectorAll("[name=file]")).some(function (file) {
            return document.querySelector(".desk-picture[data-file='" + file.value + "']");
          });
        });
      });
      link.append(picture);
      picture.src = button.formAction;
    }
    function back() {
      if (!document.hidden) asked.forEach(show);
    }
    window.addEventListener("focus", back);
    document.addEventListener("visibilitychange", back);
  }
})();
