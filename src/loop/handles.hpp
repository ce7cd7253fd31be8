// SPDX-License-Identifier: Apache-2.0
// What the loop waits for. Asio's own types of these names work with any executor, which makes
// each wait in the program several hundred bytes larger; these know that theirs is the loop.
#pragma once

#include <algorithm>
#include <asio/basic_signal_set.hpp>
#include <asio/basic_socket_acceptor.hpp>
#include <asio/basic_stream_socket.hpp>
#include <asio/basic_waitable_timer.hpp>
#include <asio/io_context.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/posix/basic_stream_descriptor.hpp>
#include <asio/wait_traits.hpp>
#include <chrono>
#include <ctime>

namespace dsn::loop {

using Executor = asio::io_context::executor_type;

/// CLOCK_BOOTTIME: monotonic, and it goes on while the machine is suspended.
struct Clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Clock>;
  static constexpr bool is_steady = true;
  static time_point now() {
    timespec time{};
    clock_gettime(CLOCK_BOOTTIME, &time);
    return time_point(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
  }
};

/// What the loop waits on stands still during a suspension. So it looks at the clock again after
/// this time at the latest, and a timer that became due in the night runs soon after waking.
struct ShortWaits {
  static constexpr std::chrono::seconds kMax{5};
  static Clock::duration to_wait_duration(const Clock::duration& wait) {
    return std::min<Clock::duration>(wait, kMax);
  }
  static Clock::duration to_wait_duration(const Clock::time_point& due) {
    return to_wait_duration(due - Clock::now());
  }
};

using Timer = asio::basic_waitable_timer<Clock, ShortWaits, Executor>;
using StreamDescriptor = asio::posix::basic_stream_descriptor<Executor>;
using Signals = asio::basic_signal_set<Executor>;
using LocalSocket = asio::basic_stream_socket<asio::local::stream_protocol, Executor>;
using LocalAcceptor = asio::basic_socket_acceptor<asio::local::stream_protocol, Executor>;

}  // namespace dsn::loop
