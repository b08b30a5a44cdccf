# The tasks. `make` alone lists them; every task sets up what it needs.
PYTHON ?= python3
PORT ?= 5000
SECONDS ?= 60
BIN := .venv/bin
CATALOGS := $(wildcard webapp/translations/*/LC_MESSAGES/messages.po)

.DEFAULT_GOAL := help
.PHONY: help setup demo docs bench test check-deploy test-postgres soak test-browser lighthouse screenshots check format vectors lock messages clean

help: ## list the tasks
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: .venv/.ready $(CATALOGS:.po=.mo) ## put everything into .venv

# uv if it is there, else pip; both check every download against the hashes of the lock file.
install = if command -v uv >/dev/null 2>&1; then \
    uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1); \
  else \
    $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); \
  fi

.venv/.ready: requirements.lock
	@if command -v uv >/dev/null 2>&1; then uv venv --quiet --allow-existing --python $(PYTHON) .venv; \
	else $(PYTHON) -m venv .venv; fi
	@$(call install,$<)
	@touch $@

# Apart from the rest: only `make test-browser` needs it, and it is large.
.venv/.browser: requirements-browser.lock .venv/.ready
	@$(call install,$<)
	@touch $@

%.mo: %.po .venv/.ready
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

demo: setup ## sandbox and site in one, on PORT (5000)
	@$(BIN)/python -m webapp.demo --port $(PORT)

test: setup ## all tests
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile

# What writes or waits, once more on a server that lives as long as the tests. The stories that are left out read
# pages; what gets an activation out of sync puts back a copy of SQLite's file.
ON_POSTGRES = parallel store_fails approval rejection claim outcomes limits proof passkeys pin_change leave history \
  enrolment life audit_trail audit_commands offline settings_page
test-postgres: setup ## the tests with a database, on PostgreSQL
	@$(BIN)/python -m tests.postgres -- $(BIN)/python -m pytest --numprocesses auto --dist loadfile -k "not out_of_sync" \
	  tests/custody tests/commands tests/deploy/test_many_at_once.py \
	  $(addprefix tests/stories/test_,$(addsuffix .py,$(ON_POSTGRES)))

# nginx and systemd have to be there; the gate installs what is missing.
check-deploy: setup ## the examples of deploy/, with nginx and systemd
	@$(BIN)/python -m pytest tests/deploy/check_examples.py

soak: setup ## two instances under load for SECONDS (60) while workers are killed
	@$(BIN)/python -m tests.soak --seconds $(SECONDS)

test-browser: setup .venv/.browser ## the pages in the system's Chromium
	@$(BIN)/python -m pytest --numprocesses auto tests/browser

docs: setup ## write what docs/ takes from the code
	@$(BIN)/flask --app webapp.app settings > docs/configuration.md

# Lighthouse comes by npx, for this one task; nothing is added to the project.
lighthouse: setup .venv/.browser ## what Lighthouse says about the pages, on a phone's terms
	@$(BIN)/python -m tests.browser.lighthouse

bench: setup ## what tasks, pages, growth and waiting cost, beside what they could cost (ARGS=--quick)
	@mkdir -p build
	@$(BIN)/python -m bench --json build/bench.json $(ARGS)

screenshots: setup .venv/.browser ## the icons, and the pictures of manifest and docs/
	@$(BIN)/python -m tests.browser.pictures

check: setup ## format, lint, strict types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: setup ## put the code into its form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

vectors: setup ## the protocol against the vectors of DIR
	@$(BIN)/python -m pytest tests/vectors --vectors $(DIR)

messages: setup ## collect the texts of the site into the catalogs
	@mkdir -p build
	@PYTHONPATH=. $(BIN)/pybabel --quiet extract --mapping babel.cfg --no-location --sort-output --omit-header \
	  --keyword lazy_gettext --keyword lazy_ngettext:1,2 --output build/messages.pot .
	@for po in $(CATALOGS); do \
	  $(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-pot-creation-date --no-wrap \
	    --input-file build/messages.pot --output-file $$po \
	    --locale $$(basename $$(dirname $$(dirname $$po))); \
	  sed -E -i.old '/^"(Project-Id|Report-Msgid|POT-Creation|PO-Revision|Last-Translator|Language-Team|Generated-By)/d' $$po; \
	  rm -f $$po.old; \
	done

lock: ## renew the lock files (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --group dev --extra postgresql pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --constraint requirements.lock --group pyproject.toml:browser \
	  --output-file requirements-browser.lock

clean: ## remove what the tasks made
	rm -rf .venv build instance .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
