// Passkeys: offered only where the browser knows them; what goes wrong is said on the page.
"use strict";
const passkeys = document.querySelectorAll("[data-passkey]");
if (window.PublicKeyCredential) passkeys.forEach((part) => { part.hidden = false; });

document.addEventListener("allauth.error", (event) => {
  const told = document.querySelector("[data-passkey-failed]");
  if (!told) return;
  event.preventDefault();
  told.hidden = false;
  told.focus();
});
