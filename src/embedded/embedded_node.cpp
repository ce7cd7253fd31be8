// SPDX-License-Identifier: Apache-2.0
#include "embedded/embedded_node.hpp"

#include "embedded/node_config.hpp"
#include "node/clock.hpp"
#include "node/network_warnings.hpp"
#include "node/readings_view.hpp"

namespace dsn::embedded {

EmbeddedNode::EmbeddedNode(asio::io_context* io, config::Config config,
                           node::Credentials credentials, NodeCallbacks callbacks)
    : own_io_(io == nullptr ? std::make_unique<asio::io_context>(1) : nullptr),
      io_(io == nullptr ? *own_io_ : *io),
      name_(config.node_id),
      id_(credentials.identity.id.hex()),
      usual_bye_(usual_bye(config)),
      callbacks_(std::move(callbacks)),
      runtime_(io_, node_settings(config), std::move(credentials), *this),
      courier_(
          io_, runtime_, [this](const Message& message) { return take(message); },
          [this] { return node::network_warnings(runtime_, node::now()); }) {
  if (own_io_) guard_.emplace(own_io_->get_executor());
}

void EmbeddedNode::start() {
  runtime_.start();
  if (own_io_) thread_ = std::thread([this] { own_io_->run(); });
}

void EmbeddedNode::stop(const wire::Bye& bye) {
  if (std::exchange(stopped_, true)) return;
  call([this, bye] {
    courier_.stop();
    runtime_.stop(bye);
    alive_.renew();
  });
  if (!own_io_) return;
  guard_.reset();
  own_io_->stop();
  if (thread_.joinable()) thread_.join();
}

void EmbeddedNode::handle_event(const core::CoreEvent& event) {
  auto described = node::describe_event(runtime_.core(), event, node::now());
  if (described) tell_soon(std::move(*described));
}

node::MessageVerdict EmbeddedNode::take(const Message& message) {
  if (!callbacks_.message) return {wire::DataOutcome::nobody_listens, 0};
  tell_soon(message);
  return {wire::DataOutcome::delivered, 1};
}

void EmbeddedNode::tell_soon(Told told) {
  waiting_.push_back(std::move(told));
  if (waiting_.size() > 1 || runtime_.batch_under_way()) return;
  asio::post(io_, [this, watch = alive_.watch()] {
    if (!watch.expired()) tell_all();
  });
}

void EmbeddedNode::tell_all() {
  for (const Told& told : std::exchange(waiting_, {})) tell(told);
}

void EmbeddedNode::tell(const Told& told) const {
  if (const auto* event = std::get_if<NodeEvent>(&told)) return tell(*event);
  callbacks_.message(std::get<Message>(told));
}

void EmbeddedNode::tell(const NodeEvent& event) const {
  using Kind = NodeEvent::Kind;
  if (event.kind == Kind::updated && event.reading && callbacks_.updated) {
    callbacks_.updated(*event.reading);
  }
  if (event.kind == Kind::joined && callbacks_.joined) callbacks_.joined(event.node);
  const bool is_lost = event.kind == Kind::gone || event.kind == Kind::left;
  if (is_lost && callbacks_.gone) callbacks_.gone(event.node);
  if (callbacks_.event) callbacks_.event(event);
}

}  // namespace dsn::embedded
