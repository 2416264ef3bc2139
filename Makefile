# Two commands: `make demo` runs the software, `make test` proves it. `make help` lists the rest.

MODEL ?= qwen
PORT ?= 8000
PYTHON := .venv/bin/python
UV_COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast bench lint lock clean
.NOTPARALLEL:

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  MODEL=qwen|small|none|/path/to/model.gguf   PORT=8000   for make demo"

demo: ## install, fetch the models, load the demo company, run everything; Ctrl-C ends it
	@scripts/install
	@exec $(PYTHON) -m workbench.demo.supervisor --model "$(MODEL)" --port "$(PORT)"

test: ## every check: format, lint, types, imports, SQLite, PostgreSQL and Redis, browser, the real small model
	@scripts/install dev
	@exec $(PYTHON) scripts/check.py

test-fast: ## lint, types and the tests on SQLite that need neither browser nor model
	@scripts/install dev
	@exec $(PYTHON) scripts/check.py --fast

bench: ## measure; prints a table and writes JSON to bench/results/
	@scripts/install dev
	@exec $(PYTHON) -m bench

lint: ## put the code into form, then lint
	@scripts/install dev
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

lock: ## resolve the dependencies anew into both lock files
	@scripts/install dev
	@$(UV_COMPILE) --upgrade -o requirements.lock
	@$(UV_COMPILE) --upgrade --group dev -o requirements-dev.lock

clean: ## remove .venv and caches; data and models in var/ stay
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache bench/results
	@find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
