import { fillRule, ruleParts } from "./text.js";
import { element } from "./render.js";
import { renderCard } from "./card.js";

const keys = { "data-lm-suppress-shortcuts": "true", spellcheck: "false", size: "10" };

// One line: the rule with a box for each variable, its endpoint, and Try.
function ruleLine(rule, attempt) {
  const parts = ruleParts(rule.rule);
  const boxes = new Map();
  const shown = parts.map((part) => {
    if (part.text !== undefined) return part.text;
    const box = element("input", {
      ...keys,
      type: "text",
      placeholder: part.name,
      "aria-label": `${part.name} of ${rule.rule}`,
      value: part.example,
    });
    boxes.set(part.name, box);
    return box;
  });
  const problem = element("span", { class: "wb-card-error", role: "alert" });
  const form = element(
    "form",
    { class: "wb-card-rule" },
    element("span", { class: "wb-card-method" }, rule.methods.join(", ")),
    element("span", { class: "wb-card-url" }, ...shown),
    element("span", { class: "wb-card-note" }, `→ ${rule.endpoint}`),
  );
  if (rule.can_try)
    form.append(
      element(
        "button",
        {
          class: "wb-card-button",
          type: "submit",
          title: `Send ${rule.methods[0]} ${rule.rule}`,
        },
        "Try",
      ),
      problem,
    );
  form.addEventListener("keydown", (event) => event.stopPropagation());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = Object.fromEntries(
      [...boxes].map(([name, box]) => [name, box.value]),
    );
    const empty = [...boxes].find(([, box]) => !box.value);
    problem.textContent = empty ? `${empty[0]} is empty.` : "";
    if (empty) empty[1].focus();
    else
      attempt({
        method: rule.methods[0],
        url: fillRule(parts, values),
        headers: [],
        body: null,
      });
  });
  return form;
}

function render({ model, el }) {
  const lines = element("div", { class: "wb-card-rules" });
  const card = element("div", {});
  const attempt = (rule, request) => {
    try {
      model.send({ type: "send", rule, request });
    } catch {
      lines.append(
        element(
          "p",
          { class: "wb-card-error", role: "alert" },
          "The kernel is gone: run the cell again.",
        ),
      );
    }
  };
  const showRules = () => {
    lines.replaceChildren(
      ...model
        .get("rules")
        .map((rule, index) => ruleLine(rule, (request) => attempt(index, request))),
    );
    if (model.get("more"))
      lines.append(element("p", { class: "wb-card-note" }, model.get("more")));
  };
  showRules();
  model.on("change:rules change:more", showRules);
  const close = element(
    "button",
    { class: "wb-card-button", type: "button", "aria-label": "Close the card" },
    "Close",
  );
  const showCard = () => {
    close.hidden = !model.get("state")?.hops;
  };
  close.addEventListener("click", () => {
    card.hidden = true;
    close.hidden = true;
  });
  model.on("change:state", () => {
    card.hidden = false;
    showCard();
  });
  el.classList.add("wb-card-announced");
  el.replaceChildren(lines, card, close);
  renderCard({ model, el: card });
  showCard();
}

export default { render };
