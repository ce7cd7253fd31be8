// SPDX-License-Identifier: Apache-2.0
// How long an update takes from its owner to all readers, one process a node, on loopback.
//
//     update_latency [READERS [UPDATES [rounds]]]
//
// Each round runs two things in turn and prints the ratio of their medians:
//   dsn  the node as the agent runs it (core, sockets, keys), from commit to the event at a reader
//   raw  the floor: the same bytes sealed once per reader with the same AES-CCM and sent with one
//        system call each to a process that blocks in recv and opens them
// Stamps are CLOCK_MONOTONIC, written into the value. Readers report into shared memory.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "crypto/entropy.hpp"
#include "crypto/identity.hpp"
#include "crypto/psa_crypto.hpp"
#include "node/clock.hpp"
#include "node/core_driver.hpp"

namespace dsn::bench {

using namespace core;
using namespace crypto;
using namespace node;
using namespace wire;

namespace {

constexpr const char* kKey = "bench/value";  // 11 bytes, as in the rivals' measurement
constexpr std::size_t kReadersMax = 128;
constexpr std::size_t kUpdatesMax = 20000;

// Between updates: latency is measured, not throughput. Longer for many readers, because direct
// mail is limited to 1000 frames a second.
std::chrono::nanoseconds pause_for(std::size_t readers) {
  return std::max<std::chrono::nanoseconds>(std::chrono::milliseconds(3),
                                            std::chrono::microseconds(1500) * readers);
}

std::int64_t monotonic_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// What the processes share: when each reader had each update, and who is ready.
struct Board {
  std::atomic<std::uint32_t> ready{0};
  std::atomic<bool> done{false};
  double bytes_per_update = 0;
  std::array<std::uint16_t, kReadersMax> ports{};
  std::int64_t took_ns[kReadersMax][kUpdatesMax];
};

Board* make_board() {
  void* memory =
      mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : new (memory) Board;
}

// "NNNNNN SSSSSSSSSSSSS": number of the update and the stamp in ns, 20 bytes.
std::string stamp_text(std::size_t update) {
  char text[32];
  std::snprintf(text, sizeof text, "%05zu%015lld", update,
                static_cast<long long>(monotonic_ns() % 1'000'000'000'000'000));
  return text;
}

void record(Board& board, std::size_t reader, std::string_view text) {
  const std::int64_t now = monotonic_ns() % 1'000'000'000'000'000;
  const std::string number(text.substr(0, 5));
  const std::string stamp(text.substr(5));
  const auto update = static_cast<std::size_t>(std::strtoull(number.c_str(), nullptr, 10));
  if (update < kUpdatesMax) {
    board.took_ns[reader][update] = now - std::strtoll(stamp.c_str(), nullptr, 10);
  }
}

/// A node as the agent has it, without sensors and local API.
class BenchNode final : public node::CoreListener {
 public:
  BenchNode(asio::io_context& io, const std::string& name, const Secret<16>& key)
      : crypto_(create_identity().value()),
        node_(crypto_, options(name, key), node::now()),
        driver_(io, node_, {}, *this),
        transport_(io, transport_options(), driver_) {}

  bool start() {
    if (!transport_.open()) return false;
    driver_.start(&transport_);
    return true;
  }
  void set(const std::string& text) {
    Write write;
    write.key = kKey;
    write.value = Value::text(text);
    write.sampled = node::now();
    (void)driver_.commit({&write, 1});
  }
  [[nodiscard]] std::size_t reachable() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        node_.peers().all(), [](const auto& peer) { return peer->reachable(); }));
  }
  [[nodiscard]] const Node& node() const { return node_; }

  std::function<void(std::string_view)> on_value;

  void handle_event(const CoreEvent& event) override {
    if (event.kind != CoreEvent::Kind::updated || !on_value) return;
    const Peer* peer = node_.peers().find(event.origin);
    const Bytes* encoded = peer != nullptr ? peer->copy.replica.store().find(event.key) : nullptr;
    if (encoded == nullptr) return;
    CborReader in(*encoded);
    CborReader value(decode_entry(in).value);
    on_value(value.text());
  }
  void handle_persist() override {}
  void handle_counted() override {}

 private:
  static NodeOptions options(const std::string& name, const Secret<16>& key) {
    NodeOptions options;
    options.name = name;
    options.network_key = key;
    std::array<std::uint8_t, 16> random{};
    random_bytes(random);
    std::memcpy(&options.session, random.data(), 8);
    std::memcpy(&options.seed, random.data() + 8, 8);
    return options;
  }
  net::TransportOptions transport_options() const {
    net::TransportOptions options;
    options.port = 0;
    options.interfaces = {"lo"};
    options.group_ipv4 = multicast_group_ipv4(node_.network_id(), 17374);
    options.group_ipv6 = multicast_group_ipv6(node_.network_id(), 17374);
    return options;
  }

  PsaCrypto crypto_;
  Node node_;
  node::CoreDriver driver_;
  net::Transport transport_;
};

struct Setup {
  std::size_t readers = 1;
  std::size_t updates = 1000;
  Secret<16> key;
};

// Children end with this process, whatever becomes of it.
void begin_child() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!initialise_crypto()) _exit(1);
}

void run_dsn_reader(Board& board, std::size_t index, const Setup& setup) {
  begin_child();
  asio::io_context io;
  BenchNode node(io, "reader" + std::to_string(index), setup.key);
  node.on_value = [&](std::string_view text) { record(board, index, text); };
  if (!node.start()) _exit(1);
  io.run();
}

/// Sets one value after the other.
class Writer {
 public:
  Writer(asio::io_context& io, const Setup& setup)
      : io_(io), timer_(io), setup_(setup), node_(io, "writer", setup.key) {}

  bool run() {
    if (!node_.start()) return false;
    wait();
    io_.run();
    return update_ == setup_.updates;
  }
  [[nodiscard]] double bytes_per_update() const {
    const Counters& counters = node_.node().counters();
    const std::uint64_t frames = counters[Counter::updates_out] - frames_before_;
    return frames == 0 ? 0
                       : static_cast<double>(counters[Counter::bytes_out] - bytes_before_) /
                             static_cast<double>(setup_.updates);
  }

 private:
  void wait() {
    timer_.expires_after(pause_for(setup_.readers));
    timer_.async_wait([this](const std::error_code&) { step(); });
  }
  void step() {
    if (update_ == 0 && node_.reachable() < setup_.readers) {
      if (++waited_ > 10'000) return io_.stop();
      return wait();
    }
    if (settle_ > 0) {
      if (--settle_ == 0) {
        bytes_before_ = node_.node().counters()[Counter::bytes_out];
        frames_before_ = node_.node().counters()[Counter::updates_out];
      }
      return wait();
    }
    if (update_ == setup_.updates) return io_.stop();
    node_.set(stamp_text(update_++));
    wait();
  }

  asio::io_context& io_;
  asio::steady_timer timer_;
  const Setup& setup_;
  BenchNode node_;
  std::size_t update_ = 0;
  std::size_t waited_ = 0;
  std::size_t settle_ = 300;
  std::uint64_t bytes_before_ = 0;
  std::uint64_t frames_before_ = 0;
};

struct RawFrame {
  std::array<std::uint8_t, 16> header{};
  std::array<std::uint8_t, 64> text{};
};

AeadKey raw_key() {
  AeadKey key;
  key.iv.fill(7);
  return key;
}

void run_raw_reader(Board& board, std::size_t index) {
  begin_child();
  PsaCrypto crypto(create_identity().value());
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0) _exit(1);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  board.ports[index] = ntohs(address.sin_port);
  ++board.ready;
  std::array<std::uint8_t, 2048> datagram{}, plain{};
  const AeadKey key = raw_key();
  while (true) {
    const ssize_t got = recv(fd, datagram.data(), datagram.size(), 0);
    if (got < 36) continue;
    const auto bytes = ByteView(datagram).first(static_cast<std::size_t>(got));
    const auto text = MutableBytes(plain).first(bytes.size() - kPairHeaderBytes - kFrameTagBytes);
    if (crypto.open(key, key.iv, bytes.first(kPairHeaderBytes), bytes.subspan(kPairHeaderBytes),
                    text)) {
      record(board, index, as_text(text.first(20)));
    }
  }
}

void run_raw_writer(Board& board, const Setup& setup) {
  begin_child();
  while (board.ready < setup.readers) usleep(1000);
  PsaCrypto crypto(create_identity().value());
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  const AeadKey key = raw_key();
  const timespec pause{0, static_cast<long>(pause_for(setup.readers).count())};
  for (std::size_t update = 0; update < setup.updates; ++update) {
    // As long as our MAIL of the same update.
    std::array<std::uint8_t, 42> plain{};
    std::array<std::uint8_t, kPairHeaderBytes + plain.size() + kFrameTagBytes> datagram{};
    const std::string text = stamp_text(update);
    std::copy(text.begin(), text.end(), plain.begin());
    for (std::size_t reader = 0; reader < setup.readers; ++reader) {
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      to.sin_port = htons(board.ports[reader]);
      (void)crypto.seal(key, key.iv, ByteView(datagram).first(kPairHeaderBytes), plain,
                        MutableBytes(datagram).subspan(kPairHeaderBytes));
      sendto(fd, datagram.data(), datagram.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
    }
    nanosleep(&pause, nullptr);
  }
  nanosleep(&pause, nullptr);
  close(fd);
  board.done = true;
}

template <typename Body>
std::vector<pid_t> fork_all(std::size_t count, Body body) {
  std::vector<pid_t> children;
  for (std::size_t i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      body(i);
      _exit(0);
    }
    children.push_back(child);
  }
  return children;
}

void end_children(const std::vector<pid_t>& children) {
  for (const pid_t child : children) kill(child, SIGKILL);
  for (const pid_t child : children) waitpid(child, nullptr, 0);
}

struct Figures {
  double p50_us = 0;
  double p99_us = 0;
  double complete = 0;  ///< share of (update, reader) that arrived by mail or repair
  double bytes_per_update = 0;
};

// For each update the time until the last reader had it.
Figures evaluate(const Board& board, const Setup& setup) {
  std::vector<double> last;
  std::size_t arrived = 0;
  for (std::size_t update = 0; update < setup.updates; ++update) {
    std::int64_t slowest = 0;
    for (std::size_t reader = 0; reader < setup.readers; ++reader) {
      const std::int64_t took = board.took_ns[reader][update];
      if (took > 0) ++arrived;
      slowest = std::max(slowest, took);
    }
    if (slowest > 0) last.push_back(static_cast<double>(slowest) / 1000);
  }
  std::ranges::sort(last);
  Figures figures;
  if (last.empty()) return figures;
  figures.p50_us = last[last.size() / 2];
  figures.p99_us = last[last.size() * 99 / 100];
  figures.complete =
      static_cast<double>(arrived) / static_cast<double>(setup.updates * setup.readers);
  return figures;
}

void run_dsn_writer(Board& board, const Setup& setup) {
  begin_child();
  asio::io_context io;
  Writer writer(io, setup);
  board.done = writer.run();
  board.bytes_per_update = writer.bytes_per_update();
}

// The readers, then the writer, each a fork of this process. It never touches PSA itself: its
// random generator would go on in every child with the same numbers.
template <typename Read, typename WriteAll>
Figures measure(const Setup& setup, Read read, WriteAll write_all) {
  Board* board = make_board();
  const auto readers = fork_all(setup.readers, [&](std::size_t i) { read(*board, i); });
  const auto writer = fork_all(1, [&](std::size_t) { write_all(*board, setup); });
  waitpid(writer.front(), nullptr, 0);
  Figures figures;
  if (board->done) figures = evaluate(*board, setup);
  figures.bytes_per_update = board->bytes_per_update;
  end_children(readers);
  munmap(board, sizeof *board);
  return figures;
}

void print(const char* name, std::size_t round, const Figures& figures) {
  std::printf("round %zu  %-4s  to the last reader  p50 %7.1f us   p99 %7.1f us   arrived %.2f %%",
              round, name, figures.p50_us, figures.p99_us, figures.complete * 100);
  if (figures.bytes_per_update > 0) {
    std::printf("   %.0f UDP payload bytes per update", figures.bytes_per_update);
  }
  std::printf("\n");
}

}  // namespace
}  // namespace dsn::bench

int main(int argc, char** argv) {
  using namespace dsn;
  using namespace dsn::bench;
  const auto argument = [&](int index, std::size_t otherwise, std::size_t most) {
    const auto given = argc > index ? std::strtoull(argv[index], nullptr, 10) : otherwise;
    return std::clamp<std::size_t>(given, 1, most);
  };
  Setup setup;
  setup.readers = argument(1, 1, kReadersMax);
  setup.updates = argument(2, 1000, kUpdatesMax);
  const std::size_t rounds = argument(3, 3, 100);
  std::random_device random;
  for (std::uint8_t& byte : setup.key.mutable_view()) byte = static_cast<std::uint8_t>(random());
  std::vector<double> ratios;
  for (std::size_t round = 1; round <= rounds; ++round) {
    const Figures dsn_figures = measure(
        setup, [&](Board& board, std::size_t i) { run_dsn_reader(board, i, setup); },
        run_dsn_writer);
    const Figures raw_figures = measure(setup, run_raw_reader, run_raw_writer);
    print("dsn", round, dsn_figures);
    print("raw", round, raw_figures);
    if (raw_figures.p50_us > 0) ratios.push_back(dsn_figures.p50_us / raw_figures.p50_us);
  }
  std::ranges::sort(ratios);
  if (ratios.empty()) return 1;
  std::printf("%zu readers: dsn / raw = %.2f (median of %zu rounds)\n", setup.readers,
              ratios[ratios.size() / 2], ratios.size());
  return 0;
}
