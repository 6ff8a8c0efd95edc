// Asks the browser for a passkey, or to make one, and sends its answer with the form. Without script, or where the
// browser knows of no passkeys, the button stays hidden and the code from the phone does.
(function () {
  "use strict";
  const button = document.querySelector("[data-passkey]");
  const told = document.getElementById("passkey-data");
  if (!button || !told || !window.webauthnJSON || !webauthnJSON.supported()) return;
  const said = document.querySelector("[data-passkey-said]");
  const field = document.querySelector("[name='" + button.dataset.passkey + "']");
  button.hidden = false;
  document.querySelectorAll("[data-passkey-with]").forEach(function (one) { one.hidden = false; });
  button.addEventListener("click", function (event) {
    event.preventDefault();
    const asked = JSON.parse(told.textContent);
    const made = button.hasAttribute("data-passkey-make") ? webauthnJSON.create(asked) : webauthnJSON.get(asked);
    made.then(function (answer) {
      field.value = JSON.stringify(answer);
      HTMLFormElement.prototype.submit.call(field.form);
    }).catch(function () {
      if (said) { said.hidden = false; }
    });
  });
})();
