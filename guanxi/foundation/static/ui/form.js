// Forms: unsaved changes are guarded, drafts survive a reload, errors come into view.
"use strict";
const SECRET = "[type=password], [type=file], [type=hidden]";
const kept = (form) => [...form.elements].filter((field) => field.name && !field.matches(SECRET));
const valueOf = (field) => (field.matches("[type=checkbox], [type=radio]") ? field.checked : field.value);
const stateOf = (form) => JSON.stringify(kept(form).map(valueOf));
const firstState = new WeakMap();
const draftKey = (form) => `draft:${location.pathname}:${form.dataset.draft}`;
const isChanged = (form) => firstState.has(form) && firstState.get(form) !== stateOf(form);
let leaving = false;

document.addEventListener("htmx:load", ({ detail }) => {
  $$("form[data-guard]", detail.elt.parentElement ?? document).filter((form) => !firstState.has(form)).forEach(openForm);
  $("[data-focus]", detail.elt)?.focus();
});

function openForm(form) {
  firstState.set(form, stateOf(form));
  const draft = form.dataset.draft && sessionStorage.getItem(draftKey(form));
  if (draft && !$("[data-focus]", form) && draft !== stateOf(form)) restore(form, JSON.parse(draft));
}

function restore(form, values) {
  if (values.length !== kept(form).length) return;
  kept(form).forEach((field, i) => {
    if (typeof values[i] === "boolean") field.checked = values[i];
    else field.value = values[i];
  });
  $("[data-restored]", form)?.toggleAttribute("hidden", false);
}

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (form?.dataset.draft) sessionStorage.setItem(draftKey(form), stateOf(form));
});
// A file above the limit is refused before it is sent; any other is named where it was dropped.
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[type=file]")) return;
  const { mostBytes, tooLarge } = target.dataset;
  const isLarge = mostBytes && [...target.files].some((file) => file.size > Number(mostBytes));
  target.setCustomValidity(isLarge ? tooLarge : "");
  target.reportValidity();
  if (isLarge) target.value = "";
  const told = $("[data-chosen]", target.parentElement);
  told.dataset.empty ??= told.textContent;
  told.textContent = [...target.files].map((file) => file.name).join(", ") || told.dataset.empty;
});
document.addEventListener("submit", ({ target }) => {
  leaving = true;
  firstState.delete(target);
  if (target.dataset.draft) sessionStorage.setItem("sent", draftKey(target));
});
document.addEventListener("click", ({ target }) => {
  if (!target.closest?.("[data-discard]")) return;
  const form = target.closest("form");
  sessionStorage.removeItem(draftKey(form));
  form.reset();
  $("[data-restored]", form).hidden = true;
});
addEventListener("beforeunload", (event) => {
  if (!leaving && $$("form[data-guard]").some(isChanged)) event.preventDefault();
});

// A dialog with unsaved changes asks before it closes.
document.addEventListener("cancel", async (event) => {
  const dialog = event.target;
  const form = $$("form[data-guard]", dialog).find(isChanged);
  if (!form) return;
  event.preventDefault();
  if (await confirmed(form.dataset.guard, form.dataset.leave)) dialog.close();
}, true);

// A draft that was sent is dropped once its form is not shown again with errors.
const sent = sessionStorage.getItem("sent");
if (sent && !$("[data-focus]")) sessionStorage.removeItem(sent);
sessionStorage.removeItem("sent");
