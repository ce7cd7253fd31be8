# Completion of dsn and dsn-read for bash, with the nodes and keys that the agent holds now.

# Those of dsn, or those below one of its commands.
_dsn_commands() { dsn "$@" --help 2>/dev/null | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p'; }
_dsn_options() { dsn "$@" --help 2>/dev/null | grep -o -e '--[a-z][a-z-]*'; }
_dsn_nodes() { dsn-read 2>/dev/null | cut -f1; }
_dsn_keys() { dsn-read "$@" 2>/dev/null | cut -f2; }
_dsn_databases() { dsn-read 2>/dev/null | cut -f2 | sed -n 's|/.*||p'; }
_dsn_readings() { dsn-read 2>/dev/null | awk -F'\t' '{ print $1 "/" $2 }'; }
_dsn_demo_nodes() { dsn nodes --demo 2>/dev/null | cut -f1; }
_dsn_files() { mapfile -t COMPREPLY < <(compgen -f -- "$1"); }
# Of this node: the one that dsn nodes calls self.
_dsn_own_keys() { _dsn_keys "$(dsn nodes 2>/dev/null | awk -F'\t' '$2 == "self" { print $1 }')"; }

_dsn() {
  local word=${COMP_WORDS[COMP_CWORD]} command=read words=("${COMP_WORDS[@]:1:COMP_CWORD-1}") given=()
  local one offered=
  if [[ ${COMP_WORDS[0]##*/} == dsn ]]; then
    if [[ $COMP_CWORD -eq 1 && $word != -* ]]; then
      mapfile -t COMPREPLY < <(compgen -W "$(_dsn_commands) help version" -- "$word")
      return
    fi
    command=${COMP_WORDS[1]} words=("${COMP_WORDS[@]:2:COMP_CWORD-2}")
  fi
  for one in "${words[@]}"; do
    if [[ $one != -* ]]; then given+=("$one"); fi
  done
  case ${COMP_WORDS[COMP_CWORD-1]}:$word:$command:${#given[@]} in
    --database:*) offered=$(_dsn_databases) ;;
    --state:*) offered="self live late gone restarting left asleep" ;;
    --status:*) offered="ok late error conflict stale" ;;
    --class:*) offered="battery carbon_dioxide current door energy humidity illuminance moisture motion power pressure problem temperature voltage window" ;;
    --unit:*) offered="Cel %RH Pa V A W J Hz m m/s lx kg / % s count dB" ;;
    --socket:* | --config:* | --record-config:* | --key:* | --out:* | --file:* | --system-root:*) _dsn_files "$word" && return ;;
    *:-*:key:1 | *:-*:demo:1) offered=$(_dsn_options "$command" "${given[0]}") ;;
    *:-*) offered=$(_dsn_options "$command") ;;
    *:*:read:0 | *:*:history:0 | *:*:forget:0 | *:*:revoke:0 | *:*:send:0 | *:*:ask:0) offered=$(_dsn_nodes) ;;
    *:*:read:1 | *:*:history:1) offered=$(_dsn_keys "${given[0]}") ;;
    *:*:set:0 | *:*:unset:*) offered=$(_dsn_own_keys) ;;
    *:*:key:0 | *:*:demo:0) offered=$(_dsn_commands "$command") ;;
    *:*:help:*) offered=$(_dsn_commands "${given[@]}") ;;
    *:*:demo:1) offered=$(_dsn_demo_nodes) ;;
    *:*:wait:0) offered=$(_dsn_readings) ;;
    *:*:wait:1) offered="== != < <= > >=" ;;
    *:*:check:0) _dsn_files "$word" && return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$word" | sort -u)
}

_dsn_agent() {
  local word=${COMP_WORDS[COMP_CWORD]}
  case ${COMP_WORDS[COMP_CWORD-1]}:$word in
    *:-*) mapfile -t COMPREPLY < <(compgen -W "$(dsn-agent --help | grep -o -e '--[a-z][a-z-]*' | sort -u)" -- "$word") ;;
    *) _dsn_files "$word" ;;
  esac
}

complete -F _dsn dsn dsn-read
complete -F _dsn_agent dsn-agent
