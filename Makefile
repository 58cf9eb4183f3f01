# Every command can be run again at any time; the second time it needs no network.
PYTHON ?= python3
N = 2000
# Set on the command line only: many desktops have a LANGUAGE of their own in the environment.
LANGUAGE = ar
unexport LANGUAGE
MOWAKABA = .venv/bin/mowakaba
.DEFAULT_GOAL := help
.PHONY: help setup demo-setup test-setup check test run demo call bench doctor lock clean

help:  ## list these commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' Makefile

setup:  ## install what the centre needs, privately in .venv and .parts; SPEECH=1 adds speech recognition
	@$(PYTHON) -m server.setup run $(if $(SPEECH),speech)

demo-setup:  ## that, and callers and a softphone
	@$(PYTHON) -m server.setup demo

test-setup:  ## all that, and what the tests need
	@$(PYTHON) -m server.setup test

run: setup  ## start the centre
	$(MOWAKABA) serve

test: check  ## check, then run all tests
	.venv/bin/python -m pytest

check: test-setup  ## formatting, lint, types, and who may import whom
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

demo: demo-setup  ## start everything, place calls in each language and print their traces
	$(MOWAKABA) demo

call: demo-setup  ## place a scripted call on the running centre: make call N=2000 LANGUAGE=zgh
	$(MOWAKABA) call $(N) --language $(LANGUAGE)

bench: test-setup  ## measure against native Asterisk
	.venv/bin/python -m bench

doctor: setup  ## say what is wrong with this machine or the running centre
	$(MOWAKABA) doctor

lock:  ## choose dependency versions anew (needs uv)
	cd requirements && ./lock

clean:  ## remove what setup installed; var/, the centre's own data, stays
	rm -rf .venv .parts
