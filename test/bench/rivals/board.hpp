// SPDX-License-Identifier: Apache-2.0
// What all processes of a run share: who is ready, who has heard what and when. A file that the
// driver (board.py) makes and every node maps.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ctime>

namespace bench {

constexpr std::size_t kNodesMax = 64;
constexpr std::size_t kUpdatesMax = 4096;

inline std::int64_t monotonic_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// One node's own line. Only that node writes it.
struct Line {
  std::atomic<std::int64_t> port;         ///< where others reach it, if they ask the board
  std::atomic<std::int64_t> heard;        ///< values of others
  std::atomic<std::int64_t> held;         ///< different keys of others
  std::atomic<std::int64_t> started_ns;   ///< when it began to take part
  std::atomic<std::int64_t> complete_ns;  ///< when it had heard all keys of all others
  std::int64_t spare[3];
};

/// Words of 8 bytes only, as board.py reads them.
struct Board {
  std::atomic<std::int64_t> allowed;  ///< the step that the driver lets the writer take
  std::atomic<std::int64_t> reached;  ///< the step that the writer has finished
  std::int64_t spare[6];
  Line lines[kNodesMax];
  std::int64_t took_ns[kNodesMax][kUpdatesMax];  ///< from publish to heard, of each update
};

inline Board* map_board(const char* path) {
  const int fd = open(path, O_RDWR);
  if (fd < 0) return nullptr;
  void* memory = mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  return memory == MAP_FAILED ? nullptr : static_cast<Board*>(memory);
}

}  // namespace bench
