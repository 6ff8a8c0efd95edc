// Conveniences of the desk; every page works without them.
(function () {
  "use strict";
  document.documentElement.classList.add("desk-script");
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
})();
