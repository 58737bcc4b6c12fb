# Thin wrappers around SwiftPM. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# What `make discover` runs, and options added to it, e.g. `make discover ARGS="--seed 2 --workers 1"`.
EXPERIMENT ?= experiments/fashion-5way-50shot.yaml
ARGS ?=
# Where `make install` puts things.
PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

METAPLAST := .build/release/metaplast
INSTALL_BUILD := .build-install

.PHONY: help discover test peers peers-slow build lint format bench paper transfer deps install uninstall clean

help: ## lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

discover: ## searches a better rule on Fashion-MNIST: installs what is missing, builds, runs, writes the report
	@scripts/deps.sh build data
	$(SWIFT) build -c release --product metaplast
	$(METAPLAST) discover $(EXPERIMENT) $(ARGS)

test: ## installs what is missing and runs every test, the readers and schemas of other tools included
	@scripts/deps.sh build data test
	@scripts/test.sh

peers: .venv/installed .venv-brian2/installed ## runs only the checks with other tools: h5py, xarray, ncdump, nbconvert, JSON Schema, Brian2
	.venv/bin/python Tests/peers/run.py

peers-slow: .venv/installed .venv-torch/installed ## runs the checks that need PyTorch; the first time it downloads a lot
	METAPLAST_PEERS=required .venv/bin/python Tests/peers/run.py --slow

build: ## builds the release binary, .build/release/metaplast
	@scripts/deps.sh build
	$(SWIFT) build -c release --product metaplast

lint: ## checks formatting, doc comments and the doors between rooms
	scripts/format.sh --check
	scripts/check-doors.sh

format: ## formats every Swift file in place
	scripts/format.sh

bench: build ## times the reference works beside their peers and writes docs/benchmarks.md; ARGS=--quick for a look
	@if [ -n "$${METAPLAST_PEERS_BENCH:-}" ] && [ -z "$${METAPLAST_PEERS_PYTHON:-}" ]; then \
	  $(MAKE) --no-print-directory .venv-bench/installed; fi
	python3 scripts/benchmarks.py $(ARGS)

paper: build .venv/installed ## runs what docs/paper-2023.md shows and writes its tables and pictures; ARGS=--keep takes old runs
	@scripts/deps.sh data
	.venv/bin/python scripts/paper-2023.py $(ARGS)

transfer: build .venv/installed ## runs the grids behind docs/transfer.md and writes its tables and pictures
	@scripts/deps.sh data
	.venv/bin/python scripts/transfer.py $(ARGS)

deps: ## installs everything that any target needs and that is missing
	@scripts/deps.sh build data test

.venv/installed: Tests/peers/requirements.txt
	@scripts/peers-env.sh .venv $<

.venv-brian2/installed: Tests/peers/requirements-brian2.txt
	@scripts/peers-env.sh .venv-brian2 $<

.venv-torch/installed: Tests/peers/requirements-torch.txt
	@scripts/peers-env.sh .venv-torch $<

.venv-bench/installed: scripts/benchmarks-requirements.txt
	@scripts/peers-env.sh .venv-bench $<

install: ## installs the binary, rules and experiments under PREFIX (default /usr/local)
	@scripts/deps.sh build
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path $(INSTALL_BUILD) --product metaplast
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/metaplast/rules" \
	  "$(DESTDIR)$(PREFIX)/share/metaplast/experiments"
	install -m 755 -s $(INSTALL_BUILD)/release/metaplast "$(DESTDIR)$(PREFIX)/bin/metaplast"
	install -m 644 rules/*.yaml rules/*.json "$(DESTDIR)$(PREFIX)/share/metaplast/rules/"
	install -m 644 experiments/*.yaml experiments/*.json "$(DESTDIR)$(PREFIX)/share/metaplast/experiments/"

uninstall: ## removes what install put there
	rm -f "$(DESTDIR)$(PREFIX)/bin/metaplast"
	rm -rf "$(DESTDIR)$(PREFIX)/share/metaplast"

clean: ## removes everything that was built; keeps runs/
	rm -rf .build $(INSTALL_BUILD) .venv .venv-brian2 .venv-torch .venv-bench
