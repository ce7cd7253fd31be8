// SPDX-License-Identifier: Apache-2.0
// The page, its events, lists and metrics over HTTP (docs/web.md).
#pragma once

#include <memory>
#include <string>

#include "config/web_file.hpp"
#include "dsn/result.hpp"
#include "web/picture.hpp"

namespace dsn::web {

/// The picture must outlive it. Writes go to the agent of `socket`, for who knows the token.
class PageServer {
 public:
  PageServer(config::WebConfig config, std::string socket, const Picture& picture);
  ~PageServer();
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  /// Takes the port. The Error says why it cannot.
  [[nodiscard]] Result<void> bind();
  /// The port that was taken.
  [[nodiscard]] int port() const;
  /// Answers until stop() is called, which another thread may do.
  void run();
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dsn::web
