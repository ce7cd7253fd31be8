#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Takes what send.sh sends, and answers what ask.sh asks.
tab=$(printf '\t')
dsn listen light height | while IFS= read -r line; do
  # node that sent it, name, payload, ask
  sender=$(printf '%s\n' "$line" | cut -f 1)
  name=$(printf '%s\n' "$line" | cut -f 2)
  ask=${line##*"$tab"}
  case $name in
    light) echo "$sender switches the light: $(printf '%s\n' "$line" | cut -f 3)" ;;
    height) if [ -n "$ask" ]; then dsn reply "$ask" 2.5; fi ;;
  esac
done
