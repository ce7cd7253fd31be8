// SPDX-License-Identifier: Apache-2.0
// The real programs against a server with a made-up node.
#pragma once

#include <gtest/gtest.h>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "local/server/server.hpp"
#include "support/temp_dir.hpp"
#include "unit/cli/program.hpp"
#include "unit/cli/samples.hpp"
#include "unit/local/server/fake_backend.hpp"

namespace dsn::cli {

class Program : public testing::Test {
 protected:
  Program() {
    backend_.readings = sample_house();
    for (const char* name : {"attic", "cellar", "shed"}) {
      backend_.node_list.emplace_back();
      backend_.node_list.back().name = name;
    }
    backend_.agent_status.node = "attic";
    const auto listening = server_->listen(socket_);
    EXPECT_TRUE(listening) << listening.error();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Program() override {
    on_loop([this] { server_.reset(); });
    guard_.reset();
    thread_.join();
  }

  void on_loop(const std::function<void()>& action) {
    std::latch done(1);
    asio::post(io_, [&] {
      action();
      done.count_down();
    });
    done.wait();
  }

  ProgramResult run(std::vector<std::string> arguments, bool terminal = false,
                    std::function<bool(const std::string&)> until = {}) {
    return run_program(
        {std::move(arguments), {"DSN_SOCKET=" + socket_}, terminal, std::move(until)});
  }

  test::TempDir folder_;
  std::string socket_ = folder_ / "agent.sock";
  local::FakeBackend backend_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_ = asio::make_work_guard(io_);
  std::unique_ptr<local::Server> server_ = std::make_unique<local::Server>(io_, backend_);
  std::thread thread_;
};

}  // namespace dsn::cli
