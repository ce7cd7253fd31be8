// SPDX-License-Identifier: Apache-2.0
#include "local/server/server_connection.hpp"

#include <unistd.h>

#include <poll.h>

#include <algorithm>
#include <array>
#include <asio/buffer.hpp>
#include <utility>

#include "base/pattern.hpp"

namespace dsn::local {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;

/// Of what a program listens to, so many patterns are shown.
constexpr std::size_t kPatternsShown = 16;

bool would_block(const std::error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

/// Unlike clear(), it returns the memory.
void release(std::string& text) { std::string().swap(text); }

}  // namespace

ServerConnection::ServerConnection(Socket socket, const ServerParts& parts,
                                   const ServerClient& client)
    : socket_(std::move(socket)),
      parts_(parts),
      client_(client),
      patience_timer_(socket_.get_executor()) {}

ServerConnection::~ServerConnection() { close(); }

void ServerConnection::start(std::chrono::milliseconds patience) {
  std::error_code error;
  socket_.non_blocking(true, error);
  if (error) return close();
  patience_timer_.expires_after(patience);
  patience_timer_.async_wait(alive_.guard(this, &ServerConnection::handle_patience));
  await_readable();
}

void ServerConnection::close() {
  if (closed_) return;
  closed_ = true;
  std::error_code ignored;
  socket_.close(ignored);
  patience_timer_.cancel();
  // The server removes this connection later; its buffers are not needed until then.
  release(input_);
  release(output_);
  if (!serving_) {  // else one of these may be what calls
    list_.reset();
    subscription_.reset();
  }
  events_.clear();
  parts_.api.handle_end(client_.number);
}

void ServerConnection::await_readable() {
  if (reading_) return;
  reading_ = true;
  socket_.async_wait(Socket::wait_read, alive_.guard(this, &ServerConnection::handle_readable));
}

void ServerConnection::await_writable() {
  if (writing_) return;
  writing_ = true;
  socket_.async_wait(Socket::wait_write, alive_.guard(this, &ServerConnection::handle_writable));
}

void ServerConnection::handle_readable(const std::error_code& error) {
  reading_ = false;
  if (closed_) return;
  if (error) return close();
  std::array<char, kReadBytes> chunk;
  std::error_code read_error;
  const std::size_t count = socket_.read_some(asio::buffer(chunk), read_error);
  if (read_error && !would_block(read_error)) {
    if (read_error != asio::error::eof || has_hung_up()) return close();
    input_ended_ = true;
    // It may still take its answers. That it is gone altogether is told as an error.
    socket_.async_wait(Socket::wait_error, alive_.guard(this, &ServerConnection::handle_hangup));
  }
  input_.append(chunk.data(), count);
  go_on();
}

bool ServerConnection::has_hung_up() {
  pollfd socket{socket_.native_handle(), 0, 0};
  return ::poll(&socket, 1, 0) > 0 && (socket.revents & (POLLHUP | POLLERR)) != 0;
}

void ServerConnection::handle_hangup(const std::error_code& error) {
  if (!error && has_hung_up()) close();
}

void ServerConnection::handle_writable(const std::error_code& error) {
  writing_ = false;
  if (closed_) return;
  if (error) return close();
  flush();
  go_on();
}

void ServerConnection::handle_patience(const std::error_code& error) {
  if (!error && !has_asked_) close();
}

void ServerConnection::handle_turn() {
  turn_waits_ = false;
  // An event may have filled the socket meanwhile: then handle_writable() goes on.
  if (closed_ || writing_) return;
  serving_ = true;
  std::string line;
  if (list_) {
    if (!list_->write_slice(output_)) list_.reset();
  } else if (has_snapshot()) {
    subscription_->write_slice(output_);
  } else if (take_line(line)) {
    serve_line(line);
  }
  serving_ = false;
  parts_.counters.output_peak = std::max(parts_.counters.output_peak, output_.size());
  flush();
  go_on();
}

void ServerConnection::go_on() {
  if (closed_ || writing_ || turn_waits_) return;
  if (list_ || has_snapshot() || has_line()) {
    turn_waits_ = true;
    parts_.turns.add(alive_.guard(this, &ServerConnection::handle_turn));
  } else if (!input_ended_) {
    await_readable();
  } else if (answers_due_ == 0) {
    close();
  }
}

bool ServerConnection::has_line() {
  drop_blank_lines();
  // A last line without a line feed is one all the same, as from printf in a shell.
  if (input_ended_ && !input_.empty()) return true;
  if (input_.find('\n', scanned_) == std::string::npos) {
    scanned_ = input_.size();
    return scanned_ >= line_bytes_max();
  }
  has_asked_ = true;
  return true;
}

void ServerConnection::drop_blank_lines() {
  const std::size_t blank = std::min(input_.find_first_not_of(" \t\r\n"), input_.size());
  if (blank == 0) return;
  input_.erase(0, blank);
  scanned_ -= std::min(scanned_, blank);
}

bool ServerConnection::take_line(std::string& line) {
  const std::size_t size = std::min(input_.find('\n', scanned_), input_.size());
  if (size >= line_bytes_max()) {
    refuse_long_line();
    return false;
  }
  line.assign(input_, 0, size);
  input_.erase(0, size + 1);
  scanned_ = 0;
  return true;
}

void ServerConnection::serve_line(std::string_view line) {
  const auto answer = [watch = alive_.watch(), this](const std::string& later) {
    if (!watch.expired()) answer_later(later);
  };
  // Counted before the call, which may answer at once.
  ++answers_due_;
  Api::Reply reply = parts_.api.handle(
      line, {client_.may_write, client_.number, answers_due_ <= kAnswersDueMax, answer,
             parts_.modules, client_.user == 0 || client_.user == ::geteuid()});
  if (!reply.comes_later) --answers_due_;
  ++parts_.counters.requests;
  if (reply.malformed) ++parts_.counters.malformed;
  // close() may have been called from within the backend.
  if (closed_) return;
  output_ = std::move(reply.line);
  list_ = std::move(reply.list);
  if (reply.subscribe) subscription_ = std::move(reply.subscribe);
  if (reply.listen) listens_to_ = *std::move(reply.listen);
  if (reply.hello) program_ = std::move(reply.hello);
}

void ServerConnection::answer_later(const std::string& line) {
  --answers_due_;
  if (closed_) return;
  if (!line.empty()) queue(line);
  if (!serving_) go_on();
}

std::size_t ServerConnection::line_bytes_max() const {
  return client_.may_write ? kWriteRequestBytesMax : kRequestBytesMax;
}

void ServerConnection::refuse_long_line() {
  ++parts_.counters.malformed;
  output_ = error_line(RpcCode::too_long,
                       "a request may have " + std::to_string(line_bytes_max()) + " bytes at most");
  // Where the next request would begin is unknown, so nothing more is read.
  release(input_);
  scanned_ = 0;
  input_ended_ = true;
}

void ServerConnection::publish(const std::string& line) {
  if (!closed_) queue(line);
}

bool ServerConnection::deliver(const std::string& name, const std::string& line) {
  const bool listens = !closed_ && std::ranges::any_of(listens_to_, [&](const std::string& one) {
    return fits(one, name);
  });
  if (listens) {
    ++messages_;
    queue(line);
  }
  return listens && !closed_;
}

std::optional<ModuleInfo> ServerConnection::module() const {
  if (closed_ || !program_) return std::nullopt;
  ModuleInfo module;
  module.name = program_->name;
  module.version = program_->version;
  module.pid = static_cast<std::uint32_t>(client_.process);
  module.uid = client_.user;
  module.subscribed = subscribed();
  const std::size_t shown = std::min(listens_to_.size(), kPatternsShown);
  module.listens_to.assign(listens_to_.begin(),
                           listens_to_.begin() + static_cast<std::ptrdiff_t>(shown));
  module.messages = messages_;
  module.keys_held = static_cast<std::uint32_t>(parts_.api.keys_held(client_.number));
  return module;
}

void ServerConnection::queue(const std::string& line) {
  if (event_bytes_ + line.size() > kEventQueueBytesMax) {
    ++parts_.counters.subscribers_dropped;
    return close();
  }
  event_bytes_ += line.size();
  events_.push_back(line);
  // What a request of this client changed is told behind its answer.
  if (!writing_ && !serving_) flush();
}

void ServerConnection::flush() {
  while (!closed_) {
    if (sent_ == output_.size()) {
      sent_ = 0;
      // The next slice is written in a turn of its own, and no event comes in between.
      if (list_) return output_.clear();
      release(output_);
      if (events_.empty()) return;
      output_ = std::move(events_.front());
      events_.pop_front();
      event_bytes_ -= output_.size();
    }
    std::error_code error;
    const std::size_t count =
        socket_.write_some(asio::buffer(output_.data() + sent_, output_.size() - sent_), error);
    if (error && would_block(error)) return await_writable();
    if (error) return close();
    sent_ += count;
  }
}

}  // namespace dsn::local
