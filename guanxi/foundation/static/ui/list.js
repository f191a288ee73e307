// Lists: picking rows (with shift for a range), the bar of what can be done with them.
"use strict";
const picks = (form) => $$("[name=pk]", form);
let lastPick;

document.addEventListener("click", (event) => {
  const box = event.target;
  const form = box.closest?.("[data-rows]");
  if (!form) return;
  if (box.matches("[name=pk]")) pickRange(picks(form), box, event.shiftKey);
  else if (box.matches("[data-all]")) picks(form).forEach((pick) => { pick.checked = box.checked; });
  else if (box.matches("[data-none]")) picks(form).forEach((pick) => { pick.checked = false; });
  else return;
  tellPicks(form);
});

function pickRange(boxes, box, withShift) {
  const [from, to] = [boxes.indexOf(lastPick), boxes.indexOf(box)].sort((a, b) => a - b);
  if (withShift && from >= 0) boxes.slice(from, to + 1).forEach((pick) => { pick.checked = box.checked; });
  lastPick = box;
}

function tellPicks(form) {
  const boxes = picks(form);
  const count = boxes.filter((pick) => pick.checked).length;
  const bar = $(".ui-bulk", form);
  if (!bar) return;
  const told = $("output", bar);
  bar.hidden = !count;
  told.textContent = told.dataset.text.replace("{n}", count);
  const all = $("[data-all]", form);
  all.checked = count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
}

// The box above the list follows the list, unless somebody is typing in it.
document.addEventListener("htmx:load", ({ detail }) => {
  const table = detail.elt.closest?.("#table") ?? $("#table", detail.elt);
  const box = $("#find");
  if (table && box && box !== document.activeElement) box.value = table.dataset.query;
  $$("[data-rows]", detail.elt.parentElement ?? document).forEach(tellPicks);
});
