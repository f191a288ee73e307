// The board of opportunities: a card is moved by its own form, dragged or chosen.
"use strict";
(() => {
  let dragged = null;
  const column = (event) => event.target.closest?.("[data-stage]");

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-card]");
    if (dragged) {
      event.dataTransfer.effectAllowed = "move";
      dragged.classList.add("board-dragged");
    }
  });
  document.addEventListener("dragover", (event) => {
    if (dragged && column(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const to = column(event);
    const form = dragged?.querySelector("[data-move]");
    if (!to || !form) return;
    event.preventDefault();
    const choice = form.elements.stage;
    if (choice.value === to.dataset.stage) return;
    choice.value = to.dataset.stage;
    form.requestSubmit();
  });
  document.addEventListener("dragend", () => {
    dragged?.classList.remove("board-dragged");
    dragged = null;
  });
})();
