// SPDX-License-Identifier: Apache-2.0
#include "local/server/turn_queue.hpp"

#include <asio/post.hpp>
#include <utility>

namespace dsn::local {

void TurnQueue::add(std::function<void()> turn) {
  waiting_.push_back(std::move(turn));
  if (waiting_.size() == 1) post();
}

void TurnQueue::post() { asio::post(io_, alive_.guard(this, &TurnQueue::handle_turn)); }

void TurnQueue::handle_turn() {
  // It stays in the queue while it runs: add() posts for the first one only.
  const std::function<void()> turn = std::move(waiting_.front());
  turn();
  waiting_.pop_front();
  if (!waiting_.empty()) post();
}

}  // namespace dsn::local
