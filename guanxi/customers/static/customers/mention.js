// Notes: after “@” the colleagues are offered who may read a note on this customer.
"use strict";
const CALLED = /@([^\s@]{0,30})$/;
const callOf = (field) => CALLED.exec(field.value.slice(0, field.selectionStart));

document.addEventListener("input", async ({ target }) => {
  const url = target.form?.dataset.mentions;
  if (!url || !target.matches("textarea")) return;
  const box = $(".cu-mentions", target.form) ?? newBox(target);
  const call = callOf(target);
  box.hidden = true;
  if (!call) return;
  const answer = await fetch(`${url}?q=${encodeURIComponent(call[1])}`, { headers: { "HX-Request": "true" } });
  // Meanwhile something else may have been typed.
  if (!answer.ok || callOf(target)?.[1] !== call[1]) return;
  box.innerHTML = await answer.text();
  box.hidden = !$("button", box);
});

function newBox(field) {
  const box = document.createElement("div");
  box.className = "cu-mentions";
  field.after(box);
  return box;
}

document.addEventListener("click", ({ target }) => {
  const chosen = target.closest?.("[data-mention]");
  if (!chosen) return;
  const field = $("textarea", chosen.closest("form"));
  const end = field.selectionStart;
  const start = end - callOf(field)[0].length;
  field.setRangeText(`@${chosen.dataset.mention} `, start, end, "end");
  chosen.parentElement.hidden = true;
  field.focus();
});
document.addEventListener("keydown", (event) => {
  const box = event.target.form && $(".cu-mentions:not([hidden])", event.target.form);
  if (!box) return;
  const buttons = [...box.children];
  const at = buttons.indexOf(event.target);
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) (buttons[at + steps[event.key]] ?? $("textarea", event.target.form)).focus();
  else if (event.key === "Escape") box.hidden = true;
  else return;
  event.preventDefault();
});
