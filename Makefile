# One command each. Everything runs in .venv, made from requirements.lock; only Python >= 3.11, pip and make are needed.
.DEFAULT_GOAL := help
.PHONY: help setup briefing editions check test fuzz lock schema docs accept-images bench-rendering bench-metafor bench-scale clean gallery site-docs

PYTHON ?= python3
BIN := .venv/bin
Q ?= mutual-aid
ARGS ?=
SECONDS ?= 60
SEED ?= 1
DATE ?= 2026-11-27

help:  ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

setup: .venv/.ready  ## make the environment

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("synthesis needs Python 3.11 or newer; this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@echo "making .venv from requirements.lock, which takes a few minutes the first time"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

briefing: .venv/.ready  ## build a briefing as HTML and PDF (Q=<briefing>)
	$(BIN)/synthesis build $(Q) $(ARGS)

editions: .venv/.ready  ## issue the three editions of the mutual-aid briefing from scratch, in order (DATE=<day of issue>)
	for edition in 2013-12 2020-12 2026-11; do \
	  $(BIN)/synthesis edition mutual-aid $$edition --type new-evidence --date $(DATE) || exit 1; \
	done

check: .venv/.ready  ## records, style, types, layers
	$(BIN)/synthesis check
	$(BIN)/synthesis format --check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: .venv/.ready  ## every test
	$(BIN)/python -m pytest $(ARGS)

fuzz: .venv/.ready  ## damaged files for every reader, a minute each (SECONDS=60 SEED=1)
	SYNTHESIS_FUZZ_SECONDS=$(SECONDS) SYNTHESIS_FUZZ_SEED=$(SEED) $(BIN)/python -m pytest -q tests/exchange/test_fuzz.py

lock: .venv/.ready  ## renew requirements.lock from pyproject.toml
	$(BIN)/python -m uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements.lock

schema: .venv/.ready  ## renew evidence/schema from the models
	$(BIN)/synthesis schema

docs: .venv/.ready  ## renew docs/reference from the code
	$(BIN)/python docs/generate.py

site-docs: .venv/.ready  ## the documentation as a site, in build/docs
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -c docs -d build/docs-doctrees . build/docs
	@echo build/docs/docs/index.html

gallery: .venv/.ready  ## every figure on one page, in build/gallery
	$(BIN)/python docs/gallery.py

accept-images: .venv/.ready  ## put figures' pictures on file anew (differences: build/images)
	$(BIN)/python -m pytest -q tests/figures/test_images.py --accept-images

bench-rendering: .venv/.ready  ## time notebook to page and PDF against other tools
	$(BIN)/python benchmarks/rendering.py

bench-metafor: .venv/.ready  ## time many meta-analyses against metafor, PyMARE and statsmodels
	$(BIN)/python benchmarks/metafor.py

bench-scale: .venv/.ready  ## how many records can be read, checked and looked at
	$(BIN)/python benchmarks/scale.py

clean:  ## remove what was generated
	rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
