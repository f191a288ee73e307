# One command each; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(PYTHON) deploy/install.py

.PHONY: help setup run check test planted setup-dev system-packages messages \
	messages-compile openapi reference seed bench room sizes events

help: ## Show the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

setup: node_modules/.installed ## Make .venv and fetch the browser libraries
	@$(INSTALL) requirements.lock
	@$(BIN)/python -m guanxi.config.assets

run: setup ## Start Guanxi and print its address and login
	@exec $(BIN)/guanxi run

check: setup-dev ## Everything fast that CI runs: style, walls, types, words, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy guanxi tests
	$(BIN)/djlint guanxi --lint --quiet
	$(BIN)/python -m guanxi.config.messages --check
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/pytest -n 2 --dist worksteal --ignore tests/journeys

test: system-packages check ## Everything CI runs, the browser too
	$(BIN)/pytest -p no:randomly tests/journeys

setup-dev: node_modules/.installed
	@$(INSTALL) requirements-dev.lock
	@$(BIN)/python -m guanxi.config.assets

system-packages:
	@deploy/system-packages.sh

planted: setup-dev ## Plant defects in a copy, one at a time, and see which the tests notice; prints JSON
	@$(BIN)/python -m tests.planted

messages: setup-dev ## Collect the sentences of every room into its catalogue
	$(BIN)/python -m guanxi.config.messages

openapi: setup ## Write the OpenAPI document of the REST interface
	@$(BIN)/python -c 'from guanxi.config.prepare import set_up_django as s; s(); from guanxi.config.rest import write_document as w; w("docs/openapi.json")'

reference: setup ## Write the reference of rights, commands and events
	@$(BIN)/python -c 'from guanxi.config.prepare import set_up_django as s; s(); from guanxi.config.reference import main as m; m()'

messages-compile: setup ## Compile the catalogues that changed
	@$(BIN)/python -c 'from guanxi.config.assets import compile_messages as c; c()'

seed: setup ## Load the demo data into an empty database
	$(BIN)/guanxi demo

bench: setup-dev ## Measure pages, imports and analysis; prints JSON
	$(BIN)/python -m bench

room: ## Write the plan of a new room: make room name=vouchers
	@$(BIN)/python -m guanxi.config.scaffold '$(name)'

sizes: ## Show the largest files and functions
	@$(BIN)/python -m guanxi.config.sizes

events: setup ## Show which room reacts to which event
	@$(BIN)/python -m guanxi.config.event_map

node_modules/.installed: package-lock.json
	@echo '正在下载浏览器组件……  ·  Fetching the browser libraries …'
	@npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@
