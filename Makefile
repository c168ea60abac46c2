# Every target sets itself up from a fresh clone: Python 3.11 or newer, git and make are enough.
# PYTHON=/path/to/python chooses the interpreter the environment is made from.

SHELL := /bin/sh
PYTHON ?= $(firstword $(foreach p,python3.12 python3.13 python3.11 python3.14 python3 python,$(shell \
  "$(p)" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$(p)")))
VENV_PYTHON := .venv/bin/python
INSTALL := $(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check
OUT ?= demo-out
# Two processes, each test file in one of them: what a file sets up is set up once.  One thread
# each, also in what they start: threads that wait for a core of another process spin for minutes.
IN_TWO := -n 2 --dist loadfile
# The first seed whose cases all show their pattern, the focal one in three lesions or more.
SAMPLES_SEED := 7

.DEFAULT_GOAL := help
.PHONY: help demo test lint format samples clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

demo: .venv/installed-base ## classify a real bone scan and the samples, write demo-out/index.html
	@$(VENV_PYTHON) -m uptake_ml demo --out "$(OUT)"

test: .venv/installed-test ## run the quick tests
	@OMP_NUM_THREADS=1 $(VENV_PYTHON) -m pytest -m "not slow" -rs $(IN_TWO)

lint: .venv/installed-test ## check style and format
	@$(VENV_PYTHON) -m ruff check
	@$(VENV_PYTHON) -m ruff format --check

format: .venv/installed-test ## put the code into the project's format
	@$(VENV_PYTHON) -m ruff check --fix
	@$(VENV_PYTHON) -m ruff format

samples: .venv/installed-test ## make data/samples again, byte for byte
	@$(VENV_PYTHON) -m uptake_ml simulate --modality bone-scan --n 4 --seed $(SAMPLES_SEED) \
	  --out data/samples --overwrite

clean: ## remove what the other targets made
	@rm -rf .venv demo-out build dist .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/created:
	@test -n "$(PYTHON)" || { echo "uptake-ml needs Python 3.11 or newer with its venv module:" \
	  "install it (Debian, Ubuntu: python3 python3-venv) or name one: make PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "uptake-ml needs Python 3.11 or newer, found $$("$(PYTHON)" --version 2>&1) at $(PYTHON)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' || { \
	  echo "$(PYTHON) has no venv module: install it (Debian, Ubuntu: python3-venv)" >&2; exit 1; }
	@"$(PYTHON)" -m venv .venv
	@touch $@

.venv/installed-base: .venv/created pyproject.toml
	@echo "installing uptake-ml into .venv (about a minute)" >&2
	@$(INSTALL) --editable .
	@$(VENV_PYTHON) -m compileall -q uptake_ml
	@touch $@

.venv/installed-test: .venv/created pyproject.toml
	@echo "installing uptake-ml and its test tools into .venv (about two minutes)" >&2
	@$(INSTALL) --editable ".[test,simulate]"
	@$(VENV_PYTHON) -m compileall -q uptake_ml
	@touch .venv/installed-base $@
