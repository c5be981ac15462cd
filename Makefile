# Each target works alone on a fresh machine: it makes .venv, installs the pinned dependencies and goes.
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DISPLAY_ARGS := -a -s "-screen 0 1280x1024x24 -noreset"
# A screen of its own even where there is a display: windows do not jump into the way of whoever is working.
XVFB := $(if $(filter Linux,$(shell uname -s)),xvfb-run $(DISPLAY_ARGS),)

.DEFAULT_GOAL := help
.PHONY: help run test test-slow bench lint wheel clean

help:
	@echo "make run        open the window on the bundled sample"
	@echo "make test       run the whole test suite"
	@echo "make test-slow  run the tests that train for minutes"
	@echo "make bench      measure; numbers go to build/bench.json"
	@echo "make lint       ruff, mypy and the import contracts"
	@echo "make wheel      build dist/*.whl"
	@echo "make clean      remove everything that the other targets made"

run: $(STAMP)
	@sh scripts/system_libraries.sh run $(BIN)/python
	@$(BIN)/poseviewer demo

test: $(STAMP)
	@sh scripts/system_libraries.sh test $(BIN)/python
	OMP_NUM_THREADS=1 $(XVFB) $(BIN)/python -m pytest $(ARGS)

test-slow: $(STAMP)
	@sh scripts/system_libraries.sh test $(BIN)/python
	$(XVFB) $(BIN)/python -m pytest -m slow $(ARGS)

bench: $(STAMP)
	@sh scripts/system_libraries.sh test $(BIN)/python
	$(XVFB) $(BIN)/python -m pytest -m benchmark tests/benchmarks $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

wheel: $(STAMP)
	$(BIN)/python -m build --wheel --no-isolation

clean:
	rm -rf $(VENV) build dist .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache

# Done again only when what is to be installed changed, so that a second run starts at once.
$(STAMP): pyproject.toml constraints.txt
	@python=$$(sh scripts/find_python.sh) && \
	sh scripts/system_libraries.sh run $$python && \
	{ test -x $(BIN)/pip || $$python -m venv $(VENV); } && \
	echo "Installing poseviewer and its dependencies into $(VENV) (about a minute, 2 GB) ..." && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@
