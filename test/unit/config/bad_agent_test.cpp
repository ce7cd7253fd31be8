// SPDX-License-Identifier: Apache-2.0
// What is wrong at the top level and with the network.
#include "bad_config.hpp"

namespace dsn::config {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Agent, BadConfig,
    testing::Values(
        Bad{"unknown_key", "prot: 8000\n", {"1:1: unknown key 'prot' (did you mean 'port'?)"}},
        Bad{"unknown_key_without_hint",
            "colour: blue\n",
            {"1:1: unknown key 'colour'; known here: node_id port network_ip aes_key aes_key_file "
             "aes_key_next credential_dir bootstrap_nodes interfaces multicast mail_rate role "
             "sleep "
             "whitelist_node_ids expect retain sensors hooks commands databases board "
             "board_sensors"}},
        Bad{"whitelist_entries",
            "whitelist_node_ids: [attic, Shed, 9ea6, {a: 1}, 9ea6c7dad969e1c6c1492a9f557318cG]\n",
            {"1:29: an entry of 'whitelist_node_ids' must be the name of a node, or its id of 32 "
             "hexadecimal digits as 'dsn nodes --json' shows it, not 'Shed'",
             "1:41: an entry of 'whitelist_node_ids' must be text, not a mapping",
             "1:49: an entry of 'whitelist_node_ids' must be the name of a node, or its id of 32 "
             "hexadecimal digits as 'dsn nodes --json' shows it, not "
             "'...' (looks like a key, so it is not shown)"}},
        Bad{"whitelist_text",
            "whitelist_node_ids: attic\n",
            {"1:21: 'whitelist_node_ids' must be a list, such as [a, b], not 'attic'"}},
        Bad{"node_id_upper_case",
            "node_id: Attic.local\n",
            {"1:10: 'node_id' must be 1 to 63 of a-z, 0-9, '-' and '_', the last two not at an "
             "end, not 'Attic.local'; 'attic' would do"}},
        Bad{"node_id_underscore_at_an_end",
            "node_id: my_pi_\n",
            {"1:10: 'node_id' must be 1 to 63 of a-z, 0-9, '-' and '_', the last two not at an "
             "end, not 'my_pi_'; 'my_pi' would do"}},
        Bad{"node_id_empty", "node_id: \"\"\n", {"1:10: 'node_id' must have 1 to 63 bytes, not 0"}},
        Bad{"node_id_too_long",
            "node_id: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
            {"1:10: 'node_id' must have 1 to 63 bytes, not 64"}},
        Bad{"node_id_missing_value",
            "node_id:\n"
            "port: 1\n",
            {"1:1: 'node_id' has no value: give it one or leave the key out"}},
        Bad{"node_id_list", "node_id: [attic]\n", {"1:10: 'node_id' must be text, not a list"}},
        Bad{"port_too_large",
            "port: 65536\n",
            {"1:7: 'port' must be an integer from 0 to 65535, not '65536'"}},
        Bad{"port_negative",
            "port: -1\n",
            {"1:7: 'port' must be an integer from 0 to 65535, not '-1'"}},
        Bad{"port_octal",
            "port: 010\n",
            {"1:7: 'port' must be an integer from 0 to 65535, without leading zeros: '010' could "
             "be read as octal"}},
        Bad{"port_octal_new",
            "port: 0o17\n",
            {"1:7: 'port' must be an integer from 0 to 65535, not '0o17'"}},
        Bad{"port_hex",
            "port: 0x1f90\n",
            {"1:7: 'port' must be an integer from 0 to 65535, not '0x1f90'"}},
        Bad{"port_text",
            "port: http\n",
            {"1:7: 'port' must be an integer from 0 to 65535, not 'http'"}},
        Bad{"port_quoted",
            "port: \"8000\"\n",
            {"1:7: 'port' must be an integer from 0 to 65535, not text: remove the quotes"}},
        Bad{"port_fraction",
            "port: 8000.0\n",
            {"1:7: 'port' must be an integer from 0 to 65535, not '8000.0'"}},
        Bad{"port_huge",
            "port: 99999999999999999999999\n",
            {"1:7: 'port' must be an integer from 0 to 65535, not '...' (looks like a key, so it "
             "is not shown)"}},
        Bad{"port_mapping",
            "port: {udp: 8000}\n",
            {"1:7: 'port' must be an integer from 0 to 65535, not a mapping"}},
        Bad{"multicast_yes",
            "multicast: yes\n",
            {"1:12: 'multicast' must be true or false, not 'yes'"}},
        Bad{"multicast_number",
            "multicast: 1\n",
            {"1:12: 'multicast' must be true or false, not '1'"}},
        Bad{"network_ip_wrong",
            "network_ip: 192.168.1.300\n",
            {"1:13: 'network_ip': '192.168.1.300' is no IPv4 or IPv6 address"}},
        Bad{"network_ip_any",
            "network_ip: 0.0.0.0\n",
            {"1:13: 'network_ip': 0.0.0.0 is no address; to use all, leave it out"}},
        Bad{"network_ip_any6",
            "network_ip: \"::\"\n",
            {"1:13: 'network_ip': :: is no address; to use all, leave it out"}},
        Bad{"network_ip_group",
            "network_ip: 239.1.2.3\n",
            {"1:13: 'network_ip': '239.1.2.3' is no address of a host"}},
        Bad{"network_ip_name",
            "network_ip: attic.local\n",
            {"1:13: 'network_ip': 'attic.local' is no IPv4 or IPv6 address"}},
        Bad{"aes_key_short",
            "aes_key: 00112233445566778899aabbccddeef\n",
            {"1:10: 'aes_key' must be 32 hexadecimal digits; its length is 31"}},
        Bad{"aes_key_long",
            "aes_key: 00112233445566778899aabbccddeeff0\n",
            {"1:10: 'aes_key' must be 32 hexadecimal digits; its length is 33"}},
        Bad{"aes_key_not_hex",
            "aes_key: 0011223344556677x899aabbccddeeff\n",
            {"1:10: 'aes_key' must be 32 hexadecimal digits; character 17 is not a hexadecimal "
             "digit"}},
        Bad{"aes_key_next_alone",
            "aes_key_next: 00112233445566778899aabbccddeeff\n",
            {"1:1: 'aes_key_next' is a second key, beside 'aes_key' or 'aes_key_file', and there "
             "is "
             "neither"}},
        Bad{"aes_key_next_the_same",
            "aes_key: 00112233445566778899aabbccddeeff\n"
            "aes_key_next: 00112233445566778899AABBCCDDEEFF\n",
            {"2:1: 'aes_key_next' is the same as 'aes_key'"}},
        Bad{"aes_key_next_short",
            "aes_key: 00112233445566778899aabbccddeeff\naes_key_next: 0011\n",
            {"2:15: 'aes_key_next' must be 32 hexadecimal digits; its length is 4"}},
        Bad{"aes_key_list",
            "aes_key: [00112233445566778899aabbccddeeff]\n",
            {"1:10: 'aes_key' must be 32 hexadecimal digits, not a list"}},
        Bad{"aes_key_empty",
            "aes_key:\n",
            {"1:1: 'aes_key' must be 32 hexadecimal digits, not nothing"}},
        Bad{"aes_key_number",
            "aes_key: 5\n",
            {"1:10: 'aes_key' must be 32 hexadecimal digits; its length is 1"}},
        Bad{"both_keys",
            "aes_key: 00112233445566778899aabbccddeeff\n"
            "aes_key_file: k1.key\n",
            {"2:1: 'aes_key' and 'aes_key_file' exclude each other: keep the file"}},
        Bad{"key_in_the_wrong_place",
            "node_id: 00112233445566778899AABBCCDDEEFF_\n"
            "00112233445566778899aabbccddeeff: x\n"
            "port: 00112233445566778899aabbccddeeff\n",
            {"1:10: 'node_id' must be 1 to 63 of a-z, 0-9, '-' and '_', the last two not at an "
             "end, not '...' (looks like a key, so it is not shown); '...' (looks like a key, so "
             "it is not "
             "shown) would do",
             "2:1: unknown key '...' (looks like a key, so it is not shown); known here: node_id "
             "port network_ip aes_key aes_key_file aes_key_next credential_dir bootstrap_nodes "
             "interfaces multicast mail_rate role sleep whitelist_node_ids expect retain sensors "
             "hooks "
             "commands "
             "databases board board_sensors",
             "3:7: 'port' must be an integer from 0 to 65535, not '...' (looks like a key, so it "
             "is not shown)"}},
        Bad{"bootstrap_not_a_list",
            "bootstrap_nodes: coordinator.local:8000\n",
            {"1:18: 'bootstrap_nodes' must be a list, such as [a, b], not "
             "'coordinator.local:8000'"}},
        Bad{"bootstrap_forms",
            "bootstrap_nodes:\n"
            "  - host name\n"
            "  - 192.168.1.999\n"
            "  - attic:0\n"
            "  - \"attic:\"\n"
            "  - \"attic:x\"\n"
            "  - \"[fe80::1]\"\n"
            "  - \"[fd00::1:5\"\n"
            "  - \"[fd00::1]5\"\n"
            "  - \"[attic]:5\"\n"
            "  - \"fe80::1%\"\n"
            "  - [a]\n",
            {"2:5: bootstrap node 1: 'host name' is no address and no host name",
             "3:5: bootstrap node 2: '192.168.1.999' is no IPv4 address",
             "4:5: bootstrap node 3: the port in 'attic:0' must be an integer from 1 to 65535",
             "5:5: bootstrap node 4: the port is missing after ':' in 'attic:'",
             "6:5: bootstrap node 5: the port in 'attic:x' must be an integer from 1 to 65535",
             "7:5: bootstrap node 6: 'fe80::1' is link-local: add the interface, as in "
             "'fe80::1%eth0'",
             "8:5: bootstrap node 7: '[fd00::1:5' has no ']'",
             "9:5: bootstrap node 8: after ']' in '[fd00::1]5' only ':' and a port may follow",
             "10:5: bootstrap node 9: '[attic]:5' has no IPv6 address within '[' and ']'",
             "11:5: bootstrap node 10: 'fe80::1%' has no valid interface after '%'",
             "12:5: bootstrap node 11 must be text or {address: ..., port: ...}, not a list"}},
        Bad{"bootstrap_mapping",
            "bootstrap_nodes:\n"
            "  - {address: attic, prt: 5}\n"
            "  - {port: 5}\n"
            "  - {address: attic, port: 0}\n"
            "  - {address: 300.1.1.1}\n"
            "  - {}\n",
            {"2:22: unknown key 'prt' in bootstrap node 1 (did you mean 'port'?)",
             "3:5: 'address' is missing in bootstrap node 2",
             "4:28: 'port' in bootstrap node 3 must be an integer from 1 to 65535, not '0'",
             "5:15: bootstrap node 4: '300.1.1.1' is no IPv4 address",
             "6:5: 'address' is missing in bootstrap node 5"}},
        Bad{"interfaces",
            "interfaces: [eth0/1, \"e*h\", \"\", a-very-long-interface-name, {a: b}]\n",
            {"1:14: 'interfaces': 'eth0/1' is no name of a network interface",
             "1:22: 'interfaces': 'e*h' has a '*' before its end; only prefixes such as 'wl*' are "
             "possible",
             "1:29: 'interfaces': '' is no name of a network interface",
             "1:33: 'interfaces': 'a-very-long-interface-name' is no name of a network interface",
             "1:61: an entry of 'interfaces' must be text, not a mapping; '*' must stand in "
             "quotes"}},
        Bad{"interfaces_scalar",
            "interfaces: eth0\n",
            {"1:13: 'interfaces' must be a list, such as [a, b], not 'eth0'"}},
        Bad{"sensors_list",
            "sensors:\n"
            "  - {proc: load1}\n",
            {"2:3: 'sensors' must be a mapping of 'key: value', without '- ', not a list"}},
        Bad{"several_findings",
            "prot: 1\n"
            "port: x\n"
            "multicast: 3\n"
            "sensors:\n"
            "  a: {}\n",
            {"1:1: unknown key 'prot' (did you mean 'port'?)",
             "2:7: 'port' must be an integer from 0 to 65535, not 'x'",
             "3:12: 'multicast' must be true or false, not '3'",
             "5:3: sensor 'a' has no driver: give one of proc, thermal, hwmon, w1, iio, gpio, i2c, "
             "rpi, file, "
             "exec"}},
        Bad{"credential_dir_control",
            "credential_dir: \"/var/\\0lib\"\n",
            {"1:17: 'credential_dir' has a character that cannot be printed"}},
        Bad{"key_as_node_id",
            "node_id: 00112233445566778899aabbccddeeff\n",
            {"1:10: 'node_id' looks like the key of a network, which belongs into 'aes_key'"}},
        Bad{"not_utf8",
            "credential_dir: /var/\xff"
            "\n",
            {"1:1: this line is not UTF-8"}}),
    BadConfig::name_of);

}  // namespace
}  // namespace dsn::config
