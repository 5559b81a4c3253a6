#!/usr/bin/env bash
# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs every linter, and fails at the end if one of them failed.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
PATH=$PWD/.venv/bin:$PATH
export ANSIBLE_COLLECTIONS_PATH=$PWD/.cache/collections:$PWD/.cache/deps

failed=()
check() {
    local name=$1
    shift
    local output
    if output=$("$@" 2>&1); then
        echo "ok      $name"
    else
        echo "FAILED  $name"
        printf '%s\n' "$output"
        failed+=("$name")
    fi
}

types() {
    # mypy must see the files below ansible_collections, or it does not know their names.
    (cd .cache/collections && mypy --config-file ../../pyproject.toml --namespace-packages --explicit-package-bases \
        ansible_collections/acr/tasks/plugins) &&
        mypy --config-file pyproject.toml emulator/src/azure_emulator &&
        (cd tests && MYPYPATH=../.cache/collections mypy --config-file ../pyproject.toml --namespace-packages \
            --explicit-package-bases support)
}

shell_scripts() {
    git grep --files-with-matches --null -E '^#!.*\b(bash|sh)$' -- ':!*.md' | xargs -0 shellcheck
}

check "ruff check" ruff check --quiet .
check "ruff format" ruff format --check --quiet .
check "yamllint" yamllint --strict .
check "shellcheck" shell_scripts
check "ansible-lint" ansible-lint --offline --strict --profile production
check "changelog" antsibull-changelog lint
check "documentation" antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs=self .
check "mypy" types
check "licences" reuse lint --lines
check "words" python tests/tools/check_words.py

[ ${#failed[@]} -eq 0 ] || { echo "Failed: ${failed[*]}" >&2; exit 1; }
