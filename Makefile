# Everything here needs Python 3.11 or newer and make; the rest is installed into .venv,
# with uv where it is on the PATH and with pip where it is not.

find_python = for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done
PYTHON ?= $(shell $(find_python))
ENV := .venv/bin
NOX := $(ENV)/nox
PACKAGES := $(foreach package,$(sort $(wildcard packages/*)),--editable $(package))
PINNED := --constraint constraints.txt
IN_ENV := --python $(ENV)/python $(PINNED)
FIRST := pip hatchling editables nox
install = @if test -e .venv/with-uv; then uv pip install $(IN_ENV) $(1); \
	else $(ENV)/python -m pip install --quiet $(PINNED) $(1); fi

.PHONY: help test lint demo bench docs constraints clean
.DEFAULT_GOAL := help

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: .venv/complete  ## run all checks and tests
	$(NOX)

lint: .venv/complete  ## run linters, type checks and the check of the layers
	$(NOX) --session lint types layers

demo: .venv/runtime  ## run load against a small shop for about 20 seconds
	$(NOX) --session demo

docs: .venv/complete  ## build the documentation
	$(NOX) --session docs

bench: .venv/complete  ## measure beside the best-known peer, which is installed for it
	@command -v nginx || test -x /usr/sbin/nginx || { test "$$(id -u)" = 0 && command -v apt-get \
		&& apt-get install --yes --no-install-recommends nginx-light; } \
		|| echo "nginx is missing and cannot be installed: a C server stands in for it."
	$(NOX) --session bench

constraints: .venv/complete  ## pin what is installed in .venv now
	{ echo "# What swarm is developed and tested with. Written by \`make constraints\`."; \
	$(ENV)/python -m pip freeze --all --exclude-editable --exclude setuptools; \
	} > constraints.txt

clean:  ## remove environments and everything that was built
	rm -rf .venv .nox docs/_build .coverage .coverage.*

# The demo has to start soon on a fresh machine, so the environment comes in two parts.
# uv may be there and not be set up for this machine's index and certificates as pip is;
# whether it works is tried once, and kept in a file that the noxfile looks at too.
.venv/runtime: constraints.txt $(wildcard packages/*/pyproject.toml)
	@test -n "$(PYTHON)" || { echo "swarm needs Python 3.11 or newer: make PYTHON=/path/to/python"; exit 1; }
	@test -x $(ENV)/pip || "$(PYTHON)" -m venv .venv || uv venv --clear --seed --python "$(PYTHON)" .venv
	@if command -v uv && uv pip install $(IN_ENV) $(FIRST); then touch .venv/with-uv; \
		else rm -f .venv/with-uv; $(ENV)/python -m pip install --quiet $(PINNED) --upgrade $(FIRST); fi
	$(call install,--no-build-isolation $(PACKAGES))
	@touch $@

.venv/complete: .venv/runtime pyproject.toml
	$(call install,--group dev)
	@touch $@
