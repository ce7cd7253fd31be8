// SPDX-License-Identifier: Apache-2.0
// What was measured when, in a file of SQLite (docs/record.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dsn/result.hpp"

struct sqlite3;

namespace dsn::history {

/// Of the wall clock.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

/// A number of a key at one time.
struct RecordedNumber {
  std::string node_id;
  std::string node;
  std::string key;
  std::string unit;
  Time at;
  double number = 0;
};

/// A number, or the mean, lowest and highest of a minute or an hour.
struct Point {
  Time at;
  double mean = 0;
  double low = 0;
  double high = 0;
  bool operator==(const Point&) const = default;
};

/// How long what is kept.
struct Retention {
  std::chrono::milliseconds raw = std::chrono::days(7);
  std::chrono::milliseconds minutes = std::chrono::days(90);
  std::chrono::milliseconds hours = std::chrono::days(1825);
};

/// How fine the points of an answer are.
enum class Grain : std::uint8_t { raw, minutes, hours };

/// What a key was.
struct RecordedPoints {
  Grain grain = Grain::raw;
  std::vector<Point> points;  ///< the oldest one first
  std::string unit;           ///< in which it was recorded last; empty if it has none
};

/// A key that has a history.
struct RecordedKey {
  std::string node_id;
  std::string node;
  std::string key;
  std::string unit;
};

struct RecordedRange {
  RecordedKey key;
  double low = 0;
  double high = 0;
};

/// One process writes, others may read at the same time. Not for several threads.
class History {
 public:
  /// Opens the file to write, and makes it if it is not there. One that is no database, broken, or
  /// of another version is renamed to FILE.broken, and a new one begun; `note` is told.
  [[nodiscard]] static Result<History> open(const std::string& file, std::int64_t size_max_mib,
                                            const std::function<void(const std::string&)>& note);
  /// Opens the file to read, also while another process writes. ErrorCode::not_found: there is
  /// none; permission_denied: this user may not.
  [[nodiscard]] static Result<History> open_to_read(const std::string& file);
  History(History&&) noexcept;
  History& operator=(History&&) noexcept;
  ~History();

  /// Writes all samples, or none: the Error says why; ErrorCode::refused: there is no room. Of a
  /// key they are in their order. The number that a key had within a second before is left out.
  [[nodiscard]] Result<void> write(const std::vector<RecordedNumber>& samples);
  /// Deletes what is older than that.
  [[nodiscard]] Result<void> thin_out(const Retention& retention, Time now);
  /// Deletes the oldest tenth of what is kept finest, so that there is room again.
  [[nodiscard]] Result<void> make_room();

  /// The points of a key since then, the oldest one first. `node` is a name or an id. Raw ones as
  /// far as they reach back and are at most `most`; otherwise those of minutes, or of hours.
  /// ErrorCode::not_found: there is nothing of this key.
  [[nodiscard]] Result<RecordedPoints> read(const std::string& node, const std::string& key,
                                            Time since, std::size_t most = 10'000);
  /// Between which numbers each key was, from the hour in which that time lies; by node and key.
  [[nodiscard]] std::vector<RecordedRange> ranges(Time since);
  /// The keys of a node, given by its name or id, in their order.
  [[nodiscard]] std::vector<RecordedKey> keys(const std::string& node);

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit History(sqlite3* database) : database_(database) {}

  [[nodiscard]] Result<void> run(const std::string& sql);
  [[nodiscard]] Error failure(const std::string& what) const;
  [[nodiscard]] Result<std::int64_t> series_of(const RecordedNumber& sample);
  struct Inserts;
  [[nodiscard]] Result<void> insert(Inserts& inserts, const RecordedNumber& sample);
  [[nodiscard]] Result<void> insert_all(const std::vector<RecordedNumber>& samples);
  struct Found {
    std::int64_t series;
    std::string unit;
    std::int64_t first;  // when it was recorded first, in ms since 1970
  };
  // Of a table: when its first and last minute or hour began.
  struct Slots {
    std::int64_t first;
    std::int64_t last;
  };
  [[nodiscard]] std::optional<Found> find_series(const std::string& node, const std::string& key);
  [[nodiscard]] std::optional<Slots> slots(Grain grain);
  [[nodiscard]] std::vector<Point> points(Grain grain, std::int64_t series, Time since, Slots slots,
                                          std::int64_t most);

  std::unique_ptr<sqlite3, Close> database_;
  std::map<std::pair<std::string, std::string>, std::int64_t> series_;  // by node id and key
};

}  // namespace dsn::history
