# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# All commands of the project, for people and for CI. Each can be repeated, and makes first what it needs.
# Everything lands in .venv, .cache and dist. Longer steps are scripts in tests/tools.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
COLLECTIONS := .cache/collections:.cache/deps
# Parallel test processes.
WORKERS ?= 2
export ANSIBLE_HOME := $(CURDIR)/.cache/ansible
export PYTHONUTF8 := 1
# Azure's packages are so large that a process without compiled files starts eight seconds later.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo env deps test lint sanity interop bench build lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: env deps ## rehearse Azure's article on a local Azure, for both kinds of identity
	PATH="$(CURDIR)/$(BIN):$$PATH" demo/run

env: .venv/.made ## .venv with all tools, on the newest Python from 3.11 to 3.14 that runs
.venv/.made: requirements-dev.txt emulator/pyproject.toml tests/tools/make_env.sh
	tests/tools/make_env.sh

deps: .cache/deps/.made ## azure.azcollection in .cache/deps, the checkout linked in .cache/collections
.cache/deps/.made: .venv/.made tests/tools/get_azcollection.sh
	tests/tools/get_azcollection.sh

test: env deps ## all tests but interop: unit, e2e (ansible-playbook on the emulator), the emulator's own
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(TESTS)

lint: env deps ## formatting, style, types, documentation, licences
	tests/tools/lint.sh

sanity: env deps ## ansible-test sanity on a copy without emulator and demo
	tests/tools/sanity.sh

interop: env deps ## unmodified az and azure.azcollection on the same state as our modules
	ACR_TASKS_AZ=$$(tests/tools/get_az.sh) && export ACR_TASKS_AZ && \
		$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests/interop

bench: env deps ## seconds per task: our modules, azure_rm_* and az for the same job
	ACR_TASKS_AZ=$$(tests/tools/get_az.sh) && export ACR_TASKS_AZ && \
		PYTHONPATH=tests $(BIN)/python -m bench

build: env ## the collection's tarball in dist
	tests/tools/build.sh

lock: env ## requirements-dev.txt anew from requirements-dev.in
	tests/tools/lock.sh

clean: ## remove what the other targets made
	rm -rf .venv .cache dist
