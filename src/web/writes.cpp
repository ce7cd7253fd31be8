// SPDX-License-Identifier: Apache-2.0
#include "web/writes.hpp"

#include <sys/stat.h>

#include <fstream>

#include "dsn/client.hpp"
#include "local/json/json_codec.hpp"
#include "local/json/json_messages.hpp"
#include "local/json/json_text.hpp"

namespace dsn::web {
namespace {

constexpr std::size_t kTokenBytesMin = 16;
constexpr std::string_view kScheme = "Bearer ";

template <typename T>
Result<T> params_of(std::string_view json) {
  const auto parsed = local::parse_json(json);
  if (!parsed) return Error{"this is not JSON", ErrorCode::invalid_argument};
  return local::decode_params<T>(*parsed);
}

}  // namespace

Result<std::string> load_token(const std::string& path) {
  struct stat about {};
  std::ifstream file(path);
  std::string token;
  if (stat(path.c_str(), &about) != 0 || !std::getline(file, token)) {
    return Error{path + ": cannot be read; make one: (umask 077; openssl rand -hex 16 >" + path +
                 ")"};
  }
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{path + ": others may read it: run chmod 600 " + path};
  }
  if (token.size() < kTokenBytesMin) return Error{path + ": a token has 16 characters or more"};
  return token;
}

bool has_token(std::string_view authorization, std::string_view token) {
  if (!authorization.starts_with(kScheme)) return false;
  const std::string_view given = authorization.substr(kScheme.size());
  unsigned differs = given.size() == token.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i) {
    differs |=
        static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(token[i % token.size()]);
  }
  return differs == 0;
}

Result<std::string> set_key(const std::string& socket, std::string_view json) {
  const auto request = params_of<SetRequest>(json);
  if (!request) return request.failure();
  if (request->hold) {
    return Error{"'hold' ends with the request: use 'ttl_ms'", ErrorCode::invalid_argument};
  }
  auto client = Client::connect(socket);
  if (!client) return client.failure();
  const auto report = client->set({*request});
  if (!report) return report.failure();
  return local::encode_json(*report);
}

Result<std::string> send_message(const std::string& socket, std::string_view json) {
  const auto request = params_of<SendRequest>(json);
  if (!request) return request.failure();
  auto client = Client::connect(socket);
  if (!client) return client.failure();
  const auto report = client->send(*request);
  if (!report) return report.failure();
  return local::send_report_json(*report);
}

}  // namespace dsn::web
