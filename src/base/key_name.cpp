// SPDX-License-Identifier: Apache-2.0
#include "base/key_name.hpp"

#include "base/message_name.hpp"

namespace dsn::inline base {
namespace {

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_key_char(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

bool is_key_name(std::string_view text) {
  static_assert(kKeyNameBytesMax == kMessageNameBytesMax);
  return is_message_name(text) && !text.starts_with('/') && !text.ends_with('/') &&
         text.find("//") == std::string_view::npos;
}

bool is_sensor_key(std::string_view text) {
  if (text.empty() || text.size() > kKeyNameBytesMax || !is_letter(text.front())) return false;
  bool after_slash = false;
  for (const char c : text) {
    if (c == '/' ? after_slash : !is_key_char(c)) return false;
    after_slash = c == '/';
  }
  return !after_slash;
}

std::string_view database_of(std::string_view key) {
  const std::size_t end = key.find('/');
  return end == std::string_view::npos ? std::string_view() : key.substr(0, end);
}

}  // namespace dsn::inline base
