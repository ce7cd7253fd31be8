// SPDX-License-Identifier: Apache-2.0
#include "history/history.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "history/statement.hpp"

namespace dsn::history {
namespace {

constexpr std::int64_t kPageBytes = 4096;
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
// Within this the time of a sample, which is computed from its age, says nothing about the order.
constexpr std::int64_t kTogetherMs = 1000;

// A table of each grain has what the others have, so one statement serves all. Rows lie in the
// order in which they are read.
constexpr char kSchema[] =
    "CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, node_id TEXT NOT NULL,"
    " node TEXT NOT NULL, key TEXT NOT NULL, unit TEXT NOT NULL, UNIQUE (node_id, key));"
    "CREATE TABLE IF NOT EXISTS raw (series INTEGER NOT NULL, at INTEGER NOT NULL, number REAL NOT "
    "NULL,"
    " PRIMARY KEY (series, at)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS minutes (series INTEGER NOT NULL, at INTEGER NOT NULL, sum REAL "
    "NOT NULL,"
    " low REAL NOT NULL, high REAL NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (series, at))"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS hours (series INTEGER NOT NULL, at INTEGER NOT NULL, sum REAL NOT "
    "NULL,"
    " low REAL NOT NULL, high REAL NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (series, at))"
    " WITHOUT ROWID;";

constexpr std::array<const char*, 3> kTables{"raw", "minutes", "hours"};

const char* table_of(Grain grain) { return kTables[static_cast<std::size_t>(grain)]; }

std::int64_t ms_of(Time time) { return time.time_since_epoch().count(); }
Time time_of(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

// What is written is on the disk at the next checkpoint; a power cut costs the last minutes, and
// leaves the file whole.
std::string settings(std::int64_t size_max_mib) {
  return fmt::format(
      "PRAGMA page_size={}; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
      "PRAGMA max_page_count={}; PRAGMA journal_size_limit=1048576; PRAGMA busy_timeout=2000;",
      kPageBytes, size_max_mib * 1024 * 1024 / kPageBytes);
}

bool is_broken(int code) {
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

}  // namespace

void History::Close::operator()(sqlite3* database) const { sqlite3_close(database); }

History::History(History&&) noexcept = default;
History& History::operator=(History&&) noexcept = default;
History::~History() = default;

Error History::failure(const std::string& what) const {
  const bool is_full = (sqlite3_errcode(database_.get()) & 0xff) == SQLITE_FULL;
  return {what + ": " + sqlite3_errmsg(database_.get()),
          is_full ? ErrorCode::refused : ErrorCode::failed};
}

Result<void> History::run(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return failure("the history");
}

Result<History> History::open(const std::string& file, std::int64_t size_max_mib,
                              const std::function<void(const std::string&)>& note) {
  for (bool is_first = true;; is_first = false) {
    sqlite3* opened = nullptr;
    sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    History history(opened);
    Result<void> ready = history.run(settings(size_max_mib) + kSchema);
    // So a user who may not write into the folder can read it while nobody writes.
    int stays = 1;
    sqlite3_file_control(opened, nullptr, SQLITE_FCNTL_PERSIST_WAL, &stays);
    if (ready) {
      Statement check(opened, "PRAGMA quick_check(1)");
      if (check.has_row() && check.text(0) == "ok") return history;
      ready = Error{"the history: it is broken"};
    } else if (!is_broken(sqlite3_errcode(opened))) {
      return Error{file + ": " + sqlite3_errmsg(opened)};
    }
    if (!is_first) return Error{file + ": " + ready.error()};
    history.database_.reset();
    const std::string aside = file + ".broken";
    if (std::rename(file.c_str(), aside.c_str()) != 0) {
      return Error{
          fmt::format("{} is broken and cannot be renamed: {}", file, std::strerror(errno))};
    }
    for (const char* end : {"-wal", "-shm"}) std::remove((file + end).c_str());
    note(fmt::format("{} was broken: it is {} now, and a new history begins", file, aside));
  }
}

Result<History> History::open_to_read(const std::string& file) {
  if (access(file.c_str(), R_OK) != 0) {
    if (errno == EACCES) {
      return Error{fmt::format("{} may not be read; join its group: sudo usermod -aG dsn $USER "
                               "(then log in again)",
                               file),
                   ErrorCode::permission_denied};
    }
    return Error{fmt::format("there is no history in {} ({}): does dsn-record run?", file,
                             std::strerror(errno)),
                 ErrorCode::not_found};
  }
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  History history(opened);
  sqlite3_busy_timeout(opened, 2000);
  Statement tables(opened, "SELECT count(*) FROM sqlite_schema");
  if (code == SQLITE_OK && tables.has_row()) return history;
  return Error{fmt::format("{}: {}", file, sqlite3_errmsg(opened))};
}

Result<std::int64_t> History::series_of(const RecordedNumber& sample) {
  const auto known = series_.find({sample.node_id, sample.key});
  if (known != series_.end()) return known->second;
  Statement named(database_.get(),
                  "INSERT INTO series (node_id, node, key, unit) VALUES (?, ?, ?, ?)"
                  " ON CONFLICT DO UPDATE SET node = excluded.node, unit = excluded.unit"
                  " RETURNING id");
  named.bind(sample.node_id).bind(sample.node).bind(sample.key).bind(sample.unit);
  if (!named.has_row()) return failure("the history");
  const std::int64_t id = named.integer(0);
  series_[{sample.node_id, sample.key}] = id;
  return id;
}

// Prepared once for all samples of a transaction.
struct History::Inserts {
  explicit Inserts(sqlite3* database)
      : last(database, "SELECT at, number FROM raw WHERE series = ? ORDER BY at DESC LIMIT 1"),
        raw(database, "INSERT OR IGNORE INTO raw VALUES (?, ?, ?)"),
        minutes(database, sum_into(Grain::minutes)),
        hours(database, sum_into(Grain::hours)) {}

  static std::string sum_into(Grain grain) {
    return fmt::format(
        "INSERT INTO {} VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET"
        " sum = sum + excluded.sum, low = min(low, excluded.low),"
        " high = max(high, excluded.high), count = count + 1",
        table_of(grain));
  }
  static bool add(Statement& sums, std::int64_t series, std::int64_t at, double number) {
    sums.reset();
    return sums.bind(series).bind(at).bind(number).bind(number).bind(number).run();
  }

  Statement last;
  Statement raw;
  Statement minutes;
  Statement hours;
};

Result<void> History::insert(Inserts& inserts, const RecordedNumber& sample) {
  const auto series = series_of(sample);
  if (!series) return series.failure();
  std::int64_t at = ms_of(sample.at);
  inserts.last.reset();
  if (inserts.last.bind(*series).has_row() &&
      std::abs(at - inserts.last.integer(0)) < kTogetherMs) {
    // The same sample again, after a restart of this program, or no change.
    if (inserts.last.real(1) == sample.number) return {};
    // Ages are rounded: what comes later is later.
    at = std::max(at, inserts.last.integer(0) + 1);
  }
  inserts.raw.reset();
  bool done = inserts.raw.bind(*series).bind(at).bind(sample.number).run();
  // Only after the clock was set back.
  if (done && sqlite3_changes(database_.get()) == 0) return {};
  done = done && Inserts::add(inserts.minutes, *series, at - at % kMinuteMs, sample.number) &&
         Inserts::add(inserts.hours, *series, at - at % kHourMs, sample.number);
  if (!done) return failure("the history");
  return {};
}

Result<void> History::write(const std::vector<RecordedNumber>& samples) {
  if (auto begun = run("BEGIN IMMEDIATE"); !begun) return begun;
  Result<void> done = insert_all(samples);
  if (done) done = run("COMMIT");
  if (!done) {
    (void)run("ROLLBACK");
    series_.clear();
  }
  return done;
}

Result<void> History::insert_all(const std::vector<RecordedNumber>& samples) {
  Inserts inserts(database_.get());
  for (const RecordedNumber& sample : samples) {
    if (!std::isfinite(sample.number)) continue;
    if (auto inserted = insert(inserts, sample); !inserted) return inserted;
  }
  return {};
}

Result<void> History::thin_out(const Retention& retention, Time now) {
  const std::array<std::chrono::milliseconds, 3> spans{retention.raw, retention.minutes,
                                                       retention.hours};
  for (std::size_t i = 0; i < spans.size(); ++i) {
    Statement old(database_.get(), fmt::format("DELETE FROM {} WHERE at < ?", kTables[i]));
    if (!old.bind(ms_of(now - spans[i])).run()) return failure("the history");
  }
  return {};
}

Result<void> History::make_room() {
  for (const char* table : kTables) {
    Statement span(database_.get(), fmt::format("SELECT min(at), max(at) FROM {}", table));
    if (!span.has_row() || span.is_null(0)) continue;
    const std::int64_t first = span.integer(0);
    const std::int64_t until = first + std::max<std::int64_t>((span.integer(1) - first) / 10, 1);
    Statement old(database_.get(), fmt::format("DELETE FROM {} WHERE at < ?", table));
    if (!old.bind(until).run()) return failure("the history");
    if (sqlite3_changes(database_.get()) > 0) return {};
  }
  return Error{"the history: it is full and empty; raise size_max"};
}

std::optional<History::Found> History::find_series(const std::string& node,
                                                   const std::string& key) {
  // Of machines that had the name one after the other, the one that came last.
  Statement found(database_.get(),
                  "SELECT id, unit FROM series WHERE (node = ?1 OR node_id = ?1) AND key = ?2"
                  " ORDER BY id DESC LIMIT 1");
  found.bind(node).bind(key);
  if (!found.has_row()) return std::nullopt;
  return Found{found.integer(0), found.text(1)};
}

std::vector<RecordedKey> History::keys(const std::string& node) {
  Statement rows(database_.get(),
                 "SELECT node_id, node, key, unit FROM series WHERE node = ?1 OR node_id = ?1"
                 " ORDER BY key, id");
  rows.bind(node);
  std::vector<RecordedKey> keys;
  while (rows.has_row()) keys.push_back({rows.text(0), rows.text(1), rows.text(2), rows.text(3)});
  return keys;
}

std::vector<RecordedRange> History::ranges(Time since) {
  Statement rows(database_.get(),
                 "SELECT node_id, node, key, unit, min(low), max(high) FROM hours JOIN series"
                 " ON series = id WHERE at >= ? GROUP BY series ORDER BY node, key");
  rows.bind(ms_of(since) - ms_of(since) % kHourMs);
  std::vector<RecordedRange> found;
  while (rows.has_row()) {
    found.push_back(
        {{rows.text(0), rows.text(1), rows.text(2), rows.text(3)}, rows.real(4), rows.real(5)});
  }
  return found;
}

std::int64_t History::count(Grain grain, std::int64_t series, Time since) {
  Statement counted(
      database_.get(),
      fmt::format("SELECT count(*) FROM {} WHERE series = ? AND at >= ?", table_of(grain)));
  counted.bind(series).bind(ms_of(since));
  return counted.has_row() ? counted.integer(0) : 0;
}

std::optional<Time> History::oldest(Grain grain, std::int64_t series) {
  Statement first(database_.get(),
                  fmt::format("SELECT min(at) FROM {} WHERE series = ?", table_of(grain)));
  first.bind(series);
  if (!first.has_row() || first.is_null(0)) return std::nullopt;
  return time_of(first.integer(0));
}

std::vector<Point> History::points(Grain grain, std::int64_t series, Time since) {
  const char* columns =
      grain == Grain::raw ? "at, number, number, number" : "at, sum / count, low, high";
  Statement rows(database_.get(), fmt::format("SELECT {} FROM {} WHERE series = ? AND at >= ?"
                                              " ORDER BY at",
                                              columns, table_of(grain)));
  rows.bind(series).bind(ms_of(since));
  std::vector<Point> found;
  while (rows.has_row()) {
    found.push_back({time_of(rows.integer(0)), rows.real(1), rows.real(2), rows.real(3)});
  }
  return found;
}

Result<RecordedPoints> History::read(const std::string& node, const std::string& key, Time since,
                                     std::size_t most) {
  const auto found = find_series(node, key);
  if (!found) {
    return Error{fmt::format("there is no history of {} {}", node, key), ErrorCode::not_found};
  }
  // Hours reach back farthest, and begin with the one of the first sample.
  const auto first = oldest(Grain::hours, found->series);
  for (const Grain grain : {Grain::raw, Grain::minutes}) {
    const auto begin = oldest(grain, found->series);
    const bool reaches_back =
        begin && (*begin <= since || !first || *begin < *first + std::chrono::hours(1));
    if (reaches_back && count(grain, found->series, since) <= static_cast<std::int64_t>(most)) {
      return RecordedPoints{grain, points(grain, found->series, since), found->unit};
    }
  }
  return RecordedPoints{Grain::hours, points(Grain::hours, found->series, since), found->unit};
}

}  // namespace dsn::history
