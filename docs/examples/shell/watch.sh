#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints the values of a key of a node, now and whenever it changes: watch.sh NODE KEY
tab=$(printf '\t')
dsn-read "$1" "$2" --watch | while IFS= read -r line; do
  # node, key, value, unit, age in ms, status
  if [ "${line##*"$tab"}" = ok ]; then
    printf '%s\n' "$line" | cut -f 3
  else
    echo "not to be trusted: ${line##*"$tab"}"
  fi
done
