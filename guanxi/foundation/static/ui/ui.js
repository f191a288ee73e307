// Menus, dialogs, toasts, theme, search boxes and charts. No inline code, no HTML built from text.
"use strict";
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const html = document.documentElement;
const remember = (name, value) => {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
};

/* ---- What a click means ------------------------------------------------------------ */

const clicks = {
  "[data-dialog]": (link) => htmx.ajax("GET", link.href, { target: "#dialog", swap: "innerHTML" }),
  "[data-show]": (button) => $(`#${button.dataset.show}`).showModal(),
  "[data-palette]": () => openPalette(),
  "dialog [data-close]": (button) => {
    const dialog = button.closest("dialog");
    if (dialog.dispatchEvent(new Event("cancel", { cancelable: true }))) dialog.close();
  },
  "[data-dismiss]": (button) => button.closest("[data-toast]").remove(),
  "[data-set-theme]": (button) => setTheme(button.dataset.setTheme),
  "[data-fold]": () => fold(),
  "[data-drawer]": (button) => drawer(button.getAttribute("aria-expanded") !== "true"),
  "[data-copy-from]": (button) => navigator.clipboard.writeText($(button.dataset.copyFrom).value).then(() => toast(words().copied)),
  "[data-copy]": (button) => navigator.clipboard.writeText(button.dataset.copy).then(() => toast(words().copied)),
};

// While capturing, so that a boosted link is not followed as well.
document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
  for (const [selector, act] of Object.entries(clicks)) {
    const element = event.target.closest(selector);
    if (!element) continue;
    event.preventDefault();
    event.stopPropagation();
    element.closest(".ui-menu")?.hidePopover();
    act(element);
    return;
  }
  if (!event.target.closest(".ui-side")) drawer(false);
  if (event.target.matches("dialog")) event.target.close();
}, true);

function setTheme(theme) {
  if (theme === "system") delete html.dataset.bsTheme;
  else html.dataset.bsTheme = theme;
  remember("theme", theme);
  $$("[data-set-theme]").forEach((b) => b.setAttribute("aria-checked", b.dataset.setTheme === theme));
  document.dispatchEvent(new Event("ui:theme"));
}

function fold() {
  const narrow = html.dataset.nav !== "narrow";
  if (narrow) html.dataset.nav = "narrow";
  else delete html.dataset.nav;
  remember("nav", narrow ? "narrow" : "wide");
}

function drawer(open) {
  html.toggleAttribute("data-drawer-open", open);
  $("[data-drawer]")?.setAttribute("aria-expanded", open);
}

/* ---- Menus: the browser opens and closes them, this places them and moves inside ---- */

document.addEventListener("toggle", ({ target, newState }) => {
  if (!target.matches?.(".ui-menu")) return;
  const opener = $(`[popovertarget="${target.id}"]`);
  opener.setAttribute("aria-expanded", newState === "open");
  if (newState !== "open") return;
  const box = opener.getBoundingClientRect();
  const left = Math.min(box.right, innerWidth - 8) - target.offsetWidth;
  const below = box.bottom + 4 + target.offsetHeight < innerHeight;
  target.style.left = `${Math.max(left, 8)}px`;
  target.style.top = `${below ? box.bottom + 4 : Math.max(box.top - 4 - target.offsetHeight, 8)}px`;
  menuItems(target)[0]?.focus();
}, true);

const menuItems = (menu) => $$('[role^="menuitem"]', menu).filter((item) => item.offsetParent);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".ui-menu");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!menu || !step) return;
  event.preventDefault();
  const items = menuItems(menu);
  const at = items.indexOf(document.activeElement);
  items[(at + step + items.length) % items.length].focus();
});

/* ---- Search boxes: arrows move in the list, Enter follows --------------------------- */

// An input method's unfinished syllables are no question yet.
document.addEventListener("input", (event) => {
  if (event.isComposing && event.target.matches("[type=search]")) event.stopPropagation();
  else if (event.target.dataset.combo) filterCombo(event.target);
}, true);
document.addEventListener("compositionend", ({ target }) => {
  if (target.matches("[type=search]")) target.dispatchEvent(new Event("input", { bubbles: true }));
});

const comboOptions = (box) =>
  $$('[role="option"]:not([aria-disabled])', $(`#${box.dataset.combo}`)).filter((option) => !option.hidden);

function filterCombo(box) {
  const asked = box.value.trim().toLowerCase();
  $$("[data-word]", $(`#${box.dataset.combo}`)).forEach((option) => {
    option.hidden = !option.textContent.toLowerCase().includes(asked);
  });
  if (!asked) $(box.getAttribute("hx-target"))?.replaceChildren();
  markOption(box, box.closest("dialog") ? comboOptions(box)[0] : null);
}

function markOption(box, option) {
  $$('[aria-selected="true"]', $(`#${box.dataset.combo}`)).forEach((old) => old.removeAttribute("aria-selected"));
  if (!option) return box.removeAttribute("aria-activedescendant");
  option.id ||= `option-${comboOptions(box).indexOf(option)}-${box.dataset.combo}`;
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", option.id);
}

document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (!box.dataset?.combo || event.isComposing || event.keyCode === 229) return;
  const options = comboOptions(box);
  const marked = options.findIndex((option) => option.getAttribute("aria-selected"));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && options.length) {
    event.preventDefault();
    markOption(box, options[(marked + step + options.length) % options.length]);
  } else if (event.key === "Enter" && (marked >= 0 || box.closest("dialog"))) {
    event.preventDefault();
    options[Math.max(marked, 0)]?.click();
  }
});

function openPalette() {
  const palette = $("#palette");
  if (!palette || palette.open) return;
  const box = $("input", palette);
  box.value = "";
  palette.showModal();
  filterCombo(box);
}

/* ---- Toasts and confirmation -------------------------------------------------------- */

const words = () => $("#toasts").dataset;

function toast(text, tone = "info", undo = "") {
  const note = $("#toast").content.firstElementChild.cloneNode(true);
  note.classList.replace("ui-toast-info", `ui-toast-${tone}`);
  $(".ui-toast-text", note).textContent = text;
  const form = $("form", note);
  if (undo) form.action = undo;
  else form.remove();
  $("#toasts").append(note);
  fade(note);
}

function fade(note) {
  if (note.matches(".ui-toast-error")) return;
  setTimeout(() => (note.matches(":hover, :focus-within") ? fade(note) : note.remove()), 8000);
}

/** Ask before what cannot be undone; resolves to whether to go on. `text` names what is lost. */
function confirmed(text, verb) {
  const dialog = $("#confirm");
  $("#confirm-text").textContent = text;
  $("[data-verb]", dialog).textContent = verb;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

const sure = new WeakSet();
document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  const asks = submitter?.dataset.confirm ? submitter : form;
  if (submitter?.matches("[data-leave]")) sessionStorage.clear();
  if (!asks.dataset.confirm || sure.delete(form)) return;
  event.preventDefault();
  event.stopPropagation();
  const text = asks.dataset.confirm.replace("{n}", $$("[name=pk]:checked", form).length);
  if (!(await confirmed(text, submitter?.textContent.trim() ?? ""))) return;
  sure.add(form);
  form.requestSubmit(submitter);
}, true);

/* ---- htmx --------------------------------------------------------------------------- */

const shownDialog = () => $("#dialog");
const parsed = (xhr) => new DOMParser().parseFromString(xhr.responseText, "text/html");

// A form in a dialog that ends in a redirect ends the dialog: go where the server says.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, pathInfo } = event.detail;
  const asked = new URL(pathInfo.requestPath, location.href).pathname;
  if (target !== shownDialog() || new URL(xhr.responseURL).pathname === asked) return;
  event.detail.shouldSwap = false;
  keepToasts(parsed(xhr));
  location.assign(xhr.responseURL);
});

// What the page that is left would have told is told by the next one.
function keepToasts(page) {
  const told = $$("#toasts [data-toast]", page).map((note) => [
    $(".ui-toast-text", note).textContent, note.dataset.toast, $("form", note)?.getAttribute("action")]);
  sessionStorage.setItem("toasts", JSON.stringify(told));
}

// The keyboard begins where something is to be filled in, not at the cross.
function openDialog(dialog) {
  dialog.showModal();
  $(".ui-dialog-body :is(input:not([type=hidden], [type=radio]:not(:checked)), select, textarea)", dialog)?.focus();
}

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const dialog = shownDialog();
  if (detail.target === dialog && !dialog.open) openDialog(dialog);
  else if (dialog?.open && dialog.contains(detail.elt) === false && detail.target.id === "table") dialog.close();
});
document.addEventListener("htmx:responseError", ({ detail }) => {
  // A refusal says itself why; what else fails is told in general words.
  const said = $("[role=alert] p", parsed(detail.xhr))?.textContent;
  toast(said ?? words()[detail.xhr.status] ?? words().error, "error");
});
document.addEventListener("htmx:sendError", () => toast(words().offline, "error"));
document.addEventListener("toast", ({ detail }) => toast(detail.text, detail.tone, detail.undo_url));
document.addEventListener("close-dialog", () => shownDialog().close());

/* ---- Charts: their scripts are fetched only where a chart is ------------------------ */

let chartScripts;
function drawCharts(root) {
  if (!$("[data-chart]", root)) return;
  chartScripts ??= document.body.dataset.chartScripts.split(" ").reduce(
    (before, source) => before.then(() => script(source)), Promise.resolve());
  chartScripts.then(() => $$("[data-chart]", root).forEach((canvas) => drawChart(canvas)));
}

const script = (source) => new Promise((done, failed) => {
  document.head.append(Object.assign(document.createElement("script"), { src: source, onload: done, onerror: failed }));
});

document.addEventListener("htmx:load", ({ detail }) => drawCharts(detail.elt));
$$("#toasts [data-toast]").forEach(fade);
JSON.parse(sessionStorage.getItem("toasts") ?? "[]").forEach((told) => toast(...told));
sessionStorage.removeItem("toasts");
$$('.ui-tabs [aria-current]').forEach((tab) => tab.parentElement.scrollTo({ left: tab.offsetLeft - 64 }));
