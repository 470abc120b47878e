# `make lab` and `make test` each do everything they need on a fresh Debian machine
# with Python 3.11 or newer. The stamps in .venv remember what is done already.

TOUR := notebooks/00_tour.ipynb
VENV := .venv
# The versions of all packages that are tested, so that a run today is a run tomorrow.
CONSTRAINTS := tests/constraints.txt
BIN := $(VENV)/bin
# Jupyter refuses to run as root (the user of most containers) unless told.
LAB_OPTIONS ?= $(if $(filter 0,$(shell id -u)),--allow-root)
PYTEST_OPTIONS ?=
# The tests of one module stay together and in order. A third of their time is waiting,
# for kernels and browsers: one process more than the two processors of a small machine.
WORKERS ?= 3
PARALLEL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder -p tests.ports
# Kernels are forked from a process that has done their imports, see tests/warm_kernels;
# with WARM= (nothing) each starts afresh.
WARM ?= 1
PARALLEL += $(if $(WARM),-p tests.warm_kernels)
# The peers that benchmarks compare with have an environment of their own.
BENCH_VENV := .venv-bench
BENCH ?=
# So has what builds the site without a server.
LITE_VENV := .venv-lite
LITE := build/lite
PORT ?= 8000
# The guide with that site in it, as GitHub Pages shows both.
PAGES := build/pages

# Images of containers set it; each process would then compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: audit help lab lite lite-serve test test-again test-fast test-deploy test-hub test-lite check notebooks docs pages \
	bench links constraints clean

help: ## Say what each command does
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

lab: $(VENV)/.notebook ## Set everything up and open JupyterLab on the tour
	@echo "werkbook: opening JupyterLab on $(TOUR) (Ctrl-C ends it)"
	@$(BIN)/jupyter lab $(LAB_OPTIONS) $(TOUR)

test: $(VENV)/.dev ## Set everything up and run all tests
	@tools/prepare chromium
	@tools/prepare firefox
	@tools/prepare npm
	@echo "werkbook: running the tests"
	@$(BIN)/python -m pytest --nbval --nbval-current-env --ignore-glob='*.py' $(PARALLEL) $(PYTEST_OPTIONS) notebooks
	@$(BIN)/python -m pytest $(PARALLEL) $(PYTEST_OPTIONS) tests

test-again: $(VENV)/.dev ## Run alone the tests that failed beside others; tell those that pass
	@echo "werkbook: running alone what failed"
	@$(BIN)/python -m pytest --exitfirst --last-failed --last-failed-no-failures none \
		-rp $(PYTEST_OPTIONS) tests
	@echo "werkbook: the tests above waver: they failed beside others and pass alone"

test-fast: $(VENV)/.dev ## Run the tests that are quick: no browser, no kernel
	@$(BIN)/python -m pytest -q -m "not slow" --ignore=tests/browser --ignore=tests/conformance \
		$(PARALLEL) $(PYTEST_OPTIONS) tests

test-deploy: $(VENV)/.dev ## Try Redis, PostgreSQL and Ray, and the extension in each minor JupyterLab
	@$(BIN)/python -m pip install --quiet --editable '.[deploy]'
	@$(BIN)/python -m pytest tests_deploy $(PYTEST_OPTIONS)

test-hub: $(VENV)/.dev ## Test a class on a real JupyterHub
	@tools/prepare chromium
	@tools/prepare npm
	@$(BIN)/python -m pip install --quiet --editable '.[hub]'
	@npm install --silent --no-package-lock --no-audit --no-fund --prefix tests_hub
	@$(BIN)/python -m pytest tests_hub $(PYTEST_OPTIONS)

lite: $(LITE_VENV)/.lite ## Build the site without a server (JupyterLite) into build/lite
	@tools/prepare npm
	@echo "werkbook: building $(LITE)"
	@$(LITE_VENV)/bin/python tools/lite/build.py $(LITE)

lite-serve: ## Show build/lite on this machine (PORT=8000)
	@python3 tools/lite/serve.py $(LITE) --port $(PORT)

test-lite: $(VENV)/.dev lite ## Test the site: Pyodide under Node, Chromium and Firefox
	@tools/prepare chromium
	@tools/prepare firefox
	@$(BIN)/python -m pytest tests_lite $(PYTEST_OPTIONS)

check: $(VENV)/.dev ## Check format, lint, types and known weaknesses
	@tools/prepare javascript
	@echo "werkbook: checking format, lint and types"
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@npm run --prefix kernel_ext --silent check
	@$(BIN)/mypy
	@echo "werkbook: looking for known weaknesses"
	@$(BIN)/python tools/audit.py --offline

audit: $(VENV)/.dev ## Look for known weaknesses, also in the indexes' advisories
	@$(BIN)/python tools/audit.py

notebooks: $(VENV)/.dev ## Run all notebooks and save their outputs
	@$(BIN)/python tools/run_notebooks.py

bench: $(BENCH_VENV)/.bench ## Measure beside the peers, into docs/bench (BENCH="live" for one)
	@$(BENCH_VENV)/bin/python bench/run.py $(BENCH)

docs: $(VENV)/.dev ## Build the guide into docs/_build/html
	@$(BIN)/sphinx-build --fail-on-warning --quiet docs docs/_build/html
	@echo "werkbook: the guide is docs/_build/html/index.html"

pages: ## Build the guide and, in its folder lite, that site, into build/pages
	@$(MAKE) --no-print-directory lite
	@$(MAKE) --no-print-directory docs
	@rm -rf $(PAGES) && mkdir -p build && cp -RL docs/_build/html $(PAGES)
	@rm -rf $(PAGES)/.doctrees $(PAGES)/.buildinfo
	@echo "werkbook: $(PAGES)/index.html is the guide, $(PAGES)/lite the site that it embeds"

links: $(VENV)/.dev ## Ask each page that the guide links to whether it is there
	@$(BIN)/sphinx-build --builder linkcheck --quiet docs docs/_build/linkcheck

constraints: ## Take the newest packages from now on: write tests/constraints.txt anew
	@rm -rf build/newest && mkdir -p build
	@VENV=build/newest tools/prepare venv
	@CONSTRAINTS= VENV=build/newest tools/prepare extra dev
	@build/newest/bin/python -m pip freeze --exclude-editable > build/newest.txt
	@(echo "# The versions that are tested; \`make constraints\` writes them anew."; \
		cat build/newest.txt) > $(CONSTRAINTS)
	@rm -rf build/newest

clean: ## Remove what the commands above made
	rm -rf $(VENV) $(BENCH_VENV) $(LITE_VENV) build dist docs/_build .mypy_cache .pytest_cache .ruff_cache \
		kernel_ext/node_modules

# The environment works, or is made anew: an old one can outlive its Python.
$(VENV)/.ready: $(if $(shell $(BIN)/python -m pip --version 2>/dev/null),,FORCE)
	@tools/prepare venv
	@touch $@

$(VENV)/.notebook: $(VENV)/.ready pyproject.toml $(CONSTRAINTS)
	@tools/prepare extra notebook
	@touch $@

$(BENCH_VENV)/.bench: pyproject.toml $(CONSTRAINTS)
	@VENV=$(BENCH_VENV) tools/prepare venv
	@VENV=$(BENCH_VENV) tools/prepare extra bench
	@touch $@

$(LITE_VENV)/.lite: pyproject.toml
	@VENV=$(LITE_VENV) tools/prepare venv
	@CONSTRAINTS= VENV=$(LITE_VENV) tools/prepare extra lite
	@touch $@

$(VENV)/.dev: $(VENV)/.ready pyproject.toml $(CONSTRAINTS)
	@tools/prepare extra dev
	@touch $@ $(VENV)/.notebook

FORCE:
