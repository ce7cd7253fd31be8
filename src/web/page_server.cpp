// SPDX-License-Identifier: Apache-2.0
#include "web/page_server.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <functional>
#include <random>
#include <thread>
#include <utility>

#include "local/json/json_append.hpp"
#include "web/assets.hpp"
#include "web/event_text.hpp"
#include "web/history_answers.hpp"
#include "web/host_check.hpp"
#include "web/lists.hpp"
#include "web/metrics.hpp"
#include "web/writes.hpp"

namespace dsn::web {
namespace {

using namespace std::chrono_literals;
using Clock = Picture::Clock;
using httplib::Request;
using httplib::Response;

// Threads besides those of the pages that follow events.
constexpr std::size_t kThreads = 8;
// Who takes nothing for so long is given up.
constexpr auto kWriteTimeout = 10s;
constexpr auto kReadTimeout = 10s;
constexpr std::size_t kRequestBytesMax = std::size_t{128} * 1024;
// So often at most the changes are told, and after so long that there are none.
constexpr auto kEventInterval = 100ms;
constexpr auto kQuietInterval = 15s;
// How long the end of the program waits for those that follow.
constexpr auto kStopCheck = 500ms;

constexpr char kJson[] = "application/json";
constexpr char kCsv[] = "text/csv; charset=utf-8";
constexpr char kOpenMetrics[] = "application/openmetrics-text; version=1.0.0; charset=utf-8";
constexpr char kPrometheusText[] = "text/plain; version=0.0.4; charset=utf-8";

// The page needs nothing of elsewhere, and nobody shows it within another one.
const httplib::Headers kHeaders{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' "
     "data:; "
     "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cache-Control", "no-cache"}};

std::string error_json(std::string_view message) {
  std::string json = R"({"error":)";
  local::append_text(json, message);
  return json + "}\n";
}

void refuse(Response& response, int status, std::string_view message) {
  response.status = status;
  response.set_content(error_json(message), kJson);
}

void stream(Response& response, const char* type, std::shared_ptr<TextStream> text) {
  response.set_chunked_content_provider(
      type, [text = std::move(text)](std::size_t, httplib::DataSink& sink) {
        std::string piece;
        if (text->next(piece)) return sink.write(piece.data(), piece.size());
        sink.done();
        return true;
      });
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return 400;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::permission_denied:
    case ErrorCode::refused:
      return 403;
    default:
      return 503;
  }
}

ListQuery query_of(const Request& request) {
  return {request.get_param_value("node"), request.get_param_value("key")};
}

}  // namespace

struct PageServer::Impl {
  Impl(config::WebConfig config_in, std::string socket_in, const Picture& picture_in)
      : config(std::move(config_in)),
        socket(std::move(socket_in)),
        picture(picture_in),
        hosts(config.hosts) {}

  using Write = Result<std::string> (*)(const std::string& socket, std::string_view json);

  void set_up();
  void add_routes();
  void add_write(const char* path, Write write);
  void answer_history(const Request& request, Response& response) const;
  void follow(const Request& request, Response& response);
  bool tell(std::uint64_t& sequence, Clock::time_point& told, httplib::DataSink& sink);
  [[nodiscard]] std::string id_of(std::uint64_t sequence) const;
  [[nodiscard]] std::uint64_t sequence_of(const std::string& id) const;

  const config::WebConfig config;
  const std::string socket;
  const Picture& picture;
  const HostCheck hosts;
  /// Tells the numbers of this run from those of an earlier one.
  const std::string run = fmt::format("{:08x}", std::random_device()());
  std::string token;
  int port = 0;
  std::atomic<std::uint32_t> followers{0};
  std::atomic<bool> stopping{false};
  httplib::Server server;
};

PageServer::PageServer(config::WebConfig config, std::string socket, const Picture& picture)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(socket), picture)) {}

PageServer::~PageServer() = default;

Result<void> PageServer::bind() {
  if (!impl_->config.token_file.empty()) {
    Result<std::string> token = load_token(impl_->config.token_file);
    if (!token) return Error{token.error(), ErrorCode::invalid_argument};
    impl_->token = *std::move(token);
  }
  impl_->set_up();
  const config::WebConfig& config = impl_->config;
  errno = 0;
  if (config.port == 0) {
    impl_->port = impl_->server.bind_to_any_port(config.address);
  } else {
    impl_->port = impl_->server.bind_to_port(config.address, config.port) ? config.port : -1;
  }
  if (impl_->port > 0) return {};
  return Error{
      fmt::format("cannot listen on {} port {}: {}; give another 'address' or 'port' in {}",
                  config.address, config.port, std::strerror(errno), config.file)};
}

int PageServer::port() const { return impl_->port; }
void PageServer::run() { impl_->server.listen_after_bind(); }

void PageServer::stop() {
  impl_->stopping = true;
  impl_->server.stop();
}

void PageServer::Impl::set_up() {
  const std::size_t threads = kThreads + config.clients;
  server.new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
  server.set_default_headers(kHeaders);
  server.set_read_timeout(kReadTimeout);
  server.set_write_timeout(kWriteTimeout);
  server.set_keep_alive_max_count(100);
  server.set_keep_alive_timeout(5);
  server.set_payload_max_length(kRequestBytesMax);
  server.set_tcp_nodelay(true);
  // The default sets SO_REUSEPORT, with which two programs could have one port.
  server.set_socket_options([](socket_t fd) {
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  server.set_pre_routing_handler([this](const Request& request, Response& response) {
    if (hosts.admits(request.get_header_value("Host"))) {
      return httplib::Server::HandlerResponse::Unhandled;
    }
    refuse(response, 421, "this is no name of this machine: name it in 'hosts' of web.yaml");
    return httplib::Server::HandlerResponse::Handled;
  });
  add_routes();
}

void PageServer::Impl::add_routes() {
  for (const Asset& asset : assets()) {
    server.Get(std::string(asset.path), [&asset](const Request&, Response& response) {
      response.set_content(asset.text.data(), asset.text.size(), std::string(asset.type));
    });
  }
  server.Get("/health", [this](const Request&, Response& response) {
    const AgentState agent = picture.agent();
    if (!agent.is_connected) return refuse(response, 503, agent.problem);
    response.set_content("{\"agent\":\"connected\"}\n", kJson);
  });
  server.Get("/metrics", [this](const Request& request, Response& response) {
    const bool is_open =
        request.get_header_value("Accept").find("openmetrics") != std::string::npos;
    stream(response, is_open ? kOpenMetrics : kPrometheusText,
           std::make_shared<MetricsText>(picture.whole(), Clock::now()));
  });
  server.Get("/api/v1/readings", [this](const Request& request, Response& response) {
    const ListFormat* format = find_format(request.get_param_value("format"));
    if (format == nullptr) return refuse(response, 400, "'format' must be json, senml or csv");
    stream(
        response, format->type,
        std::make_shared<ReadingList>(picture.whole(), query_of(request), *format, Clock::now()));
  });
  server.Get("/api/v1/history", [this](const Request& request, Response& response) {
    answer_history(request, response);
  });
  server.Get("/api/v1/nodes", [this](const Request& request, Response& response) {
    response.set_content(node_list(picture.whole(), query_of(request), Clock::now()), kJson);
  });
  server.Get("/api/v1/events",
             [this](const Request& request, Response& response) { follow(request, response); });
  add_write("/api/v1/set", set_key);
  add_write("/api/v1/send", send_message);
}

void PageServer::Impl::answer_history(const Request& request, Response& response) const {
  const std::string format = request.get_param_value("format");
  if (!format.empty() && format != "json" && format != "csv") {
    return refuse(response, 400, "'format' must be json or csv");
  }
  const HistoryQuery query{.node = request.get_param_value("node"),
                           .key = request.get_param_value("key"),
                           .since = request.get_param_value("since"),
                           .most = request.get_param_value("most"),
                           .csv = format == "csv"};
  const auto now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const Result<std::string> answer = history_answer(config.history, query, now);
  if (!answer) return refuse(response, status_of(answer.code()), answer.error());
  response.set_content(*answer, query.csv ? kCsv : kJson);
}

void PageServer::Impl::add_write(const char* path, Write write) {
  server.Post(path, [this, write](const Request& request, Response& response) {
    if (token.empty()) return refuse(response, 403, "read-only: web.yaml names no 'token_file'");
    if (!has_token(request.get_header_value("Authorization"), token)) {
      response.set_header("WWW-Authenticate", "Bearer");
      return refuse(response, 401, "the token is missing or wrong");
    }
    const Result<std::string> done = write(socket, request.body);
    if (!done) return refuse(response, status_of(done.code()), done.error());
    response.set_content(*done + "\n", kJson);
  });
}

std::string PageServer::Impl::id_of(std::uint64_t sequence) const {
  return fmt::format("{}-{}", run, sequence);
}

// Zero, of which nothing is remembered, if the id is not of this run.
std::uint64_t PageServer::Impl::sequence_of(const std::string& id) const {
  if (!id.starts_with(run + "-")) return 0;
  std::uint64_t sequence = 0;
  std::from_chars(id.data() + run.size() + 1, id.data() + id.size(), sequence);
  return sequence;
}

void PageServer::Impl::follow(const Request& request, Response& response) {
  if (++followers > config.clients) {
    --followers;
    response.set_header("Retry-After", "30");
    return refuse(response, 503, "too many pages are open: see 'clients' in web.yaml");
  }
  const std::uint64_t from = sequence_of(request.get_header_value("Last-Event-ID"));
  response.set_chunked_content_provider(
      "text/event-stream",
      [this, sequence = from, told = Clock::time_point()](
          std::size_t, httplib::DataSink& sink) mutable { return tell(sequence, told, sink); },
      [this](bool) { --followers; });
}

// False ends the connection.
bool PageServer::Impl::tell(std::uint64_t& sequence, Clock::time_point& told,
                            httplib::DataSink& sink) {
  if (stopping) return false;
  const bool is_first = told == Clock::time_point();
  const Picture::View view =
      is_first && sequence == 0 ? picture.whole() : picture.changes(sequence, kStopCheck);
  if (view.sequence == sequence && !is_first) {
    if (Clock::now() - told < kQuietInterval) return true;
    told = Clock::now();
    return sink.write(kEmptyEvent, sizeof kEmptyEvent - 1);
  }
  sequence = view.sequence;
  told = Clock::now();
  const std::string text = event_text(view, id_of(sequence), told);
  if (!sink.write(text.data(), text.size())) return false;
  std::this_thread::sleep_for(kEventInterval);
  return true;
}

}  // namespace dsn::web
