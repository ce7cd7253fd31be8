// SPDX-License-Identifier: Apache-2.0
#include "embedded/node_questions.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "base/utf8.hpp"

namespace dsn::embedded {
namespace {

constexpr std::size_t kWarningsMax = 16;
constexpr std::size_t kTextBytesMax = 512;

std::string_view cut(std::string_view text) {
  if (text.size() <= kTextBytesMax) return text;
  text = text.substr(0, kTextBytesMax);
  while (!text.empty() && !is_utf8(as_bytes(text))) text.remove_suffix(1);
  return text;
}

Value encode(const Warning& warning) {
  const std::array<Value, 4> parts = {
      Value::text(cut(warning.code)), Value::text(cut(warning.about)),
      Value::text(cut(warning.text)), Value::text(cut(warning.advice))};
  return Value::array(parts).value_or(Value());
}

std::optional<Warning> decode_warning(const Value& value) {
  const auto parts = value.as_array();
  if (!parts || parts->size() < 4) return std::nullopt;
  Warning warning;
  std::string* const texts[] = {&warning.code, &warning.about, &warning.text, &warning.advice};
  for (std::size_t i = 0; i < std::size(texts); ++i) {
    const auto text = (*parts)[i].as_text();
    if (!text || text->size() > kTextBytesMax) return std::nullopt;
    *texts[i] = *text;
  }
  return warning;
}

}  // namespace

Value encode_facts(const Facts& facts) {
  std::vector<Value> warnings;
  for (const Warning& warning : facts.warnings) {
    if (warnings.size() < kWarningsMax) warnings.push_back(encode(warning));
  }
  const std::array<Value, 2> parts = {
      Value::array(warnings).value_or(Value()),
      facts.multicast_ago ? Value::integer(facts.multicast_ago->count()) : Value()};
  return Value::array(parts).value_or(Value());
}

std::optional<Facts> decode_facts(const Value& value) {
  const auto parts = value.as_array();
  if (!parts || parts->size() < 2) return std::nullopt;
  const auto warnings = (*parts)[0].as_array();
  if (!warnings || warnings->size() > kWarningsMax) return std::nullopt;
  Facts facts;
  for (const Value& one : *warnings) {
    const std::optional<Warning> warning = decode_warning(one);
    if (!warning) return std::nullopt;
    facts.warnings.push_back(*warning);
  }
  const auto ago = (*parts)[1].as_integer();
  if (ago && *ago >= 0) facts.multicast_ago = std::chrono::milliseconds(*ago);
  return facts;
}

Value encode_probe(std::size_t padding_bytes, std::size_t answer_bytes) {
  const Bytes padding(padding_bytes);
  const std::array<Value, 2> parts = {Value::integer(static_cast<std::int64_t>(answer_bytes)),
                                      Value::bytes(padding)};
  return Value::array(parts).value_or(Value());
}

// protocol.md [probe-size]
std::optional<Value> answer_question(const core::Node& node, const NodeId& from,
                                     std::string_view name, const Value& payload,
                                     std::vector<Warning> warnings, Instant now) {
  if (name == kFactsName) {
    Facts facts{std::move(warnings), {}};
    const core::Peer* peer = node.peers().find(from);
    if (peer != nullptr && peer->path.multicast_heard != Instant{}) {
      facts.multicast_ago = std::chrono::milliseconds(to_ms(now - peer->path.multicast_heard));
    }
    return encode_facts(facts);
  }
  if (name != kProbeName) return std::nullopt;
  const auto parts = payload.as_array();
  const auto bytes = parts && !parts->empty() ? (*parts)[0].as_integer() : std::nullopt;
  if (!bytes || *bytes < 0 || static_cast<std::size_t>(*bytes) > kProbeBytesMax) {
    return std::nullopt;
  }
  return Value::bytes(Bytes(static_cast<std::size_t>(*bytes)));
}

}  // namespace dsn::embedded
