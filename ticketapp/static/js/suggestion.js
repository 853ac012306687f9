// The new-ticket form: puts the machine's proposal into the selects no hand has touched, however late it comes.
const SUBMITTING_MS = 300; // whoever leaves the title by the button that opens the ticket needs no proposal
const description = document.querySelector("[data-asks-suggestion]");

if (description) {
  const answer = document.querySelector("[data-suggestion-answer]");
  const drafting = document.querySelector("[data-drafting]");
  const proposals = [...description.form.querySelectorAll("[data-proposal]")];
  const { title } = description.form.elements;
  let asking = 0;
  let asked = null;
  let leaving;

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

  for (const proposal of proposals) {
    proposal.querySelector("select").addEventListener("change", () => {
      proposal.querySelector("[data-proposal-chosen]").value = "1";
      mark(proposal, "person");
    });
  }

  description.form.querySelector("[data-asks]")?.addEventListener("click", (event) => {
    event.preventDefault();
    ask();
  });
  title.addEventListener("change", () => {
    leaving = setTimeout(ask, SUBMITTING_MS);
  });
  description.form.addEventListener("submit", () => clearTimeout(leaving));
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
    drafting.hidden = false;
  });
  description.addEventListener("htmx:finally:request", () => {
    asking -= 1;
    drafting.hidden = asking === 0;
  });
  description.addEventListener("htmx:before:swap", (event) => {
    if (!event.detail.ctx.response.raw.redirected) return;
    event.preventDefault();
    fail();
  });
  description.addEventListener("htmx:after:swap", () => {
    const proposed = answer.querySelector("[data-category]");
    if (!proposed) asked = null;
    for (const proposal of proposals) {
      if (proposed) fill(proposal, proposed.dataset[proposal.dataset.proposal]);
      else withdraw(proposal);
    }
  });
  description.addEventListener("htmx:error", fail);
  description.addEventListener("htmx:response:error", fail);
}
