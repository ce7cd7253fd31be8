// SPDX-License-Identifier: Apache-2.0
// The floor: one datagram a reader, each sealed by AES-128-CCM as a frame of ours is, all in one
// sendmmsg; a reader makes one recv a datagram. No repair, no state, no discovery.
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <vector>

#include "crypto/entropy.hpp"
#include "crypto/identity.hpp"
#include "crypto/psa_crypto.hpp"
#include "rival.hpp"
#include "wire/wire_limits.hpp"

namespace bench {
namespace {

using dsn::ByteView;
using dsn::MutableBytes;
using dsn::wire::kFrameTagBytes;
using dsn::wire::kPairHeaderBytes;

constexpr std::size_t kTextBytes = 1 + 11 + 20;  // length of the key, key, value
constexpr std::size_t kDatagramBytes = kPairHeaderBytes + kTextBytes + kFrameTagBytes;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

class RawUdp final : public Rival {
 public:
  RawUdp(const Settings& settings, Heard heard)
      : settings_(settings),
        heard_(std::move(heard)),
        crypto_(dsn::crypto::create_identity().value()) {
    key_.iv.fill(7);
  }

  bool start() override {
    fd_ = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0) return false;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    settings_.line().port = ntohs(address.sin_port);
    return true;
  }

  void publish(std::string_view key, std::string_view value) override {
    if (to_.empty()) know_readers();
    std::array<std::uint8_t, kTextBytes> text{11};
    std::memcpy(text.data() + 1, key.data(), 11);
    std::memcpy(text.data() + 12, value.data(), 20);
    for (auto& datagram : datagrams_) {
      (void)crypto_.seal(key_, kNonce, ByteView(datagram).first(kPairHeaderBytes), text,
                         MutableBytes(datagram).subspan(kPairHeaderBytes));
    }
    std::size_t done = 0;
    while (done < messages_.size()) {
      const int sent =
          sendmmsg(fd_, &messages_[done], static_cast<unsigned>(messages_.size() - done), 0);
      done += sent > 0 ? static_cast<std::size_t>(sent) : 1;
    }
  }

  void pause(std::chrono::nanoseconds time) override {
    if (settings_.index == 0) return Rival::pause(time);
    while (true) {
      std::array<std::uint8_t, 2048> datagram{};
      const ssize_t got = recv(fd_, datagram.data(), datagram.size(), 0);
      if (got != kDatagramBytes) continue;
      const ByteView frame = ByteView(datagram).first(kDatagramBytes);
      std::array<std::uint8_t, kTextBytes> text{};
      if (!crypto_.open(key_, kNonce, frame.first(kPairHeaderBytes),
                        frame.subspan(kPairHeaderBytes), text)) {
        continue;
      }
      const std::string_view all = dsn::as_text(text);
      heard_(all.substr(1, 11), all.substr(12));
    }
  }

 private:
  static constexpr decltype(dsn::core::AeadKey{}.iv) kNonce{};

  void know_readers() {
    for (std::size_t i = 1; i < settings_.nodes; ++i) {
      while (settings_.board->lines[i].port == 0) Rival::pause(std::chrono::milliseconds(1));
      to_.push_back(loopback(static_cast<std::uint16_t>(settings_.board->lines[i].port)));
    }
    datagrams_.resize(to_.size());
    for (std::size_t i = 0; i < to_.size(); ++i) {
      vectors_.push_back({datagrams_[i].data(), datagrams_[i].size()});
    }
    for (std::size_t i = 0; i < to_.size(); ++i) {
      mmsghdr message{};
      message.msg_hdr.msg_name = &to_[i];
      message.msg_hdr.msg_namelen = sizeof to_[i];
      message.msg_hdr.msg_iov = &vectors_[i];
      message.msg_hdr.msg_iovlen = 1;
      messages_.push_back(message);
    }
  }

  const Settings& settings_;
  Heard heard_;
  dsn::crypto::PsaCrypto crypto_;
  dsn::core::AeadKey key_;
  int fd_ = -1;
  std::vector<sockaddr_in> to_;
  std::vector<std::array<std::uint8_t, kDatagramBytes>> datagrams_;
  std::vector<iovec> vectors_;
  std::vector<mmsghdr> messages_;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  if (!dsn::crypto::initialise_crypto()) return 1;
  return bench::run(argc, argv, [](const bench::Settings& settings, bench::Rival::Heard heard) {
    return std::unique_ptr<bench::Rival>(new bench::RawUdp(settings, std::move(heard)));
  });
}
