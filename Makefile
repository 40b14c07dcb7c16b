# Parley. `make help` says what there is. Variables: PYTHON, PARLEY_CACHE, PARLEY_HTTP_PORT, PARLEY_DATA, PARLEY_STUDIO=0.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run livekit studio test check format bench soak locks clean

BIN := .venv/bin
# Set up for: server, studio or dev (each holds the one before).
SETUP = @python=$$(packaging/find-python) && "$$python" packaging/setup
# Whether there is a studio to open: a display, and nobody said no.
WINDOW = $(and $(DISPLAY)$(WAYLAND_DISPLAY),$(filter-out 0 no false off,$(or $(PARLEY_STUDIO),1)))

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

setup: ## make .venv with everything, build the widget (PARLEY_STUDIO=0: only what a headless server needs)
	$(SETUP) $(if $(filter 0 no false off,$(PARLEY_STUDIO)),server,dev)

run: ## the server with the sample flows and the demo page, and the studio when there is a display
	$(SETUP) $(if $(WINDOW),studio,server)
	@exec $(BIN)/python packaging/run $(if $(WINDOW),--studio)

livekit: ## a LiveKit server beside `make run`: the one there is, an installed one, or the pinned release, built once
	$(SETUP) server
	@exec $(BIN)/python packaging/livekit

studio: ## the desktop studio alone
	$(SETUP) studio
	@exec $(BIN)/parley studio

check: ## lint, format, types, who imports whom, and the rules of our own
	$(SETUP) dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "not formatted: run make format"; exit 1; }
	@$(BIN)/mypy --no-error-summary engine server studio migrations
	@for part in checks setup lanes run reference phone; do $(BIN)/mypy --no-error-summary packaging/$$part || exit 1; done
	@MYPYPATH=packaging/setup $(BIN)/mypy --no-error-summary packaging/livekit
	@$(BIN)/lint-imports --no-cache >build/imports.txt 2>&1 || { cat build/imports.txt; exit 1; }
	@$(BIN)/python packaging/checks
	@cd server/widget && PATH="$$(../../packaging/node-path):$$PATH" npm run --silent check
	@echo "checks: all good"

format: ## put the code into form
	$(SETUP) dev
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

test: check ## everything: the checks, all tests, the coverage gates
	@$(BIN)/python packaging/lanes

bench: ## every figure of speed and memory, beside its peers
	$(SETUP) dev
	@$(BIN)/python -m tests.bench

soak: ## 20,000 repaints of 5,000 nodes; 100,000 wounded datagrams and 2,000 calls at the telephone edge
	$(SETUP) dev
	@$(BIN)/python -m tests.bench.soak
	@$(BIN)/python -m tests.bench.soak_phone

locks: ## resolve the locks anew
	$(SETUP) dev
	@packaging/make-locks

clean: ## remove what set-up and tests made (the shared cache stays: see PARLEY_CACHE)
	rm -rf .venv build dist server/widget/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
	@test ! -L server/widget/node_modules || rm server/widget/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
