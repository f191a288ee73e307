// The filter dialog: operators and inputs follow the chosen field.
"use strict";

function startFilter(form) {
  const fields = Object.fromEntries(JSON.parse(form.dataset.filter).map((f) => [f.key, f]));
  form.querySelectorAll("[data-filter-row]").forEach((row) => startFilterRow(row, fields));
  form.querySelector("[data-filter-clear]").addEventListener("click", () => {
    form.querySelectorAll("[data-filter-key]").forEach((select) => {
      select.value = "";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });
}

function startFilterRow(row, fields) {
  const key = row.querySelector("[data-filter-key]");
  const operator = row.querySelector("[data-filter-operator]");
  const values = row.querySelector("[data-filter-values]");
  const saved = [...values.querySelectorAll("[data-value]")].map((input) => input.value);
  const drawOperators = () => {
    const field = fields[key.value];
    operator.replaceChildren(...(field?.operators ?? []).map(([value, label]) => new Option(label, value)));
    operator.hidden = !field;
    if (operator.dataset.value && field?.operators.some(([value]) => value === operator.dataset.value)) {
      operator.value = operator.dataset.value;
    }
    operator.dataset.value = "";
  };
  const drawValues = (kept) => {
    const field = fields[key.value];
    const arity = field?.operators.find(([value]) => value === operator.value)?.[2] ?? "none";
    values.replaceChildren(...filterInputs(field, operator.value, arity, values.dataset.name, kept, row.dataset));
  };
  key.addEventListener("change", () => { drawOperators(); drawValues([]); });
  operator.addEventListener("change", () => drawValues([]));
  drawOperators();
  drawValues(saved);
}

function filterInputs(field, operator, arity, name, kept) {
  if (!field || arity === "none") return [];
  if (operator === "within") return [choiceInput(name, field.spans, kept, false, field.label)];
  if (field.choices.length && arity !== "two") return [choiceInput(name, field.choices, kept, arity === "many", field.label)];
  const count = arity === "two" ? 2 : 1;
  return Array.from({ length: count }, (_, i) => {
    const input = document.createElement("input");
    Object.assign(input, { type: field.input, name, className: "form-control", value: kept[i] ?? "", step: "any" });
    input.setAttribute("aria-label", field.label);
    return input;
  });
}

function choiceInput(name, choices, kept, many, label) {
  const select = document.createElement("select");
  Object.assign(select, { name, className: "form-select", multiple: many });
  if (many) select.size = Math.min(choices.length, 5);
  select.setAttribute("aria-label", label);
  select.append(...choices.map(([value, text]) => new Option(text, value, false, kept.includes(value))));
  return select;
}

document.addEventListener("htmx:load", ({ detail }) => {
  const form = detail.elt.matches?.("[data-filter]") ? detail.elt : detail.elt.querySelector?.("[data-filter]");
  if (form && !form.dataset.started) {
    form.dataset.started = "yes";
    startFilter(form);
  }
});

// The columns dialog: a column moves up one place.
document.addEventListener("click", (event) => {
  const item = event.target.closest?.("[data-up]")?.closest("li");
  item?.previousElementSibling?.before(item);
  item?.querySelector("[data-up]").focus();
});
