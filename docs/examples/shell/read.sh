#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints a value once, if it can be trusted: read.sh NODE KEY
value=$(dsn-read "$1" "$2" --value --max-age 1h) || exit # 3: it is late, or not ok; 4: there is none
echo "$value"
