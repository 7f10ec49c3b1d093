# make train          watch a CNN learn the drawn digits: 13 seconds; the first time a minute more, to install and compile
# make playground     draw a digit in the browser, and watch the network read it, learn and train; Ctrl-C stops it
# make test           the linter and the fast tests: about 3 minutes on two cores
# make test-all       all tests, the long ones too, with new random cases: about ten minutes
# make test-minimum   a few tests on the lowest and on the newest versions of all dependencies, on each Python found here
# make notebooks      write the notebooks of the chapters into docs/notebooks, and run them: about a minute
# make docs           build the course, the guides and the reference as a site in build/docs, and test it: about three minutes
# make bench          compare its speed with PyTorch, TensorFlow and JAX: about an hour; installs them, some gigabytes
# make install        only install; make clean deletes .venv and what a build leaves
# Each first makes a virtual environment in .venv and installs minicnn into it. make PYTHON=python3.12 train uses another
# Python for a new .venv.

PYTHON ?= python3
VENV   ?= .venv
PROFILE ?= random
TESTS ?= not docs
BIN    := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist worksteal

.PHONY: train playground test test-all test-minimum notebooks docs bench install clean

train: $(VENV)/installed
	$(BIN)/python examples/train_digits.py
	@echo
	@echo "minicnn is installed in $(VENV). To use it:"
	@echo "    source $(BIN)/activate"
	@echo "    minicnn predict runs/digits PICTURE"

playground: $(VENV)/installed
	$(BIN)/minicnn playground

test: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(PYTEST) -m "not long and not docs"

test-all: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(PYTEST) -m "$(TESTS)" --hypothesis-profile=$(PROFILE)

test-minimum: $(VENV)/installed-test
	$(BIN)/python -m tests.versions

notebooks: $(VENV)/installed-docs
	$(BIN)/python docs/tools/notebooks.py

docs: $(VENV)/installed-docs
	rm -rf build/docs
	$(BIN)/python -m sphinx -W --keep-going -q -E -a -b html docs build/docs
	$(PYTEST) -m docs tests/site
	@echo "The site is complete: open build/docs/index.html"

bench: $(VENV)/installed-bench
	$(BIN)/python -m benchmarks

install: $(VENV)/installed

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("minicnn needs Python 3.10 or newer, got " + sys.version.split()[0] + "; make PYTHON=python3.12 chooses another" if sys.version_info < (3, 10) else 0)'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "no virtual environment could be made: on Debian and Ubuntu, apt install python3-venv" >&2; exit 1; }

$(VENV)/installed: pyproject.toml | $(BIN)/python
	@echo "installing minicnn into $(VENV) ..."
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/installed-test: pyproject.toml | $(BIN)/python
	@echo "installing minicnn and its test tools into $(VENV) ..."
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ $(VENV)/installed

$(VENV)/installed-docs: pyproject.toml | $(BIN)/python
	@echo "installing minicnn and the tools of its documentation into $(VENV) ..."
	$(BIN)/python -m pip install --quiet --editable '.[docs,test]'
	@touch $@ $(VENV)/installed $(VENV)/installed-test

$(VENV)/installed-bench: pyproject.toml | $(BIN)/python
	@echo "installing minicnn and the frameworks to compare with into $(VENV) ..."
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) build dist *.egg-info
