#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures something each ten seconds. Half a minute after this ends the value is late.
height_of_the_river() {
  echo 2.5 # ask your device here
}

while dsn set river/height "$(height_of_the_river)" --unit m --max-age 30s >/dev/null; do
  sleep 10
done
