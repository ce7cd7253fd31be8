// SPDX-License-Identifier: Apache-2.0
#include "cli/show/payload_argument.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "cli/show/value_argument.hpp"

namespace dsn::cli {
namespace {

constexpr std::size_t kPayloadBytesMax = std::size_t{64} * 1024;

Result<Value> content_of(std::FILE* file, const std::string& name) {
  std::string content(kPayloadBytesMax + 1, '\0');
  content.resize(std::fread(content.data(), 1, content.size(), file));
  if (std::ferror(file) != 0) return Error{"cannot read " + name + ": " + std::strerror(errno)};
  Value value = Value::text(content);
  if (value.cbor().size() > kPayloadBytesMax) {
    return Error{name + " is too large: a payload may have 64 KiB"};
  }
  return value;
}

}  // namespace

Result<Value> payload_of(const std::optional<std::string>& text, bool as_text,
                         const std::string& file) {
  if (file == "-") return content_of(stdin, "standard input");
  if (!file.empty()) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> opened(std::fopen(file.c_str(), "rb"),
                                                                 std::fclose);
    if (!opened) return Error{"cannot open " + file + ": " + std::strerror(errno)};
    return content_of(opened.get(), file);
  }
  if (!text) return Value();
  return parse_value_argument(*text, as_text);
}

}  // namespace dsn::cli
