# Everything one does with this project, by name. `make` lists it.

PORT ?= 8000
DATA ?= data
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run mail demo env test soak drill bench ci lint format types contracts clean

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.run-ready ## start the system on its own: make run PORT=8123 DATA=some/folder
	@exec $(BIN)/python -m worker.embedded --port $(PORT) --data "$(DATA)"

mail: $(VENV)/.run-ready ## send a sample mail to the system `make run` started
	@exec $(BIN)/python -m worker.sample_mail --data "$(DATA)"

demo: $(VENV)/.run-ready ## fill in a few weeks of believable tickets
	@DATA_DIR="$(DATA)" exec $(BIN)/flask --app wsgi demo

env: ## write .env for docker-compose, with new secrets: make env, or make env TRIAL=1
	@sh docker/write-env $(if $(TRIAL),trial)

test: $(VENV)/.test-ready ## run every test against private servers: make test ARGS="-k search"
	@$(BIN)/python -m tests.setup
	@exec $(BIN)/python -m pytest -n 2 --dist loadscope $(ARGS)

soak: $(VENV)/.test-ready ## send 5,000 mails while everything is killed, and account for each: make soak ARGS="--seed 7"; minutes
	@$(BIN)/python -m tests.setup
	@$(BIN)/python -m tests.soak $(ARGS)

drill: $(VENV)/.test-ready ## 2,000 tickets through a provider's outages and killed workers; five minutes
	@$(BIN)/python -m tests.setup
	@exec $(BIN)/python -m tests.drill $(ARGS)

bench: $(VENV)/.test-ready ## what intake, pages and classification cost, and whether more with more tickets; minutes
	$(BIN)/python -m bench.intake
	$(BIN)/python -m bench.pages
	$(BIN)/python -m bench.classification

ci: lint types contracts test ## what has to pass before anything is merged

lint: $(VENV)/.test-ready ## check format and style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: $(VENV)/.test-ready ## put format and style right where a machine can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(VENV)/.test-ready ## check the types
	$(BIN)/mypy

contracts: $(VENV)/.test-ready ## check who imports whom
	$(BIN)/lint-imports

clean: ## remove the virtual environment and every cache; the data stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@sh tests/setup/virtual-environment $(VENV)

$(VENV)/.run-ready: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the system runs on (once) ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.test-ready: requirements-dev.txt $(VENV)/.run-ready
	@echo "Installing what the tests need (once) ..."
	@$(PIP) -r requirements.txt -r requirements-dev.txt
	@touch $@
