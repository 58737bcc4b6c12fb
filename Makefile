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
# The binary that install-files installs, and the files that it makes of itself under share/.
BUILT ?= $(INSTALL_BUILD)/release/metaplast
SHARE := $(DESTDIR)$(PREFIX)/share
MADE_FILES := man/man1/metaplast.1 bash-completion/completions/metaplast zsh/site-functions/_metaplast \
  fish/vendor_completions.d/metaplast.fish

.PHONY: help discover test peers peers-slow build lint format bench paper transfer docs deps install install-files uninstall clean

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

docs: ## builds the documentation with DocC into .build/docs, a warning being an error; needs a build
	scripts/docs.sh

install: ## installs the binary, its manual page and completions, rules and experiments under PREFIX (default /usr/local)
	@scripts/deps.sh build
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path $(INSTALL_BUILD) --product metaplast
	@$(MAKE) --no-print-directory install-files

# What install puts where, from a binary that is there.
install-files:
	install -d "$(SHARE)/metaplast/rules" "$(SHARE)/metaplast/experiments" "$(DESTDIR)$(PREFIX)/bin" \
	  $(foreach file,$(MADE_FILES),"$(dir $(SHARE)/$(file))")
	install -m 755 -s $(BUILT) "$(DESTDIR)$(PREFIX)/bin/metaplast"
	install -m 644 rules/*.yaml rules/*.json "$(SHARE)/metaplast/rules/"
	install -m 644 experiments/*.yaml experiments/*.json "$(SHARE)/metaplast/experiments/"
	$(BUILT) manual | install -m 644 /dev/stdin "$(SHARE)/$(word 1,$(MADE_FILES))"
	$(BUILT) completions bash | install -m 644 /dev/stdin "$(SHARE)/$(word 2,$(MADE_FILES))"
	$(BUILT) completions zsh | install -m 644 /dev/stdin "$(SHARE)/$(word 3,$(MADE_FILES))"
	$(BUILT) completions fish | install -m 644 /dev/stdin "$(SHARE)/$(word 4,$(MADE_FILES))"

uninstall: ## removes what install put there
	rm -f "$(DESTDIR)$(PREFIX)/bin/metaplast" $(foreach file,$(MADE_FILES),"$(SHARE)/$(file)")
	rm -rf "$(SHARE)/metaplast"

clean: ## removes everything that was built; keeps runs/
	rm -rf .build $(INSTALL_BUILD) .venv .venv-brian2 .venv-torch .venv-bench
