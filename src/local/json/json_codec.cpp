// SPDX-License-Identifier: Apache-2.0
#include "local/json/json_codec.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "base/big_endian.hpp"
#include "base/bytes.hpp"
#include "base/number_text.hpp"
#include "local/json/json_notation.hpp"
#include "wire/cbor_reader.hpp"
#include "wire/cbor_writer.hpp"

namespace dsn::local {
namespace {

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

/// The first byte of a negative integer whose argument has 64 bits.
constexpr std::uint8_t kNegative64Bits = 0x3b;

/// CBOR's argument n of the integer -1 - n that these digits say. Nothing if they say none, or one
/// that is not below -2^63.
std::optional<std::uint64_t> encoded_below_int64(std::string_view text) {
  if (text == kLowestInteger) return std::numeric_limits<std::uint64_t>::max();
  if (!text.starts_with('-')) return std::nullopt;
  const auto size = number_of<std::uint64_t>(text.substr(1));
  if (!size || *size <= std::uint64_t{1} << 63U) return std::nullopt;
  return *size - 1;
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
    if (key == kFloatMember) return non_finite(content);
    if (key == kIntMember) return low_integer(content);
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

  void non_finite(const JsonIn& content) {
    using Limits = std::numeric_limits<double>;
    if (content == kNotANumber) return writer_.real(Limits::quiet_NaN());
    if (content == kInfinity) return writer_.real(Limits::infinity());
    if (content == kMinusInfinity) return writer_.real(-Limits::infinity());
    failed_ = true;
  }

  void low_integer(const JsonIn& content) {
    const auto* text = content.get_ptr<const std::string*>();
    const auto n = text != nullptr ? encoded_below_int64(*text) : std::nullopt;
    if (!n) {
      failed_ = true;
      return;
    }
    std::array<std::uint8_t, 9> item{kNegative64Bits};
    put_big_endian(std::span(item).subspan<1>(), *n);
    writer_.raw(item);
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

std::optional<JsonIn> parse_answer(std::string_view line, const TakeElement& take) {
  if (!is_shallow(line)) return std::nullopt;
  constexpr int kElementDepth = 2;  // {"id": 1, "result": [{
  using Event = JsonIn::parse_event_t;
  bool is_id = false;
  std::uint64_t id = 0;
  const auto keep = [&](int depth, Event event, const JsonIn& json) {
    if (event == Event::key) is_id = depth == 1 && json == "id";
    if (event == Event::value && is_id && depth == 1 && json.is_number_unsigned()) {
      id = json.get<std::uint64_t>();
    }
    return depth != kElementDepth || event != Event::object_end || !take(id, json);
  };
  JsonIn json = JsonIn::parse(line.begin(), line.end(), keep, /*allow_exceptions=*/false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

std::optional<Value> value_from_json(const JsonIn& json, std::size_t bytes_max) {
  Bytes buffer(bytes_max);
  ValueWriter writer(buffer);
  writer.item(json, 0);
  if (!writer.ok()) return std::nullopt;
  return Value::from_cbor(writer.written());
}

}  // namespace dsn::local
