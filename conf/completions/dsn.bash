# Completion of dsn and dsn-read for bash, with the nodes and keys that the agent holds now.

_dsn_commands() { dsn --help 2>/dev/null | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p'; }
_dsn_options() { dsn "$@" --help 2>/dev/null | grep -o -e '--[a-z][a-z-]*'; }
_dsn_nodes() { dsn-read 2>/dev/null | cut -f1; }
_dsn_keys() { dsn-read "$@" 2>/dev/null | cut -f2; }
_dsn_databases() { dsn-read 2>/dev/null | cut -f2 | sed -n 's|/.*||p'; }
# Of this node: the one that dsn nodes calls self.
_dsn_own_keys() { _dsn_keys "$(dsn nodes 2>/dev/null | awk -F'\t' '$2 == "self" { print $1 }')"; }

_dsn() {
  local word=${COMP_WORDS[COMP_CWORD]} command=read words=("${COMP_WORDS[@]:1:COMP_CWORD-1}") given=()
  local one offered=
  if [[ ${COMP_WORDS[0]##*/} == dsn ]]; then
    if [[ $COMP_CWORD -eq 1 && $word != -* ]]; then
      mapfile -t COMPREPLY < <(compgen -W "$(_dsn_commands)" -- "$word")
      return
    fi
    command=${COMP_WORDS[1]} words=("${COMP_WORDS[@]:2:COMP_CWORD-2}")
  fi
  for one in "${words[@]}"; do
    if [[ $one != -* ]]; then given+=("$one"); fi
  done
  case ${COMP_WORDS[COMP_CWORD-1]}:$word:$command:${#given[@]} in
    --database:*) offered=$(_dsn_databases) ;;
    --state:*) offered="self live late gone restarting left" ;;
    --status:*) offered="ok late error conflict stale" ;;
    *:-*) offered=$(_dsn_options "$command") ;;
    *:*:read:0 | *:*:forget:0 | *:*:revoke:0 | *:*:send:0 | *:*:ask:0) offered=$(_dsn_nodes) ;;
    *:*:read:1) offered=$(_dsn_keys "${given[0]}") ;;
    *:*:set:0 | *:*:unset:*) offered=$(_dsn_own_keys) ;;
    *:*:key:0) offered="new invite rotate status export import" ;;
    *:*:check:0) mapfile -t COMPREPLY < <(compgen -f -- "$word") && return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$word" | sort -u)
}

complete -F _dsn dsn dsn-read
