// SPDX-License-Identifier: Apache-2.0
#include "local/json/json_append.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/big_endian.hpp"
#include "base/bytes.hpp"
#include "local/json/json_notation.hpp"
#include "wire/cbor_reader.hpp"

namespace dsn::local {
namespace {

bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

/// {"$name":"text"}, of a text without quotes and escapes.
void append_noted(std::string& out, std::string_view name, std::string_view text) {
  out.append("{\"").append(name).append("\":\"").append(text).append("\"}");
}

void append_real(std::string& out, double number) {
  if (std::isnan(number)) return append_noted(out, kFloatMember, kNotANumber);
  if (std::isinf(number)) {
    return append_noted(out, kFloatMember, number > 0 ? kInfinity : kMinusInfinity);
  }
  append_number(out, number);
}

/// CBOR goes down to -2^64, JSON numbers in most readers to -2^63.
void append_negative(std::string& out, wire::CborReader& reader) {
  const ByteView item = reader.item(0);
  wire::CborReader as_integer(item);
  const std::int64_t number = as_integer.integer();
  if (as_integer.ok()) {
    out += std::to_string(number);
    return;
  }
  if (item.empty()) return;  // malformed: the reader says so
  // The encoding holds -1 - n.
  const auto n = get_big_endian<std::uint64_t>(item.subspan(1));
  if (n == std::numeric_limits<std::uint64_t>::max()) {
    return append_noted(out, kIntMember, kLowestInteger);
  }
  append_noted(out, kIntMember, "-" + std::to_string(n + 1));
}

void append_item(std::string& out, wire::CborReader& reader, std::size_t depth);

void append_array(std::string& out, wire::CborReader& reader, std::size_t depth) {
  out += '[';
  const std::size_t count = reader.array();
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    if (i > 0) out += ',';
    append_item(out, reader, depth + 1);
  }
  out += ']';
}

/// Looks ahead: the reader stays where it is.
bool has_text_keys_only(wire::CborReader reader, std::size_t count) {
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    if (reader.peek() != wire::CborType::text) return false;
    reader.text();
    reader.item(wire::kValueDepthMax);
  }
  return true;
}

void append_key(std::string& out, std::string_view key, bool is_only_one) {
  if (is_only_one && needs_escape(key)) return append_text(out, "$" + std::string(key));
  append_text(out, key);
}

/// Each pair is "key":value, or [key,value] if a key is something else than a text.
void append_map(std::string& out, wire::CborReader& reader, std::size_t depth) {
  const std::size_t count = reader.map();
  const bool as_object = has_text_keys_only(reader, count);
  out += '{';
  if (!as_object) out.append("\"").append(kMapMember).append("\":[");
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    if (i > 0) out += ',';
    if (as_object) {
      append_key(out, reader.text(), count == 1);
    } else {
      out += '[';
      append_item(out, reader, depth + 1);
    }
    out += as_object ? ':' : ',';
    append_item(out, reader, depth + 1);
    if (!as_object) out += ']';
  }
  out += as_object ? "}" : "]}";
}

/// Recursion ends at kValueDepthMax, which every Value keeps.
void append_item(std::string& out, wire::CborReader& reader, std::size_t depth) {
  if (depth > wire::kValueDepthMax) reader.fail();
  switch (reader.peek()) {
    case wire::CborType::unsigned_integer:
      out += std::to_string(reader.uint());
      return;
    case wire::CborType::negative_integer:
      return append_negative(out, reader);
    case wire::CborType::bytes:
      return append_noted(out, kBytesMember, to_hex(reader.bytes()));
    case wire::CborType::text:
      return append_text(out, reader.text());
    case wire::CborType::array:
      return append_array(out, reader, depth);
    case wire::CborType::map:
      return append_map(out, reader, depth);
    case wire::CborType::boolean:
      out += reader.boolean() ? "true" : "false";
      return;
    case wire::CborType::real:
      return append_real(out, reader.real());
    case wire::CborType::null:
      reader.null();
      break;
    case wire::CborType::none:
      reader.fail();
      break;
  }
  out += "null";
}

}  // namespace

void append_text(std::string& out, std::string_view text) {
  if (std::ranges::all_of(text, is_plain)) {
    out.append("\"").append(text).append("\"");
    return;
  }
  out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_number(std::string& out, double number) { out += nlohmann::json(number).dump(); }

void append_value(std::string& out, const Value& value) {
  wire::CborReader reader(value.cbor());
  append_item(out, reader, 0);
}

}  // namespace dsn::local
