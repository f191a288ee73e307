// The keyboard. Off while an input method composes, while typing, and with data-keys="off".
"use strict";
const follow = (selector, root = document) => root && $(selector, root)?.click();
let going = false;

const plain = {
  "?": () => $("#keys")?.showModal(),
  "/": () => ($("#search")?.offsetParent ? $("#search").focus() : openPalette()),
  j: () => moveRow(1),
  k: () => moveRow(-1),
  x: () => follow("[name=pk]", rowNow()),
  o: () => follow("a", rowNow()),
  e: () => follow('main [data-key="edit"]'),
  c: () => ($('main [data-key="create"]') ?? $('[popovertarget="create-menu"]'))?.click(),
  Escape: () => $$(".ui-crumbs a").at(-1)?.click(),
  g: () => { going = true; setTimeout(() => { going = false; }, 1500); },
};

const ROWS = "[data-rows] tbody tr, [data-row]";
const rowNow = () => document.activeElement.closest(ROWS); // null outside a list

function moveRow(step) {
  const rows = $$(ROWS);
  const at = rows.indexOf(rowNow());
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1);
  if (rows.length) $("a", rows[next])?.focus();
}

const isTyping = (element) =>
  element.isContentEditable || (element.matches("input, textarea, select") && !element.matches("[type=checkbox], [type=radio], [type=button]"));

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || document.body.dataset.keys === "off") return;
  if (event.ctrlKey || event.metaKey) return withControl(event);
  if (event.altKey || isTyping(event.target) || $("dialog[open], .ui-menu:popover-open")) return undefined;
  const act = going ? () => { going = false; follow(`[data-go="${CSS.escape(event.key)}"]`); } : plain[event.key];
  if (!act) return undefined;
  event.preventDefault();
  return act();
});

function withControl(event) {
  // Where nothing is in focus, the page's own form is meant.
  const form = event.key === "Enter" && (event.target.closest("form") ?? $('main .ui-form-foot > [data-key="save"]')?.form);
  if (event.key.toLowerCase() === "k") openPalette();
  else if (form) form.requestSubmit($('[data-key="save"]', form));
  else return;
  event.preventDefault();
}

// Escape leaves a search box; dialogs and menus close by themselves.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing && event.target.matches?.("#search, #find")) event.target.blur();
});
