#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Switches a light on another node, and says whether somebody there took it: send.sh NODE on|off
case $2 in on) payload='{"on":true}' ;; *) payload='{"on":false}' ;; esac
exec dsn send "$1" light "$payload" # exit status 0: somebody has it
