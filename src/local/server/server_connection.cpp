// SPDX-License-Identifier: Apache-2.0
#include "local/server/server_connection.hpp"

#include <array>
#include <asio/buffer.hpp>
#include <asio/post.hpp>
#include <utility>

namespace dsn::local {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;

bool would_block(const std::error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace

ServerConnection::ServerConnection(Socket socket, Api& api, bool may_write,
                                   ServerCounters& counters)
    : socket_(std::move(socket)), api_(api), counters_(counters), may_write_(may_write) {}

ServerConnection::~ServerConnection() { close(); }

void ServerConnection::start() {
  std::error_code error;
  socket_.non_blocking(true, error);
  if (error) return close();
  await_readable();
}

void ServerConnection::close() {
  if (closed_) return;
  closed_ = true;
  std::error_code ignored;
  socket_.close(ignored);
  // The server removes this connection later; its buffers are not needed until then.
  input_ = {};
  outgoing_ = {};
}

void ServerConnection::await_readable() {
  if (closed_ || reading_ || input_ended_ || turn_posted_ || must_wait_for_reader()) return;
  reading_ = true;
  socket_.async_wait(Socket::wait_read, alive_.guard(this, &ServerConnection::handle_readable));
}

void ServerConnection::await_writable() {
  if (closed_ || writing_) return;
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
    if (read_error != asio::error::eof) return close();
    input_ended_ = true;
  }
  input_.append(chunk.data(), count);
  serve();
}

void ServerConnection::handle_writable(const std::error_code& error) {
  writing_ = false;
  if (closed_) return;
  if (error) return close();
  flush();
  if (!closed_) serve();
}

void ServerConnection::handle_turn() {
  turn_posted_ = false;
  if (!closed_) serve();
}

bool ServerConnection::must_wait_for_reader() const { return queued_bytes_ > kAnswerBacklogBytes; }

void ServerConnection::serve() {
  std::string line;
  for (int served = 0; !closed_ && !must_wait_for_reader(); ++served) {
    if (served == kRequestsPerTurn) {
      if (turn_posted_) return;
      turn_posted_ = true;
      asio::post(socket_.get_executor(), alive_.guard(this, &ServerConnection::handle_turn));
      return;
    }
    if (!take_line(line)) break;
    serve_line(line);
  }
  if (closed_ || must_wait_for_reader()) return;
  if (input_ended_ && outgoing_.empty()) return close();
  await_readable();
}

bool ServerConnection::take_line(std::string& line) {
  const std::size_t end = input_.find('\n', scanned_);
  const std::size_t size = end != std::string::npos ? end : input_.size();
  if (size >= kRequestBytesMax) {
    refuse_long_line();
    return false;
  }
  // A last line without a line feed is one all the same, as from printf in a shell.
  if (end == std::string::npos && (!input_ended_ || input_.empty())) {
    scanned_ = input_.size();
    return false;
  }
  line.assign(input_, 0, size);
  input_.erase(0, size + 1);
  scanned_ = 0;
  return true;
}

void ServerConnection::serve_line(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (line.find_first_not_of(" \t") == std::string_view::npos) return;
  Api::Reply reply = api_.handle(line, may_write_);
  ++counters_.requests;
  if (reply.malformed) ++counters_.malformed;
  // The answer goes out before the first event.
  if (!reply.line.empty()) send({std::move(reply.line), false});
  subscribed_ = subscribed_ || reply.subscribe;
}

void ServerConnection::refuse_long_line() {
  ++counters_.malformed;
  send({error_line(RpcCode::too_long,
                   "a request may have " + std::to_string(kRequestBytesMax) + " bytes at most"),
        false});
  // Where the next request would begin is unknown, so nothing more is read.
  input_.clear();
  scanned_ = 0;
  input_ended_ = true;
}

void ServerConnection::publish(const std::string& line) {
  if (!subscribed_ || closed_) return;
  if (queued_event_bytes_ + line.size() > kEventQueueBytesMax) {
    ++counters_.subscribers_dropped;
    return close();
  }
  send({line, true});
}

void ServerConnection::send(QueuedLine outgoing) {
  if (closed_) return;
  queued_bytes_ += outgoing.text.size();
  if (outgoing.is_event) queued_event_bytes_ += outgoing.text.size();
  outgoing_.push_back(std::move(outgoing));
  if (!writing_) flush();
}

void ServerConnection::flush() {
  while (!outgoing_.empty()) {
    const QueuedLine& front = outgoing_.front();
    std::error_code error;
    const std::size_t count = socket_.write_some(
        asio::buffer(front.text.data() + sent_of_front_, front.text.size() - sent_of_front_),
        error);
    if (error && would_block(error)) return await_writable();
    if (error) return close();
    sent_of_front_ += count;
    if (sent_of_front_ < front.text.size()) continue;
    queued_bytes_ -= front.text.size();
    if (front.is_event) queued_event_bytes_ -= front.text.size();
    outgoing_.pop_front();
    sent_of_front_ = 0;
  }
}

}  // namespace dsn::local
