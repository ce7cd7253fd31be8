// SPDX-License-Identifier: Apache-2.0
#include "net/interface_watch.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <functional>

#include "net/socket_options.hpp"

namespace dsn::net {
namespace {

// From the first event of a burst to the scan.
constexpr std::chrono::milliseconds kDebounce{100};
// So many events are read before the other handlers of the loop have their turn.
constexpr int kReadsPerWakeMax = 64;

}  // namespace

InterfaceWatch::InterfaceWatch(asio::io_context& io, NetCounters& counters,
                               std::chrono::milliseconds interval, Changed changed)
    : counters_(counters),
      interval_(interval),
      changed_(std::move(changed)),
      socket_(io, counters, std::bind_front(&InterfaceWatch::open_socket, this),
              std::bind_front(&InterfaceWatch::read, this)),
      scan_timer_(io),
      refresh_timer_(io) {}

void InterfaceWatch::start() {
  OpenedSocket opened = open_interface_events_socket();
  if (!opened.socket.is_open()) counters_.add_error(Call::open, opened.error);
  socket_.start(std::move(opened.socket));
  schedule_refresh();
}

void InterfaceWatch::close() {
  alive_.renew();
  socket_.close();
  scan_timer_.cancel();
  refresh_timer_.cancel();
  scan_scheduled_ = false;
}

int InterfaceWatch::open_socket() {
  OpenedSocket opened = open_interface_events_socket();
  if (!opened.socket.is_open()) return -opened.error;
  schedule_scan();  // for what changed while there was no socket
  return opened.socket.release();
}

// The content of the events is ignored, because a full scan follows and cannot miss a change. So
// ENOBUFS (the kernel dropped events for want of room) counts as an event.
ReadOutcome InterfaceWatch::read(int socket) {
  std::array<char, 8192> ignored;
  bool heard = false;
  for (int i = 0; i < kReadsPerWakeMax; ++i) {
    if (recv(socket, ignored.data(), ignored.size(), MSG_DONTWAIT | MSG_TRUNC) >= 0) {
      heard = true;
      continue;
    }
    const int error = errno;
    if (error == EAGAIN) break;
    if (error == EINTR) continue;
    counters_.add_error(Call::receive, error);
    heard = true;
    if (is_fatal_for_socket(error)) return ReadOutcome::dead;
  }
  if (heard) schedule_scan();
  return heard || still_usable(socket) ? ReadOutcome::alive : ReadOutcome::dead;
}

void InterfaceWatch::schedule_scan() {
  if (scan_scheduled_) return;  // a timer set anew by each event might never expire
  scan_scheduled_ = true;
  scan_timer_.expires_after(kDebounce);
  scan_timer_.async_wait(alive_.guard(this, &InterfaceWatch::handle_scan_due));
}

void InterfaceWatch::schedule_refresh() {
  refresh_timer_.expires_after(interval_);
  refresh_timer_.async_wait(alive_.guard(this, &InterfaceWatch::handle_refresh_due));
}

void InterfaceWatch::handle_scan_due(const std::error_code& error) {
  if (error) return;
  scan_scheduled_ = false;
  changed_(Cause::event);
}

void InterfaceWatch::handle_refresh_due(const std::error_code& error) {
  if (error) return;
  schedule_refresh();
  changed_(Cause::interval);
}

}  // namespace dsn::net
