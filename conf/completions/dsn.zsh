#compdef dsn dsn-read dsn-agent
# Completion of dsn and dsn-read for zsh, with the nodes and keys that the agent holds now.

_dsn_lines() { compadd -- ${(fu)"$("$@" 2>/dev/null)"}; }
# Those of dsn, or those below one of its commands.
_dsn_commands() { dsn "$@" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p'; }
_dsn_options() { dsn "$@" --help | grep -o -e '--[a-z][a-z-]*'; }
_dsn_nodes() { dsn-read | cut -f1; }
_dsn_keys() { dsn-read "$@" | cut -f2; }
_dsn_databases() { dsn-read | cut -f2 | sed -n 's|/.*||p'; }
_dsn_readings() { dsn-read | awk -F'\t' '{ print $1 "/" $2 }'; }
_dsn_demo_nodes() { dsn nodes --demo | cut -f1; }
# Of this node: the one that dsn nodes calls self.
_dsn_own_keys() { _dsn_keys "$(dsn nodes | awk -F'\t' '$2 == "self" { print $1 }')"; }

_dsn() {
  if [[ ${words[1]:t} == dsn-agent ]]; then
    if [[ $PREFIX == -* ]]; then compadd -- ${(fu)"$(dsn-agent --help | grep -o -e '--[a-z][a-z-]*')"}; else _files; fi
    return
  fi
  local command=read
  local -a given
  given=(${${words[2,CURRENT-1]}:#-*})
  if [[ ${words[1]:t} == dsn ]]; then
    if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
      _dsn_lines _dsn_commands
      compadd -- help version
      return
    fi
    command=$given[1]
    shift given
  fi
  case $words[CURRENT-1]:$PREFIX:$command:$#given in
    --database:*) _dsn_lines _dsn_databases ;;
    --state:*) compadd -- self live late gone restarting left asleep ;;
    --class:*) compadd -- battery carbon_dioxide current door energy humidity illuminance moisture motion power pressure problem temperature voltage window ;;
    --unit:*) compadd -- Cel %RH Pa V A W J Hz m m/s lx kg / % s count dB ;;
    --socket:* | --config:* | --record-config:* | --key:* | --out:* | --file:* | --system-root:*) _files ;;
    *:-*:key:1 | *:-*:demo:1) _dsn_lines _dsn_options $command $given[1] ;;
    --status:*) compadd -- ok late 'node late' 'node gone' error conflict stale 'on demand' ;;
    *:-*) _dsn_lines _dsn_options $command ;;
    *:*:read:0 | *:*:history:0 | *:*:forget:0 | *:*:revoke:0 | *:*:send:0 | *:*:ask:0) _dsn_lines _dsn_nodes ;;
    *:*:read:1 | *:*:history:1) _dsn_lines _dsn_keys $given[1] ;;
    *:*:set:0 | *:*:unset:*) _dsn_lines _dsn_own_keys ;;
    *:*:key:0 | *:*:demo:0) _dsn_lines _dsn_commands $command ;;
    *:*:help:*) _dsn_lines _dsn_commands $given ;;
    *:*:demo:1) _dsn_lines _dsn_demo_nodes ;;
    *:*:wait:0) _dsn_lines _dsn_readings ;;
    *:*:wait:1) compadd -- == != '<' '<=' '>' '>=' ;;
    *:*:check:0) _files ;;
  esac
}

# Loaded as a function on the first use, this file is that function.
if [[ $funcstack[1] == _dsn ]]; then _dsn "$@"; fi
