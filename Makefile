# Every target sets up what it needs first, on a bare machine too; see .ci/setup.sh.
.DEFAULT_GOAL := help
.PHONY: help run tour wheel guide-pictures test test-e2e test-wheel test-processors test-long lint \
	format bench bench-long strings controls documents lock clean

PYTHON := .venv/bin/python
# Test processes at once. Each has a virtual screen of its own.
JOBS ?= 2
# Where `make tour` puts its pictures.
DIR ?= build/tour
# More words for the command: `make run ARGS=my.glassnet`, `make test ARGS="-k xor"`.
ARGS ?=

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' Makefile

run: ## Open the window (without a screen: run the tour instead)
	@.ci/start.sh run $(ARGS)

tour: ## Drive the window through the main jobs; pictures go to DIR=build/tour
	@.ci/start.sh tour "$(DIR)"

wheel: ## Build the wheel and the source distribution into dist/
	@.ci/wheel.sh

guide-pictures: ## Take the guide's pictures anew, in both languages
	@.ci/setup.sh run && PYTHONPATH=. $(PYTHON) .ci/take_pictures.py

test: lint ## Lint, then run all tests but the long and the thorough ones
	@$(PYTHON) -m pytest -n $(JOBS) --dist worksteal -m "not slow and not thorough" --ignore tests/e2e --ignore tests/installed $(ARGS)

test-e2e: ## Every trip of a user through the real window, the thorough tests, the wheel
	@.ci/setup.sh test
	@.ci/end_to_end.sh tests/e2e $(ARGS)
	@$(if $(ARGS),,JOBS=$(JOBS) $(PYTHON) .ci/processors.py --other)
	@$(if $(ARGS),,$(PYTHON) -m pytest -n $(JOBS) --dist worksteal -m thorough --ignore tests/e2e --ignore tests/installed)
	@$(if $(ARGS),,$(PYTHON) -m pytest tests/installed)

test-wheel: ## Build the wheel, install it into an environment of its own and use it
	@.ci/setup.sh test
	@$(PYTHON) -m pytest tests/installed $(ARGS)

test-processors: ## Run the numeric core's tests under the BLAS kernels of other processors
	@.ci/setup.sh test
	@JOBS=$(JOBS) $(PYTHON) .ci/processors.py $(ARGS)

test-long: ## Run the tests that take minutes
	@.ci/setup.sh test
	@$(PYTHON) -m pytest -m slow --timeout 3600 $(ARGS)

lint: ## Check style, format, types, imports, what the repository holds, sentences and controls
	@.ci/setup.sh test
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m ruff format --quiet --check .
	@$(PYTHON) -m mypy & types=$$!; \
	.venv/bin/lint-imports && \
	$(PYTHON) .ci/check_repository.py && \
	$(PYTHON) .ci/check_sentences.py && \
	$(PYTHON) -m gui.controls --check; \
	others=$$?; wait $$types && exit $$others

format: ## Format the code, and mend what ruff can mend
	@.ci/setup.sh test
	@$(PYTHON) -m ruff format . && $(PYTHON) -m ruff check --fix .

bench: ## Measure us beside the peers, in at most 8 minutes; writes docs/speed-table.md
	@.ci/setup.sh bench
	@.ci/torch.sh
	@$(PYTHON) -m bench $(ARGS)

bench-long: ## Measure what takes longer: memory over long use, the longest edit
	@.ci/setup.sh bench
	@$(PYTHON) -m bench --long $(ARGS)

strings: ## Collect all sentences and compile their translations
	@.ci/setup.sh test
	@$(PYTHON) .ci/translate.py

controls: ## Write docs/controls.md anew
	@.ci/setup.sh test
	@$(PYTHON) -m gui.controls docs/controls.md

documents: ## Write the documents that are made from the code: file formats, glossary, schema
	@.ci/setup.sh test
	@PYTHONPATH=. $(PYTHON) .ci/documents.py

lock: ## Renew the hash-locked requirements from pyproject.toml
	@.ci/lock.sh $(ARGS)

clean: ## Remove what the other targets made, the environment too
	rm -rf .venv .venv-torch .cache build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
