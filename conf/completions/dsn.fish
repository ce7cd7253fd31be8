# Completion of dsn and dsn-read for fish, with the nodes and keys that the agent holds now.

# Those of dsn, or those below one of its commands.
function __dsn_commands
    dsn $argv --help 2>/dev/null | string replace -rf '^  ([a-z]+)  +(.*)$' '$1\t$2'
end

# What stands before the word that is completed, without options: the program, a command, ...
function __dsn_given
    string match -v -- '-*' (commandline -opc)
end

function __dsn_arguments
    set -l given (__dsn_given)
    if test (basename $given[1]) = dsn-read
        set given dsn read $given[2..]
    end
    switch (commandline -opc)[-1]
        case --database
            dsn-read 2>/dev/null | cut -f2 | string replace -rf '/.*' '' | sort -u
            return
        case --state
            printf '%s\n' self live late gone restarting left asleep
            return
        case --class
            printf '%s\n' battery carbon_dioxide current door energy humidity illuminance moisture motion power pressure problem temperature voltage window
            return
        case --unit
            printf '%s\n' Cel %RH Pa V A W J Hz m m/s lx kg / % s count dB
            return
        case --socket --config --record-config --key --out --file --system-root
            __fish_complete_path (commandline -ct)
            return
        case --status
            printf '%s\n' ok late 'node late' 'node gone' error conflict stale 'on demand'
            return
    end
    if string match -q -- '-*' (commandline -ct)
        set -l of $given[2]
        if contains -- $of key demo
            set of $given[2..3]
        end
        dsn $of --help 2>/dev/null | string match -ra -- '--[a-z][a-z-]*' | sort -u
        return
    end
    switch "$given[2]:"(count $given)
        case 'read:2' 'history:2' 'forget:2' 'revoke:2' 'send:2' 'ask:2'
            dsn-read 2>/dev/null | cut -f1 | sort -u
        case 'read:3' 'history:3'
            dsn-read $given[3] 2>/dev/null | cut -f2
        case 'set:2' 'unset:*'
            dsn-read (dsn nodes 2>/dev/null | awk -F'\t' '$2 == "self" { print $1 }') 2>/dev/null | cut -f2
        case 'key:2' 'demo:2'
            __dsn_commands $given[2]
        case 'help:*'
            __dsn_commands $given[3..]
        case 'demo:3'
            dsn nodes --demo 2>/dev/null | cut -f1
        case 'wait:2'
            dsn-read 2>/dev/null | awk -F'\t' '{ print $1 "/" $2 }'
        case 'wait:3'
            printf '%s\n' == != '<' '<=' '>' '>='
        case 'check:2'
            __fish_complete_path (commandline -ct)
    end
end

complete -c dsn -f -n 'test (count (__dsn_given)) -eq 1' -a '(__dsn_commands)'
complete -c dsn -f -n 'test (count (__dsn_given)) -gt 1' -a '(__dsn_arguments)'
complete -c dsn -f -n 'test (count (__dsn_given)) -eq 1' -a 'help version'
complete -c dsn-agent -a "(dsn-agent --help | string match -ra -- '--[a-z][a-z-]*' | sort -u)" -n "string match -q -- '-*' (commandline -ct)"
complete -c dsn-read -f -a '(__dsn_arguments)'
