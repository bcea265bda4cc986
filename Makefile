# Two commands for a newcomer: `make demo` and `make test`. An environment is made in .venv on first use.
VENV ?= .venv
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIP = $(VENV)/bin/python -m pip install --disable-pip-version-check --quiet
SOURCES = api hybrid planner world_model simulator tests
# What make test also runs on PostgreSQL; the store's own suite and the storms run on both anyway.
ON_BOTH = tests/api/test_tasks.py tests/api/test_events.py tests/api/test_access.py tests/api/test_plans.py \
	tests/hybrid/test_client.py

.PHONY: demo test test-postgres check bench report format clean

demo: $(VENV)/.installed ## One request in plain words, from picture to video.
	@mkdir -p out
	$(VENV)/bin/hybrid run "put the red block on the blue block and then the green one in the bowl" \
		--scene demo --seed 7 --video out/demo.gif

test: check $(VENV)/openapi/.installed ## The whole check: format, lint, types, contracts, tests. What .ci/run calls.
	$(VENV)/bin/python -m pytest -q
	TEST_DATABASE=postgresql $(VENV)/bin/python -m pytest -q $(ON_BOTH)

test-postgres: $(VENV)/.installed-dev ## Every test that needs some database, on PostgreSQL; test runs the quickest of them there.
	TEST_DATABASE=postgresql $(VENV)/bin/python -m pytest -q tests/api tests/hybrid

check: $(VENV)/.installed-dev $(VENV)/audit/.installed ## All of the check that runs nothing: format, lint, types, contracts, advisories.
	$(VENV)/bin/ruff format --check $(SOURCES)
	$(VENV)/bin/ruff check $(SOURCES)
	$(VENV)/bin/pyright --pythonpath $(VENV)/bin/python
	$(VENV)/bin/lint-imports
	$(VENV)/bin/python -m tests.audit

bench: $(VENV)/.installed ## Three suites and the speed, on held-out seeds.
	@mkdir -p out
	$(VENV)/bin/hybrid evaluate --suite place --arms random,hybrid --episodes 100 --seed 650000 --json out/place.json
	$(VENV)/bin/hybrid evaluate --suite stack --arms random,hybrid --episodes 100 --seed 650000 --json out/stack.json
	$(VENV)/bin/hybrid evaluate --suite push --arms random,hybrid --episodes 100 --seed 650000 --json out/push.json
	$(VENV)/bin/python -m hybrid.evaluation.speed

# Held-out seeds; n, and how many tasks the controls are given. A run that was broken off goes on where it was.
REPORT_SUITES ?= place,stack,rearrange,blocksworld,dynamics,language=tests/hybrid/language/strangers.json
N ?= 200
FEW ?= 30
SEED ?= 810000
WORKERS ?= 2

report: $(VENV)/.installed ## Does it beat asking a language model alone? One page, out/report/index.html; resumable.
	@mkdir -p out
	$(VENV)/bin/hybrid report --suites $(REPORT_SUITES) --episodes $(N) --few $(FEW) --seed $(SEED) \
		--workers $(WORKERS) --out out/report

format: $(VENV)/.installed-dev ## Put every file into the house's format.
	$(VENV)/bin/ruff format $(SOURCES)
	$(VENV)/bin/ruff check --fix $(SOURCES)

clean: ## Forget the environment and every output.
	rm -rf $(VENV) out build dist *.egg-info

# torch comes first and by its exact version, so that a CPU build on a configured index is taken; see README, Installing.
$(VENV)/.torch: constraints.txt
	@echo "Installing into $(VENV); the first time takes a few minutes."
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(PIP) $(shell grep '^torch==' constraints.txt) -c constraints.txt
	@touch $@

$(VENV)/.installed: $(VENV)/.torch pyproject.toml
	$(PIP) -c constraints.txt -e .
	@touch $@

$(VENV)/openapi/.installed: tests/api/openapi-requirements.txt $(VENV)/.torch
	test -x $(VENV)/openapi/bin/python || $(VENV)/bin/python -m venv $(VENV)/openapi
	$(VENV)/openapi/bin/python -m pip install --disable-pip-version-check --quiet -r tests/api/openapi-requirements.txt
	@touch $@

$(VENV)/audit/.installed: tests/audit-requirements.txt $(VENV)/.torch
	test -x $(VENV)/audit/bin/python || $(VENV)/bin/python -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --disable-pip-version-check --quiet -r tests/audit-requirements.txt
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) -c constraints.txt -e ".[dev]"
	@touch $@
