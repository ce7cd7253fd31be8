# Checks of a shell script: counted, and shown with what they said if they fail.
passed=0
failed=0

check() {  # WHAT COMMAND...
  what=$1
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "ok    $what"
  else
    failed=$((failed + 1))
    echo "FAIL  $what"
    echo "$output" | sed 's/^/      /'
  fi
}

same() {  # EXPECTED ACTUAL
  [ "$1" = "$2" ] || { printf 'expected: %s\nactual:   %s\n' "$1" "$2"; return 1; }
}

silent() { same "" "$("$@" 2>&1)"; }

finish() {
  echo "$passed passed, $failed failed"
  [ $failed -eq 0 ]
}
