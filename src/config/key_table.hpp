// SPDX-License-Identifier: Apache-2.0
// Every key that a configuration may have: the one source of validation and documentation.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sensor/catalogue.hpp"

namespace dsn::config {

/// The mapping that a key belongs to.
enum class KeyScope : std::uint8_t {
  agent,           ///< the top level of the file
  bootstrap_node,  ///< an entry of bootstrap_nodes that is written as a mapping
  sensor,          ///< an entry of sensors; the keys of `value` stand there too
  value,           ///< an entry of a sensor's `values`
  preset,          ///< a file of conf/presets; the keys of `sensor` and `value` stand there too
  board,           ///< a file of boards
  board_gpio,      ///< its `gpio`
  board_bus,       ///< an entry of its `buses`
  hook,            ///< an entry of hooks
  on_change,       ///< its condition
  on_late,
  on_gone,
  on_back,
  on_message,
  command,       ///< an entry of commands
  database,      ///< an entry of databases
  web,           ///< the top level of web.yaml
  record,        ///< the top level of record.yaml
  mqtt,          ///< the top level of mqtt.yaml
  mqtt_command,  ///< an entry of its commands
  driver,        ///< the options of the first driver; those of the others have the values after it
};

enum class KeyType : std::uint8_t {
  text,      ///< `min` and `max` count bytes
  path,      ///< text that names a file or folder
  boolean,   ///< true or false
  integer,   ///< decimal; `min` and `max` are values
  number,    ///< decimal, with or without fraction; `min` and `max` are values, if they differ
  factor,    ///< a number other than 0
  duration,  ///< `min` and `max` are milliseconds
  choice,    ///< one of the words in `choices`
  list,      ///< `min` and `max` count elements
  mapping,   ///< `min` and `max` count members
  driver,    ///< text, or a mapping of options; a command if the driver runs a program
  command,   ///< a program, or a list of program and arguments
};

/// One key.
struct KeyInfo {
  KeyScope scope{};
  std::string_view name;
  KeyType type{};
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::string_view choices;  ///< separated by a blank
  bool is_required = false;
};

/// One key with what the documentation says of it. A program that writes no documentation does not
/// hold these texts. `default_text` is the value as one would write it, a few words where the
/// default depends on something, or "required" where the key must be given.
struct DocumentedKey : KeyInfo {
  constexpr DocumentedKey() = default;
  constexpr DocumentedKey(KeyScope scope_in, std::string_view name_in, KeyType type_in,
                          std::int64_t min_in, std::int64_t max_in, std::string_view default_in,
                          std::string_view sentence_in, std::string_view choices_in = {})
      : KeyInfo{scope_in, name_in, type_in, min_in, max_in, choices_in, default_in == "required"},
        default_text(default_in),
        sentence(sentence_in) {}
  std::string_view default_text;
  std::string_view sentence;
};

/// All keys, scope by scope.
[[nodiscard]] std::span<const KeyInfo> key_table();
[[nodiscard]] std::span<const DocumentedKey> documented_keys();

/// The scopes whose keys stand in a mapping of that scope, itself first.
[[nodiscard]] std::vector<KeyScope> scopes_in(KeyScope scope);

/// The names in a mapping of one scope, in the order of the table.
[[nodiscard]] std::vector<std::string_view> names_in(KeyScope scope);

/// The row of a key that may stand in a mapping of that scope, or nothing.
[[nodiscard]] const KeyInfo* find_key(KeyScope scope, std::string_view name);

/// "text", "integer" ...
[[nodiscard]] std::string_view to_string(KeyType type);

/// What a value may be: "0 to 65535", "100ms to 1d", "1 to 63 bytes", "at most 64".
[[nodiscard]] std::string range_text(const KeyInfo& key);

/// A driver of the catalogue as far as reading a configuration needs it.
struct DriverInfo {
  std::string_view name;
  std::string_view short_form;  ///< empty: it takes a program and its arguments, and no options
  std::span<const sensor::OptionRule> rules;
  KeyScope scope{};  ///< of its options

  [[nodiscard]] constexpr bool runs_program() const { return short_form.empty(); }
};

[[nodiscard]] std::span<const DriverInfo> driver_table();

/// The driver of that name; nullptr if there is none.
[[nodiscard]] const DriverInfo* find_driver(std::string_view name);

}  // namespace dsn::config
