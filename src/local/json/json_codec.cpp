// SPDX-License-Identifier: Apache-2.0
#include "local/json/json_codec.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/big_endian.hpp"
#include "base/bytes.hpp"
#include "wire/cbor_reader.hpp"
#include "wire/cbor_writer.hpp"

namespace dsn::local {
namespace {

constexpr std::string_view kBytesMember = "$bytes";
constexpr std::string_view kMapMember = "$map";

/// Whether a one-key map with this key would be taken for one of our own notations.
bool needs_escape(std::string_view key) {
  return key == kBytesMember || key == kMapMember || key.starts_with("$$");
}

/// Brackets outside of strings: enough to bound the depth before a tree is built, because what
/// the scan miscounts the parser refuses.
bool is_shallow(std::string_view line) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kJsonDepthMax) return false;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return true;
}

/// CBOR goes down to -2^64, JSON numbers in most readers to -2^63: beyond it only a real is left.
JsonOut negative_to_json(wire::CborReader& reader) {
  wire::CborReader ahead = reader;
  const std::int64_t number = ahead.integer();
  if (ahead.ok()) {
    reader = ahead;
    return number;
  }
  const ByteView item = reader.item(0);
  if (item.empty()) return {};  // malformed: the reader says so
  return -1.0 - static_cast<double>(get_big_endian<std::uint64_t>(item.subspan(1)));
}

JsonOut item_to_json(wire::CborReader& reader, std::size_t depth);

JsonOut array_to_json(wire::CborReader& reader, std::size_t depth) {
  JsonOut json = JsonOut::array();
  for (std::size_t count = reader.array(); count > 0 && reader.ok(); --count) {
    json.push_back(item_to_json(reader, depth + 1));
  }
  return json;
}

JsonOut map_to_json(wire::CborReader& reader, std::size_t depth) {
  const std::size_t count = reader.map();
  std::vector<std::pair<JsonOut, JsonOut>> pairs;
  bool only_text = true;
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    only_text = only_text && reader.peek() == wire::CborType::text;
    JsonOut key = item_to_json(reader, depth + 1);
    pairs.emplace_back(std::move(key), item_to_json(reader, depth + 1));
  }
  JsonOut json = JsonOut::object();
  if (only_text) {
    for (auto& [key, value] : pairs) {
      std::string name = key.get<std::string>();
      if (pairs.size() == 1 && needs_escape(name)) name.insert(0, 1, '$');
      json[name] = std::move(value);
    }
    return json;
  }
  JsonOut list = JsonOut::array();
  for (auto& [key, value] : pairs) {
    JsonOut pair = JsonOut::array();
    pair.push_back(std::move(key));
    pair.push_back(std::move(value));
    list.push_back(std::move(pair));
  }
  json[std::string(kMapMember)] = std::move(list);
  return json;
}

/// Recursion ends at kValueDepthMax, which every Value keeps.
JsonOut item_to_json(wire::CborReader& reader, std::size_t depth) {
  if (depth > wire::kValueDepthMax) {
    reader.fail();
    return nullptr;
  }
  switch (reader.peek()) {
    case wire::CborType::unsigned_integer:
      return reader.uint();
    case wire::CborType::negative_integer:
      return negative_to_json(reader);
    case wire::CborType::bytes: {
      JsonOut json = JsonOut::object();
      json[std::string(kBytesMember)] = to_hex(reader.bytes());
      return json;
    }
    case wire::CborType::text:
      return std::string(reader.text());
    case wire::CborType::array:
      return array_to_json(reader, depth);
    case wire::CborType::map:
      return map_to_json(reader, depth);
    case wire::CborType::boolean:
      return reader.boolean();
    case wire::CborType::real: {
      const double number = reader.real();
      return std::isfinite(number) ? JsonOut(number) : JsonOut(nullptr);
    }
    case wire::CborType::null:
      reader.null();
      return nullptr;
    case wire::CborType::none:
      break;
  }
  reader.fail();
  return nullptr;
}

/// Writes JSON as deterministic CBOR. A failure of any kind shows as ok() == false at the end.
class ValueWriter {
 public:
  explicit ValueWriter(MutableBytes output) : writer_(output) {}

  /// `depth` counts the arrays and maps around the item; recursion ends at kValueDepthMax.
  void item(const JsonIn& json, std::size_t depth) {
    switch (json.type()) {
      case JsonIn::value_t::null:
        return writer_.null();
      case JsonIn::value_t::boolean:
        return writer_.boolean(json.get<bool>());
      case JsonIn::value_t::number_unsigned:
        return writer_.uint(json.get<std::uint64_t>());
      case JsonIn::value_t::number_integer:
        return writer_.integer(json.get<std::int64_t>());
      case JsonIn::value_t::number_float:
        return writer_.real(json.get<double>());
      case JsonIn::value_t::string:
        return writer_.text(json.get_ref<const std::string&>());
      case JsonIn::value_t::array:
        return array(json, depth);
      case JsonIn::value_t::object:
        return object(json, depth);
      case JsonIn::value_t::binary:
      case JsonIn::value_t::discarded:
        break;
    }
    failed_ = true;
  }

  [[nodiscard]] bool ok() const { return !failed_ && writer_.ok(); }
  [[nodiscard]] ByteView written() const { return writer_.written(); }

 private:
  bool enter(std::size_t depth) {
    if (depth >= wire::kValueDepthMax) failed_ = true;
    return !failed_;
  }

  void array(const JsonIn& json, std::size_t depth) {
    if (!enter(depth)) return;
    writer_.array(json.size());
    for (const JsonIn& element : json) item(element, depth + 1);
  }

  void object(const JsonIn& json, std::size_t depth) {
    if (json.size() == 1 && json.begin().key().starts_with('$')) {
      return special(json.begin().key(), *json.begin(), depth);
    }
    if (!enter(depth)) return;
    std::vector<std::pair<std::string_view, const JsonIn*>> members;
    for (const auto& member : json.items()) members.emplace_back(member.key(), &member.value());
    std::sort(members.begin(), members.end(),
              [](const auto& a, const auto& b) { return wire::CborTextLess{}(a.first, b.first); });
    writer_.map(members.size());
    for (const auto& [key, value] : members) {
      writer_.text(key);
      item(*value, depth + 1);
    }
  }

  void special(std::string_view key, const JsonIn& content, std::size_t depth) {
    if (key == kBytesMember) return bytes(content);
    if (key == kMapMember) return pairs(content, depth);
    if (!enter(depth)) return;
    if (key.starts_with("$$")) key.remove_prefix(1);
    writer_.map(1);
    writer_.text(key);
    item(content, depth + 1);
  }

  void bytes(const JsonIn& content) {
    const auto* text = content.get_ptr<const std::string*>();
    const std::optional<Bytes> decoded = text != nullptr ? from_hex(*text) : std::nullopt;
    if (!decoded) failed_ = true;
    if (decoded) writer_.bytes(*decoded);
  }

  /// Deterministic order is that of the encoded keys; equal keys are refused by Value::from_cbor.
  void pairs(const JsonIn& content, std::size_t depth) {
    if (!enter(depth)) return;
    std::vector<std::pair<Bytes, const JsonIn*>> members;
    if (!content.is_array()) failed_ = true;
    for (const JsonIn& pair : content) {
      if (failed_ || !pair.is_array() || pair.size() != 2) {
        failed_ = true;
        return;
      }
      const std::size_t before = writer_.size();
      item(pair[0], depth + 1);
      if (!ok()) return;
      const ByteView encoded = writer_.written().subspan(before);
      members.emplace_back(Bytes(encoded.begin(), encoded.end()), &pair[1]);
      writer_.rewind(before);
    }
    std::sort(members.begin(), members.end(),
              [](const auto& a, const auto& b) { return as_text(a.first) < as_text(b.first); });
    writer_.map(members.size());
    for (const auto& [key, value] : members) {
      writer_.raw(key);
      item(*value, depth + 1);
    }
  }

  wire::CborWriter writer_;
  bool failed_ = false;
};

}  // namespace

std::optional<JsonIn> parse_json(std::string_view line) {
  if (!is_shallow(line)) return std::nullopt;
  JsonIn json = JsonIn::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

std::string dump_json(const JsonOut& json) {
  return json.dump(-1, ' ', false, JsonOut::error_handler_t::replace);
}

JsonOut value_to_json(const Value& value) {
  wire::CborReader reader(value.cbor());
  return item_to_json(reader, 0);
}

std::optional<Value> value_from_json(const JsonIn& json) {
  Bytes buffer(kJsonValueBytesMax);
  ValueWriter writer(buffer);
  writer.item(json, 0);
  if (!writer.ok()) return std::nullopt;
  return Value::from_cbor(writer.written());
}

std::optional<std::string_view> non_finite_note(const Value& value) {
  wire::CborReader reader(value.cbor());
  if (reader.peek() != wire::CborType::real) return std::nullopt;
  const double number = reader.real();
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  return std::nullopt;
}

std::optional<Value> value_from_note(std::string_view note) {
  if (note == "nan") return Value::real(std::numeric_limits<double>::quiet_NaN());
  if (note == "inf") return Value::real(std::numeric_limits<double>::infinity());
  if (note == "-inf") return Value::real(-std::numeric_limits<double>::infinity());
  return std::nullopt;
}

}  // namespace dsn::local
