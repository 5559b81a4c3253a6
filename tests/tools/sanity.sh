#!/usr/bin/env bash
# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs ansible-test sanity on a copy of the collection, with validate-modules and without ignored findings.
set -euo pipefail
cd "$(dirname "$0")/../.."

root=$PWD/.cache/sanity
tree=$root/ansible_collections
read -r version base < <(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2], sys._base_executable)')

rm -rf "$tree" "${root:?}/bin"
mkdir -p "$tree/acr" "$root/bin" "$root/home/.ansible/test/cache" "$root/home/.config"
tests/tools/export.sh "$tree/acr/tasks"
ln -s "$PWD/.cache/deps/ansible_collections/azure" "$tree/azure"
# The copy lies below a folder that git ignores. A repository of its own keeps ansible-test from asking the outer one,
# which would make it skip everything, with success.
git -C "$tree/acr/tasks" init --quiet

if compgen -G "$tree/acr/tasks/tests/sanity/ignore-*.txt" > /dev/null; then
    echo "There are ignore entries in tests/sanity: findings are mended here, not ignored." >&2
    exit 1
fi

# ansible-test fetches pip's installer for each environment that it makes. Where that host is out of reach, the file
# that it would keep in its cache does the same with the pip that Python brings. One name per ansible-core version.
for name in get_pip_25_2.py get_pip_24_2.py get_pip_23_1_2.py; do
    cp tests/tools/get_pip.py "$root/home/.ansible/test/cache/$name"
done
# It keeps HOME and PATH and drops the other variables: settings of pip come along as files, interpreters as links.
pip_settings=${XDG_CONFIG_HOME:-${HOME:-~}/.config}/pip
[ ! -d "$pip_settings" ] || ln -sfn "$pip_settings" "$root/home/.config/pip"
ln -s "$base" "$root/bin/python$version"
[ ! -x .venv/bin/shellcheck ] || ln -s "$PWD/.venv/bin/shellcheck" "$root/bin/shellcheck"

ansible_test=$PWD/.venv/bin/ansible-test
log=$root/log
cd "$tree/acr/tasks"
env -i HOME="$root/home" PATH="$root/bin:/usr/local/bin:/usr/bin:/bin" LANG=C.UTF-8 LC_ALL=C.UTF-8 \
    "$ansible_test" sanity --venv --python "$version" --color no 2>&1 |
    tee "$log" | grep -E '^(Running sanity|ERROR|FATAL|See documentation|WARNING: (Skipping|Required))' || failed=$?
if [ "${failed:-0}" -ne 0 ]; then
    echo "Everything that ansible-test said is in $log" >&2
    exit 1
fi

for test in validate-modules ansible-doc import pylint; do
    if ! grep -q "Running sanity test \"$test\"" "$log"; then
        echo "ansible-test did not run $test." >&2
        exit 1
    fi
done
