# Two commands do all on a fresh machine: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test format lint types unit integration faults bench evaluate docs picture intent lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(VENV)/.ready  ## make .venv from the lock file, with the command .venv/bin/claquewatch

$(VENV)/.ready: requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
	  echo "Claquewatch needs Python 3.11 to 3.13 and $(PYTHON) is another; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "setup: making $(VENV) (once, about a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup  ## a simulated evening, alerts as they happen (ARGS="--seconds 120 --plain")
	@$(BIN)/claquewatch demo $(ARGS)

test: setup lint types unit integration  ## everything that CI runs

format: setup  ## rewrite the code in the one format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: setup  ## format and lint, without changing anything
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: setup  ## types: streams strictly, all checked
	@$(BIN)/mypy

unit: setup  ## pure tests: events, rooms, detectors, stories (no broker)
	@$(BIN)/pytest tests -m "not integration" $(ARGS)

integration: setup  ## tests on the real Kafka, Prometheus, HTTP
	@$(BIN)/pytest tests -m integration $(ARGS)

faults: setup  ## workers killed, frozen, cut off, and all exact (ARGS="kill_ zombie_ --quick")
	@PYTHONPATH=.:tests:tests/integration $(BIN)/python tests/faults/run.py $(ARGS)

bench: setup  ## speed and memory, once through with ARGS=--quick
	@$(BIN)/python -m bench $(ARGS)

evaluate: setup  ## how good the detectors are, as a page in build/evaluation, once through with ARGS=--quick
	@$(BIN)/claquewatch evaluate --full --out build/evaluation $(ARGS)

docs: setup  ## make docs/ and the dashboard anew from the code
	@$(BIN)/python -m agents.schemas
	@$(BIN)/python -m agents.dashboards

picture: setup  ## the picture of the demo in the README
	@$(BIN)/python -m agents.demo.picture docs/demo.svg

intent: setup  ## the intent model anew from streams/data/intent (ARGS=--trial: how it does on manners left out)
	@$(BIN)/python -m agents.training $(ARGS)

lock: setup  ## resolve the dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra dev pyproject.toml -o requirements/dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url -c requirements/dev.lock pyproject.toml -o requirements/runtime.lock

clean:  ## remove what was made here
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis
