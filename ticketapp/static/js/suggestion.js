// The new-ticket form: puts the machine's proposal into the selects no hand has touched, however late it comes. What is
// being pressed does not move: what would change the page waits until the press, and the click it makes, are over. And
// while a list is open nothing is put into its select: choosing that same value would be no change, and stay the machine's.
const SUBMITTING_MS = 300; // whoever leaves the title by the button that opens the ticket needs no proposal
const CLICKING_MS = 350; // a finger's click comes a while after it was lifted, if at all
const LOOKING_MS = 100; // no event tells that a list was closed
const description = document.querySelector("[data-asks-suggestion]");

if (description) {
  const answer = document.querySelector("[data-suggestion-answer]");
  const drafting = document.querySelector("[data-drafting]");
  const proposals = [...description.form.querySelectorAll("[data-proposal]")];
  const { title } = description.form.elements;
  let asking = 0;
  let asked = null;
  let leaving;
  let isPressed = false;
  let pressing;
  const held = [];

  const isListOpen = () => CSS.supports("selector(:open)") && description.form.querySelector("select:open") !== null;
  // what came before a change and waits goes first
  const isHeld = () => isPressed || held.length > 0 || isListOpen();

  const unpress = () => {
    clearTimeout(pressing);
    pressing = undefined;
    isPressed = false;
    if (held.length && isListOpen()) unpressSoon(LOOKING_MS);
    else for (const change of held.splice(0)) change();
  };

  const unpressSoon = (milliseconds) => {
    clearTimeout(pressing);
    pressing = setTimeout(unpress, milliseconds);
  };

  const unpressed = (change) => {
    if (!isHeld()) return change();
    held.push(change);
    if (!isPressed) unpressSoon(LOOKING_MS);
  };

  const words = () => [title, description].map(({ value }) => value.trim().replace(/\s+/g, " ")).join("\n");
  const ask = () => description.dispatchEvent(new Event("ask"));

  const mark = (proposal, by) => {
    const origin = proposal.querySelector("[data-proposal-origin]");
    proposal.dataset.by = by;
    origin.textContent = origin.dataset[by];
  };

  const fill = (proposal, value) => {
    const select = proposal.querySelector("select");
    const isTouched = proposal.querySelector("[data-proposal-chosen]").value === "1";
    if (isTouched || ![...select.options].some((option) => option.value === value)) return;
    select.value = value;
    proposal.querySelector("[data-proposal-value]").value = value;
    mark(proposal, "machine");
  };

  const withdraw = (proposal) => {
    if (proposal.dataset.by !== "machine") return;
    proposal.querySelector("select").selectedIndex = 0;
    proposal.querySelector("[data-proposal-value]").value = "";
    mark(proposal, "default");
  };

  const fail = () => {
    asked = null;
    const sentence = document.createElement("p");
    sentence.className = "suggestion suggestion-failure";
    sentence.textContent = answer.dataset.failure;
    answer.replaceChildren(sentence);
    // what was proposed before was for other words, and says nothing about these
    proposals.forEach(withdraw);
  };

  const apply = () => {
    const proposed = answer.querySelector("[data-category]");
    if (!proposed) asked = null;
    for (const proposal of proposals) {
      if (proposed) fill(proposal, proposed.dataset[proposal.dataset.proposal]);
      else withdraw(proposal);
    }
  };

  const showDrafting = () => {
    drafting.hidden = asking === 0;
  };

  for (const proposal of proposals) {
    proposal.querySelector("select").addEventListener("change", (event) => {
      const isChosen = event.target.value !== "";
      proposal.querySelector("[data-proposal-chosen]").value = isChosen ? "1" : "";
      mark(proposal, isChosen ? "person" : "default");
    });
  }

  description.form.querySelector("[data-asks]")?.addEventListener("click", (event) => {
    event.preventDefault();
    // a hand may have emptied a select since
    if (proposals.some((proposal) => !proposal.querySelector("select").value)) asked = null;
    ask();
  });
  // of the form's buttons a browser would press the first, which asks for a proposal
  description.form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    event.preventDefault();
    description.form.requestSubmit();
  });
  title.addEventListener("change", () => {
    leaving = setTimeout(() => unpressed(ask), SUBMITTING_MS);
  });
  description.form.addEventListener("submit", () => {
    clearTimeout(leaving);
    held.length = 0;
  });
  // after Back the words are there again, and what was proposed or chosen for them is not; htmx begins by a timer as well
  window.addEventListener("pageshow", () => setTimeout(() => {
    if (description.value !== description.defaultValue) ask();
  }));

  description.addEventListener("htmx:config:request", (event) => {
    if (!description.value.trim() || words() === asked) event.preventDefault();
    else asked = words();
  });
  description.addEventListener("htmx:before:request", () => {
    asking += 1;
    unpressed(showDrafting);
  });
  description.addEventListener("htmx:finally:request", () => {
    asking -= 1;
    unpressed(showDrafting);
  });
  description.addEventListener("htmx:before:swap", (event) => {
    const { response, text } = event.detail.ctx;
    if (!response.raw.redirected && !isHeld()) return;
    event.preventDefault();
    unpressed(() => {
      if (response.raw.redirected) return fail();
      answer.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
      apply();
    });
  });
  description.addEventListener("htmx:after:swap", apply);
  description.addEventListener("htmx:error", () => unpressed(fail));
  description.addEventListener("htmx:response:error", () => unpressed(fail));

  document.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    clearTimeout(pressing);
    pressing = undefined;
    isPressed = true;
  });
  document.addEventListener("click", () => unpressSoon(0));
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => unpressSoon(CLICKING_MS));
  // the list of a select keeps to itself that the button was let go
  document.addEventListener("pointermove", (event) => {
    if (isPressed && !pressing && event.pointerType === "mouse" && event.buttons === 0) unpressSoon(CLICKING_MS);
  });
  document.addEventListener("keydown", unpress);
}
