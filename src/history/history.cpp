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

// A disk writes whole pages: so rows that are written together lie together, by the minute or hour
// in which they begin, and not by series. A series is read by a look into each of them.
constexpr char kSchema[] =
    "CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, node_id TEXT NOT NULL,"
    " node TEXT NOT NULL, key TEXT NOT NULL, unit TEXT NOT NULL, first INTEGER NOT NULL,"
    " UNIQUE (node_id, key));"
    "CREATE TABLE IF NOT EXISTS raw (slot INTEGER NOT NULL, series INTEGER NOT NULL,"
    " at INTEGER NOT NULL, number REAL NOT NULL, PRIMARY KEY (slot, series, at)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS minutes (slot INTEGER NOT NULL, series INTEGER NOT NULL,"
    " sum REAL NOT NULL, low REAL NOT NULL, high REAL NOT NULL, count INTEGER NOT NULL,"
    " PRIMARY KEY (slot, series)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS hours (slot INTEGER NOT NULL, series INTEGER NOT NULL,"
    " sum REAL NOT NULL, low REAL NOT NULL, high REAL NOT NULL, count INTEGER NOT NULL,"
    " PRIMARY KEY (slot, series)) WITHOUT ROWID;"
    "PRAGMA user_version = 1;";

// So many minutes are looked into for an answer; a week has 10,080.
constexpr std::int64_t kLooksMax = 11'000;

constexpr std::array<const char*, 3> kTables{"raw", "minutes", "hours"};

std::int64_t step_of(Grain grain) { return grain == Grain::hours ? kHourMs : kMinuteMs; }

// When the minute or hour of a time began.
std::int64_t slot_of(Grain grain, std::int64_t at) { return at - at % step_of(grain); }

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

// Or new, or no database.
bool is_of_this_version(sqlite3* database) {
  Statement tables(database, "SELECT count(*) FROM sqlite_schema");
  Statement version(database, "PRAGMA user_version");
  const bool is_new = tables.has_row() && tables.integer(0) == 0;
  return is_new || !version.has_row() || version.integer(0) == 1;
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
    const bool is_known = is_of_this_version(opened);
    Result<void> ready = is_known ? history.run(settings(size_max_mib) + kSchema)
                                  : Result<void>(Error{"the history: it is of another version"});
    // So a user who may not write into the folder can read it while nobody writes.
    int stays = 1;
    sqlite3_file_control(opened, nullptr, SQLITE_FCNTL_PERSIST_WAL, &stays);
    if (ready) {
      Statement check(opened, "PRAGMA quick_check(1)");
      if (check.has_row() && check.text(0) == "ok") return history;
      ready = Error{"the history: it is broken"};
    } else if (is_known && !is_broken(sqlite3_errcode(opened))) {
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
    note(fmt::format("{} was {}: it is {} now, and a new history begins", file,
                     is_known ? "broken" : "of another version", aside));
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
                  "INSERT INTO series (node_id, node, key, unit, first) VALUES (?, ?, ?, ?, ?)"
                  " ON CONFLICT DO UPDATE SET node = excluded.node, unit = excluded.unit"
                  " RETURNING id");
  named.bind(sample.node_id).bind(sample.node).bind(sample.key).bind(sample.unit);
  named.bind(ms_of(sample.at));
  if (!named.has_row()) return failure("the history");
  const std::int64_t id = named.integer(0);
  series_[{sample.node_id, sample.key}] = id;
  return id;
}

// Prepared once for all samples of a transaction.
struct History::Inserts {
  explicit Inserts(sqlite3* database)
      : last(database,
             "SELECT at, number FROM raw WHERE slot IN (?, ?) AND series = ?"
             " ORDER BY at DESC LIMIT 1"),
        raw(database, "INSERT OR IGNORE INTO raw VALUES (?, ?, ?, ?)"),
        minutes(database, sum_into(Grain::minutes)),
        hours(database, sum_into(Grain::hours)) {}

  static std::string sum_into(Grain grain) {
    return fmt::format(
        "INSERT INTO {} VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET"
        " sum = sum + excluded.sum, low = min(low, excluded.low),"
        " high = max(high, excluded.high), count = count + 1",
        table_of(grain));
  }
  static bool add(Statement& sums, std::int64_t slot, std::int64_t series, double number) {
    sums.reset();
    return sums.bind(slot).bind(series).bind(number).bind(number).bind(number).run();
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
  inserts.last.bind(slot_of(Grain::raw, at - kTogetherMs))
      .bind(slot_of(Grain::raw, at + kTogetherMs));
  if (inserts.last.bind(*series).has_row() &&
      std::abs(at - inserts.last.integer(0)) < kTogetherMs) {
    // The same sample again, after a restart of this program, or no change.
    if (inserts.last.real(1) == sample.number) return {};
    // Ages are rounded: what comes later is later.
    at = std::max(at, inserts.last.integer(0) + 1);
  }
  inserts.raw.reset();
  inserts.raw.bind(slot_of(Grain::raw, at)).bind(*series);
  bool done = inserts.raw.bind(at).bind(sample.number).run();
  // Only after the clock was set back.
  if (done && sqlite3_changes(database_.get()) == 0) return {};
  done = done &&
         Inserts::add(inserts.minutes, slot_of(Grain::minutes, at), *series, sample.number) &&
         Inserts::add(inserts.hours, slot_of(Grain::hours, at), *series, sample.number);
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
    Statement old(database_.get(), fmt::format("DELETE FROM {} WHERE slot < ?", kTables[i]));
    if (!old.bind(ms_of(now - spans[i])).run()) return failure("the history");
  }
  return {};
}

Result<void> History::make_room() {
  for (const char* table : kTables) {
    Statement span(database_.get(), fmt::format("SELECT min(slot), max(slot) FROM {}", table));
    if (!span.has_row() || span.is_null(0)) continue;
    const std::int64_t first = span.integer(0);
    const std::int64_t until = first + std::max<std::int64_t>((span.integer(1) - first) / 10, 1);
    Statement old(database_.get(), fmt::format("DELETE FROM {} WHERE slot < ?", table));
    if (!old.bind(until).run()) return failure("the history");
    if (sqlite3_changes(database_.get()) > 0) return {};
  }
  return Error{"the history: it is full and empty; raise size_max"};
}

std::optional<History::Found> History::find_series(const std::string& node,
                                                   const std::string& key) {
  // Of machines that had the name one after the other, the one that came last.
  Statement found(
      database_.get(),
      "SELECT id, unit, first FROM series WHERE (node = ?1 OR node_id = ?1) AND key = ?2"
      " ORDER BY id DESC LIMIT 1");
  found.bind(node).bind(key);
  if (!found.has_row()) return std::nullopt;
  return Found{found.integer(0), found.text(1), found.integer(2)};
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
                 " ON series = id WHERE slot >= ? GROUP BY series ORDER BY node, key");
  rows.bind(slot_of(Grain::hours, ms_of(since)));
  std::vector<RecordedRange> found;
  while (rows.has_row()) {
    found.push_back(
        {{rows.text(0), rows.text(1), rows.text(2), rows.text(3)}, rows.real(4), rows.real(5)});
  }
  return found;
}

std::optional<History::Slots> History::slots(Grain grain) {
  Statement ends(database_.get(),
                 fmt::format("SELECT min(slot), max(slot) FROM {}", table_of(grain)));
  if (!ends.has_row() || ends.is_null(0)) return std::nullopt;
  return Slots{ends.integer(0), ends.integer(1)};
}

std::vector<Point> History::points(Grain grain, std::int64_t series, Time since, Slots slots,
                                   std::int64_t most) {
  const bool is_raw = grain == Grain::raw;
  Statement rows(database_.get(),
                 fmt::format("WITH RECURSIVE looks (look) AS (VALUES (?1) UNION ALL"
                             " SELECT look + {} FROM looks WHERE look < ?2)"
                             " SELECT {} FROM looks CROSS JOIN {} ON slot = look AND series = ?3"
                             " WHERE {} >= ?4 LIMIT ?5",
                             step_of(grain),
                             is_raw ? "at, number, number, number" : "slot, sum / count, low, high",
                             table_of(grain), is_raw ? "at" : "slot"));
  rows.bind(slots.first).bind(slots.last).bind(series).bind(ms_of(since)).bind(most);
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
  const std::int64_t begin = std::max(ms_of(since), found->first);
  for (const Grain grain : {Grain::raw, Grain::minutes, Grain::hours}) {
    auto slots = this->slots(grain);
    if (!slots) continue;
    const bool is_last = grain == Grain::hours;
    const bool reaches_back = slots->first <= slot_of(grain, begin);
    slots->first = std::max(slots->first, slot_of(grain, begin));
    const std::int64_t looks = (slots->last - slots->first) / step_of(grain);
    if (!is_last && (!reaches_back || looks > kLooksMax)) continue;
    const auto limit = is_last ? looks + 1 : static_cast<std::int64_t>(most) + 1;
    std::vector<Point> points = this->points(grain, found->series, since, *slots, limit);
    if (is_last || points.size() <= most)
      return RecordedPoints{grain, std::move(points), found->unit};
  }
  return RecordedPoints{Grain::hours, {}, found->unit};
}

}  // namespace dsn::history
