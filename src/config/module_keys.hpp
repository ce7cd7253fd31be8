// SPDX-License-Identifier: Apache-2.0
// The part of the table of keys that is about the programs beside the agent.
#pragma once

#include <cstdint>

#include "config/key_table.hpp"

namespace dsn::config {

inline constexpr std::int64_t kHour = 3'600'000;
inline constexpr std::int64_t kDay = 24 * kHour;
// PATH_MAX less its terminator; the kernel takes no longer path.
inline constexpr std::int64_t kPathSizeMax = 4095;

inline constexpr DocumentedKey kWebKeys[] = {
    {KeyScope::web, "address", KeyType::text, 2, 45, "127.0.0.1",
     "IPv4 or IPv6 address to listen on; 0.0.0.0 is every IPv4 address of this machine."},
    {KeyScope::web, "port", KeyType::integer, 0, 65535, "8173",
     "TCP port to listen on; 0 takes any free port."},
    {KeyScope::web, "hosts", KeyType::list, 0, 32, "[]",
     "Further names by which browsers call this machine, besides its host name and addresses."},
    {KeyScope::web, "token_file", KeyType::path, 1, kPathSizeMax, "none",
     "File with a secret; programs that send it may set keys and send messages."},
    {KeyScope::web, "clients", KeyType::integer, 1, 1000, "100",
     "How many pages may be open at a time."},
    {KeyScope::web, "history", KeyType::path, 1, kPathSizeMax, "/var/lib/dsn-record/history.sqlite",
     "File of dsn-record on this machine; where it is there, the page has charts of days."},
};

inline constexpr DocumentedKey kRecordKeys[] = {
    {KeyScope::record, "database", KeyType::path, 1, kPathSizeMax,
     "/var/lib/dsn-record/history.sqlite", "File that the history is kept in."},
    {KeyScope::record, "readings", KeyType::list, 0, 64, "['*']",
     "What is recorded: patterns (`*`, `?`) of node and key with a `/` between them, such as "
     "`attic/room/*`."},
    {KeyScope::record, "raw", KeyType::duration, kHour, 3650 * kDay, "7d",
     "How long each change is kept."},
    {KeyScope::record, "minutes", KeyType::duration, kHour, 3650 * kDay, "90d",
     "How long mean, lowest and highest of each minute are kept."},
    {KeyScope::record, "hours", KeyType::duration, kHour, 36500 * kDay, "1825d",
     "How long those of each hour are kept."},
    {KeyScope::record, "every", KeyType::duration, 60'000, kHour, "1m",
     "Time between two writes to the disk."},
    {KeyScope::record, "size_max", KeyType::integer, 8, 1'000'000, "1000",
     "The largest size of the file in MiB; beyond it the oldest is deleted."},
};

inline constexpr DocumentedKey kMqttKeys[] = {
    {KeyScope::mqtt, "broker", KeyType::text, 1, 253, "localhost",
     "Name or address of the broker."},
    {KeyScope::mqtt, "port", KeyType::integer, 1, 65535, "1883, or 8883 with TLS",
     "TCP port of the broker."},
    {KeyScope::mqtt, "user", KeyType::text, 1, 256, "none",
     "Name under which the broker lets the program in."},
    {KeyScope::mqtt, "password_file", KeyType::path, 1, kPathSizeMax, "none",
     "File with the password in its first line, which nobody else may read."},
    {KeyScope::mqtt, "client_id", KeyType::text, 1, 64, "made by chance at each connection",
     "Name of the connection, for brokers that want to know it; no two connections may share one."},
    {KeyScope::mqtt, "tls", KeyType::boolean, 0, 0, "true if there is a ca_file, else false",
     "Whether the connection is encrypted, and the certificate of the broker checked."},
    {KeyScope::mqtt, "ca_file", KeyType::path, 1, kPathSizeMax, "the authorities of this system",
     "Certificates of the authorities that may have signed the broker's."},
    {KeyScope::mqtt, "certificate_file", KeyType::path, 1, kPathSizeMax, "none",
     "Certificate that this program shows to the broker."},
    {KeyScope::mqtt, "key_file", KeyType::path, 1, kPathSizeMax, "none",
     "Private key of `certificate_file`, which nobody else may read."},
    {KeyScope::mqtt, "prefix", KeyType::text, 1, 32, "dsn",
     "What all topics of this site begin with, and its name to other sites: a-z, 0-9, '-' and "
     "'_', the last two not at an end. No two sites of a broker may share one."},
    {KeyScope::mqtt, "discovery", KeyType::text, 1, 64, "homeassistant",
     "Topic below which Home Assistant looks for devices; `none`: it is told of nothing."},
    {KeyScope::mqtt, "readings", KeyType::list, 0, 64, "['*']",
     "What is published: patterns (`*`, `?`) of node and key with a `/` between them, such as "
     "`attic/room/*`."},
    {KeyScope::mqtt, "settle", KeyType::duration, 0, kDay, "5m",
     "How long a node must have been running for a missing key to be removed from the broker, and "
     "the own agent for a missing node."},
    {KeyScope::mqtt, "commands", KeyType::mapping, 0, 64, "{}",
     "Messages that may be sent by way of the broker: a mapping from name to command."},
    {KeyScope::mqtt, "bridge", KeyType::mapping, 0, 16, "{}",
     "Other sites whose readings are shown here: a mapping from their prefix to patterns of node "
     "and key."},

    {KeyScope::mqtt_command, "node", KeyType::text, 1, 63, "required",
     "Name of the node that gets the message."},
    {KeyScope::mqtt_command, "message", KeyType::text, 1, 64, "the name of the command",
     "Name of the message, such as that of an entry of `commands` there."},
    {KeyScope::mqtt_command, "press", KeyType::text, 1, 1024, "null",
     "What a button sends: JSON, or else a text."},
    {KeyScope::mqtt_command, "on", KeyType::text, 1, 1024, "none",
     "What a switch sends to turn on; with `off`, instead of `press`."},
    {KeyScope::mqtt_command, "off", KeyType::text, 1, 1024, "none",
     "What a switch sends to turn off."},
    {KeyScope::mqtt_command, "state", KeyType::text, 1, 64, "none",
     "Key of the node that tells whether the switch is on: true, 1 or `on`."},
    {KeyScope::mqtt_command, "ask", KeyType::boolean, 0, 0, "false",
     "Whether a reply is waited for and published."},
    {KeyScope::mqtt_command, "timeout", KeyType::duration, 100, kHour, "10s",
     "How long the message is tried, and a reply waited for."},
};

}  // namespace dsn::config
