#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints a value once, if it can be trusted: read.sh NODE KEY
# The exit status is 3 if it is late or not ok, 4 if there is none, 5 if no agent runs.
value=$(dsn-read "$1" "$2" --value --max-age 1h) || exit
echo "$value"
