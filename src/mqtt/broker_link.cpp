// SPDX-License-Identifier: Apache-2.0
#include "mqtt/broker_link.hpp"

#include <fmt/format.h>
#include <mosquitto.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/secret.hpp"
#include "file/atomic_file.hpp"

namespace dsn::mqtt {
namespace {

using namespace std::chrono_literals;

constexpr int kKeepAliveSeconds = 30;
constexpr int kLoopMs = 200;
constexpr auto kPauseMin = 1s;
constexpr auto kPauseMax = 60s;
// A connection that lasted for so long was a good one.
constexpr auto kGoodConnection = 30s;
constexpr std::size_t kPasswordBytesMax = 4096;
// A larger payload is no reading and no command.
constexpr int kPayloadBytesMax = 65'536;
constexpr int kAtLeastOnce = 1;
// A broker gives all that it kept only so: mosquitto drops what exceeds a queue of 1000 messages
// that are to be acknowledged. And nothing comes twice.
constexpr int kAtMostOnce = 0;

struct SessionEnd {
  void operator()(mosquitto* session) const { mosquitto_destroy(session); }
};

std::string printable_errno() { return std::strerror(errno); }

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

}  // namespace

Result<std::string> read_password(const std::string& path) {
  if (path.empty()) return std::string();
  auto content = file::read_small_file(path, kPasswordBytesMax, file::FileAccess::owner_only);
  if (!content) return content.failure();
  if (!*content) return Error{path + ": there is no such file; 'password_file' names it"};
  const auto end = std::ranges::find_if(**content, [](auto c) { return c == '\n' || c == '\r'; });
  std::string password((*content)->begin(), end);
  zeroise(**content);
  if (password.empty()) return Error{path + ": its first line is empty, and is to be a password"};
  return password;
}

BrokerLink::BrokerLink(Parts parts) : parts_(std::move(parts)) {
  mosquitto_lib_init();
  thread_ = std::thread([this] { run(); });
}

BrokerLink::~BrokerLink() {
  stop(0ms);
  thread_.join();
  mosquitto_lib_cleanup();
}

std::size_t BrokerLink::room() const {
  const std::size_t under_way = under_way_;
  return connection_ == 0 || under_way >= kWindow ? 0 : kWindow - under_way;
}

bool BrokerLink::publish(const Publication& message) {
  const std::lock_guard lock(mutex_);
  if (session_ == nullptr || room() == 0) return false;
  ++under_way_;
  const int code = mosquitto_publish(session_, nullptr, message.topic.c_str(),
                                     static_cast<int>(message.payload.size()),
                                     message.payload.data(), kAtLeastOnce, message.retain);
  if (code != MOSQ_ERR_SUCCESS) --under_way_;
  return code == MOSQ_ERR_SUCCESS;
}

std::vector<BrokerMessage> BrokerLink::take() {
  const std::lock_guard lock(mutex_);
  inbox_bytes_ = 0;
  return std::exchange(inbox_, {});
}

void BrokerLink::stop(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
  changed_.wait_for(lock, patience, [this] { return stopped_; });
}

void BrokerLink::run() {
  const auto is_stopping = [this] {
    const std::lock_guard lock(mutex_);
    return stopping_;
  };
  while (!is_stopping()) {
    const auto begin = std::chrono::steady_clock::now();
    serve();
    if (std::chrono::steady_clock::now() - begin >= kGoodConnection) pause_ = kPauseMin;
    pause();
  }
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

void BrokerLink::pause() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, pause_, [this] { return stopping_; });
  pause_ = std::min<std::chrono::seconds>(pause_ * 2, kPauseMax);
}

// One connection, from its beginning to its end. Files are read anew each time: a certificate or a
// password may have been replaced.
void BrokerLink::serve() {
  const auto& config = parts_.config;
  const std::unique_ptr<mosquitto, SessionEnd> session(
      mosquitto_new(or_null(config.client_id), true, this));
  if (!session) return end(printable_errno());
  {
    const std::lock_guard lock(mutex_);
    session_ = session.get();
  }
  refusal_.clear();
  last_log_.clear();
  Result<void> outcome = prepare();
  if (outcome) {
    const int code =
        mosquitto_connect(session.get(), config.broker.c_str(), config.port, kKeepAliveSeconds);
    if (code == MOSQ_ERR_SUCCESS) {
      follow();
    } else {
      end(problem_of(code));
    }
  } else {
    end(outcome.error());
  }
  const std::lock_guard lock(mutex_);
  session_ = nullptr;
  connection_ = 0;
  under_way_ = 0;
}

Result<void> BrokerLink::prepare() {
  const auto& config = parts_.config;
  mosquitto_threaded_set(session_, true);  // publish() comes from another thread
  mosquitto_int_option(session_, MOSQ_OPT_SEND_MAXIMUM, static_cast<int>(kWindow));
  mosquitto_connect_callback_set(session_, &BrokerLink::handle_connected);
  mosquitto_publish_callback_set(session_, &BrokerLink::handle_published);
  mosquitto_message_callback_set(session_, &BrokerLink::handle_message);
  mosquitto_log_callback_set(session_, &BrokerLink::handle_log);
  mosquitto_will_set(session_, parts_.will.topic.c_str(),
                     static_cast<int>(parts_.will.payload.size()), parts_.will.payload.data(),
                     kAtLeastOnce, parts_.will.retain);
  if (!config.user.empty()) {
    Result<std::string> password = read_password(config.password_file);
    if (!password) return password.failure();
    mosquitto_username_pw_set(session_, config.user.c_str(), or_null(*password));
    zeroise({reinterpret_cast<std::uint8_t*>(password->data()), password->size()});
  }
  if (!config.tls) return {};
  if (config.ca_file.empty()) mosquitto_int_option(session_, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
  const int code =
      mosquitto_tls_set(session_, or_null(config.ca_file), nullptr,
                        or_null(config.certificate_file), or_null(config.key_file), nullptr);
  if (code == MOSQ_ERR_SUCCESS) return {};
  return Error{
      fmt::format("the certificates cannot be used ({}): see ca_file, certificate_file "
                  "and key_file",
                  problem_of(code))};
}

void BrokerLink::follow() {
  int code = MOSQ_ERR_SUCCESS;
  while (code == MOSQ_ERR_SUCCESS && refusal_.empty()) {
    code = mosquitto_loop(session_, kLoopMs, 1);
    const std::lock_guard lock(mutex_);
    if (stopping_ && under_way_ == 0) {
      mosquitto_disconnect(session_);
      return;
    }
  }
  end(refusal_.empty() ? problem_of(code) : refusal_);
}

std::string BrokerLink::problem_of(int code) const {
  if (code == MOSQ_ERR_ERRNO && errno != 0) return printable_errno();
  const std::string text = mosquitto_strerror(code);
  return code == MOSQ_ERR_TLS && !last_log_.empty() ? text + " " + last_log_ : text;
}

void BrokerLink::end(const std::string& why) {
  const auto& config = parts_.config;
  connection_ = 0;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
  }
  if (!told_.insert(why).second) return;
  parts_.note(fmt::format("no connection to the broker {}:{} ({}); it is tried again and again",
                          config.broker, config.port, why));
}

void BrokerLink::begin(int answer) {
  if (answer != 0) {
    refusal_ = mosquitto_connack_string(answer);
    return;
  }
  for (const std::string& topic : parts_.subscriptions) {
    mosquitto_subscribe(session_, nullptr, topic.c_str(), kAtMostOnce);
  }
  connection_ = ++connections_;
  if (connections_ == 1 || !told_.empty()) {
    parts_.note(
        fmt::format("connected to the broker {}:{}", parts_.config.broker, parts_.config.port));
  }
  told_.clear();
}

void BrokerLink::receive(const mosquitto_message& message) {
  if (message.payloadlen > kPayloadBytesMax) return;
  BrokerMessage arrival{
      message.topic,
      {static_cast<const char*>(message.payload), static_cast<std::size_t>(message.payloadlen)},
      message.retain,
      std::chrono::steady_clock::now()};
  if (arrival.topic.starts_with(parts_.urgent)) return parts_.take(arrival);
  const std::lock_guard lock(mutex_);
  const std::size_t bytes = sizeof(BrokerMessage) + arrival.topic.size() + arrival.payload.size();
  const bool is_full = inbox_bytes_ + bytes > kInboxBytesMax;
  if (!is_full) {
    inbox_bytes_ += bytes;
    inbox_.push_back(std::move(arrival));
  }
  if (is_full && !is_inbox_full_) {
    parts_.note("more messages come from the broker than can be taken: some are lost");
  }
  is_inbox_full_ = is_full;
}

void BrokerLink::handle_connected(mosquitto* /*session*/, void* link, int answer) {
  static_cast<BrokerLink*>(link)->begin(answer);
}

void BrokerLink::handle_published(mosquitto* /*session*/, void* link, int /*id*/) {
  --static_cast<BrokerLink*>(link)->under_way_;
}

void BrokerLink::handle_message(mosquitto* /*session*/, void* link,
                                const mosquitto_message* message) {
  static_cast<BrokerLink*>(link)->receive(*message);
}

void BrokerLink::handle_log(mosquitto* /*session*/, void* link, int level, const char* text) {
  if (level == MOSQ_LOG_ERR) static_cast<BrokerLink*>(link)->last_log_ = text;
}

}  // namespace dsn::mqtt
