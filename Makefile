# 明白账: `make demo` shows a working county, `make test` runs every test, `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test check bench proof lock

PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
MANAGE := $(PY) manage.py
RUNTIME := $(VENV)/.runtime
TOOLS := $(VENV)/.tools
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUNTIME) ## a working county on 127.0.0.1: PORT=8000, RESET=1 starts over, POLICIES=DIR imports documents
	@$(MANAGE) up --port $(PORT) --only-check
	@$(if $(filter 1,$(RESET)),$(if $(DATABASE_URL),:,rm -rf var/mingbai.sqlite3 var/mingbai.sqlite3-wal var/mingbai.sqlite3-shm var/media var/private var/mirror))
	@mkdir -p var
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) demo $(if $(filter 1,$(RESET)),--reset) $(if $(POLICIES),--policies "$(POLICIES)")
	@exec $(MANAGE) up --port $(PORT)

test: $(TOOLS) ## every test, on SQLite and, where it matters, on PostgreSQL too: ARGS="tests/portal -k name"
	@sh .ci/tools.sh
	@exec $(PY) -m tests $(ARGS)

proof: $(TOOLS) ## the long runs of tests: full counts of races, kills and fuzzing
	@sh .ci/tools.sh
	@PROOF=1 exec $(PY) -m tests -m proof $(ARGS)

check: $(TOOLS) ## lint, format, types, floors, writes past the services, Django's checks, missing migrations, deployment
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(MANAGE) check --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run
	$(PY) -m tests.past_services
	$(PY) -m tests.deployment $(PY) manage.py check --deploy --fail-level WARNING

bench: $(TOOLS) ## what an act, a public page and a count cost, each as a ratio
	@exec $(PY) -m tests.bench $(ARGS)

lock: $(TOOLS) ## pin every dependency anew, with hashes, for Python 3.11 and newer
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header $(ARGS) pyproject.toml -o requirements.lock
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header $(ARGS) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

$(PY):
	@sh .ci/python.sh "$(PYTHON)" $(VENV)

$(RUNTIME): requirements.lock | $(PY)
	$(PY) -m pip install -q --require-hashes -r requirements.lock
	@touch $@

$(TOOLS): requirements-dev.lock | $(PY)
	$(PY) -m pip install -q --require-hashes -r requirements-dev.lock
	@touch $@ $(RUNTIME)
