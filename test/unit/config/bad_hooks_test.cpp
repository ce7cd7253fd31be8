// SPDX-License-Identifier: Apache-2.0
// What is wrong with a hook.
#include "bad_config.hpp"

namespace dsn::config {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Hooks, BadConfig,
    testing::Values(
        Bad{"no_condition",
            "hooks:\n  a: {run: /x}\n",
            {"2:3: hook 'a' has no condition: give one of on_change, on_late, on_gone, on_asleep, "
             "on_back, on_joined, on_restarting, on_left, on_conflict, on_clone, on_message"}},
        Bad{"for_of_a_moment",
            "hooks:\n  a: {on_conflict: {}, for: 5m, run: /x}\n"
            "  b: {on_change: {key: door}, for: 5m, run: /x}\n"
            "  c: {on_change: {key: t, above: 3}, for: 5m, run: /x}\n",
            {"2:24: 'for' in hook 'a' needs a condition that lasts: on_change with 'above' or "
             "'below', on_late, on_gone, on_back, on_joined, on_left, on_restarting or on_asleep",
             "3:31: 'for' in hook 'b' needs a condition that lasts: on_change with 'above' or "
             "'below', on_late, on_gone, on_back, on_joined, on_left, on_restarting or on_asleep"}},
        Bad{"two_conditions",
            "hooks:\n  a: {on_gone: {}, on_back: {}, run: /x}\n",
            {"2:20: hook 'a' has both 'on_gone' and 'on_back': make two hooks"}},
        Bad{"no_action",
            "hooks:\n  a: {on_gone: {node: attic}}\n",
            {"2:3: hook 'a' does nothing: give it 'run' or 'write'"}},
        Bad{"misspelled",
            "hooks:\n  a: {on_gon: {}, rum: /x}\n",
            {"2:7: unknown key 'on_gon' in hook 'a' (did you mean 'on_gone'?)",
             "2:19: unknown key 'rum' in hook 'a' (did you mean 'run'?)"}},
        Bad{"gone_has_no_key",
            "hooks:\n  a: {on_gone: {key: b}, run: /x}\n",
            {"2:17: unknown key 'key' in 'on_gone' of hook 'a'; known here: node"}},
        Bad{"names",
            "hooks:\n  A b: {on_gone: {}, run: /x}\n  c: /x\n  d:\n",
            {"2:3: hook 'A b' must be named by 1 to 63 of a-z, 0-9, '_' and '-'",
             "3:3: hook 'c' must be a mapping such as {on_gone: {node: attic}, run: /bin/program}, "
             "not '/x'",
             "4:3: hook 'd' must be a mapping such as {on_gone: {node: attic}, run: /bin/program}, "
             "not nothing"}},
        Bad{"condition_is_no_mapping",
            "hooks:\n  a: {on_gone: attic, run: /x}\n",
            {"2:16: 'on_gone' in hook 'a' must be a mapping such as {node: attic}, not 'attic'"}},
        Bad{"patterns",
            "hooks:\n  a: {on_change: {node: Attic, key: /b}, run: /x}\n"
            "  b: {on_change: {node: 'a*c', key: 'b//*'}, run: /x}\n",
            {"2:25: 'node' in 'on_change' of hook 'a' must be a node, or the beginning of one with "
             "'*' behind it, not 'Attic'",
             "2:37: 'key' in 'on_change' of hook 'a' must be a key, or the beginning of one with "
             "'*' behind it, not '/b'",
             "3:25: 'node' in 'on_change' of hook 'b' must be a node, or the beginning of one with "
             "'*' behind it, not 'a*c'",
             "3:37: 'key' in 'on_change' of hook 'b' must be a key, or the beginning of one with "
             "'*' behind it, not 'b//*'"}},
        Bad{"levels",
            "hooks:\n  a: {on_change: {above: hot}, run: /x}\n"
            "  b: {on_change: {above: 1, below: 2}, run: /x}\n"
            "  c: {on_change: {hysteresis: 2}, run: /x}\n"
            "  d: {on_change: {below: 010, hysteresis: -2}, run: /x}\n",
            {"2:26: 'above' in 'on_change' of hook 'a' must be a number, not 'hot'",
             "3:29: 'below' in 'on_change' of hook 'b' and 'above' exclude each other: make two "
             "hooks",
             "4:19: 'hysteresis' in 'on_change' of hook 'c' needs 'above' or 'below'",
             "5:26: 'below' in 'on_change' of hook 'd' must be a number, without leading zeros: "
             "'010' could be read as octal",
             "5:43: 'hysteresis' in 'on_change' of hook 'd' must be 0 or more"}},
        Bad{"programs",
            "hooks:\n  a: {on_gone: {}, run: notify}\n"
            "  b: {on_gone: {}, run: /bin/sh -c x}\n"
            "  c: {on_gone: {}, run: [notify, x]}\n"
            "  d: {on_gone: {}, run: []}\n"
            "  e: {on_gone: {}, run: [/x, {}]}\n",
            {"2:25: 'run' in hook 'a' must name its program by an absolute path, not 'notify'",
             "3:25: 'run' in hook 'b' runs without a shell: write the program and its arguments as "
             "a list, such as [/bin/program, argument]",
             "4:26: 'run' in hook 'c' must name its program by an absolute path, not 'notify'",
             "5:25: 'run' in hook 'd' must be a program or a list of program and arguments, not "
             "empty",
             "6:30: an argument of 'run' in hook 'e' must be text, not a mapping; quote it if need "
             "be"}},
        Bad{"files",
            "hooks:\n  a: {on_gone: {}, write: gone.txt, format: text}\n",
            {"2:27: 'write' in hook 'a' must be an absolute path, not 'gone.txt'",
             "2:45: 'format' in hook 'a' must be value or json, not 'text'"}},
        Bad{"times",
            "hooks:\n  a: {on_gone: {}, run: /x, min_interval: 5, timeout: 2h}\n",
            {"2:43: 'min_interval' in hook 'a' must be a duration with a unit, such as 5s or 5ms, "
             "not '5'",
             "2:55: 'timeout' in hook 'a' must be a duration from 100ms to 1h, not '2h'"}}),
    BadConfig::name_of);

}  // namespace
}  // namespace dsn::config
