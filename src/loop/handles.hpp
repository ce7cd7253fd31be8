// SPDX-License-Identifier: Apache-2.0
// What the loop waits for. Asio's own types of these names work with any executor, which makes
// each wait in the program several hundred bytes larger; these know that theirs is the loop.
#pragma once

#include <asio/basic_signal_set.hpp>
#include <asio/basic_socket_acceptor.hpp>
#include <asio/basic_stream_socket.hpp>
#include <asio/basic_waitable_timer.hpp>
#include <asio/io_context.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/posix/basic_stream_descriptor.hpp>
#include <asio/wait_traits.hpp>
#include <chrono>

namespace dsn::loop {

using Executor = asio::io_context::executor_type;
using Clock = std::chrono::steady_clock;

using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
using StreamDescriptor = asio::posix::basic_stream_descriptor<Executor>;
using Signals = asio::basic_signal_set<Executor>;
using LocalSocket = asio::basic_stream_socket<asio::local::stream_protocol, Executor>;
using LocalAcceptor = asio::basic_socket_acceptor<asio::local::stream_protocol, Executor>;

}  // namespace dsn::loop
