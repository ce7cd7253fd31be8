#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Asks a program on another node, and prints what it replies: ask.sh NODE
exec dsn ask "$1" height --timeout 5s # exit status 6 or 7: there is no answer, and it says why
