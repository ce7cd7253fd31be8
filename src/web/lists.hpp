// SPDX-License-Identifier: Apache-2.0
// Readings and nodes as lists (docs/web.md), for programs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "local/json/wall_clock.hpp"
#include "web/picture.hpp"
#include "web/text_stream.hpp"

namespace dsn::web {

/// Which of them; patterns (fnmatch), and empty for all.
struct ListQuery {
  std::string node;
  std::string key;
};

/// How a list of readings is written.
struct ListFormat {
  std::string_view name;  ///< the parameter `format`
  const char* type;       ///< of the answer
  std::string_view begin;
  std::string_view between;
  std::string_view end;
  /// Nothing: the reading is left out.
  std::optional<std::string> (*row)(const Reading& reading, const local::WallClock& clock);
};

/// json (no name too), senml or csv; null for another name.
[[nodiscard]] const ListFormat* find_format(std::string_view name);

class ReadingList final : public TextStream {
 public:
  ReadingList(Picture::View view, ListQuery query, const ListFormat& format,
              Picture::Clock::time_point now);
  bool next(std::string& out) override;

 private:
  [[nodiscard]] bool is_wanted(const Reading& reading) const;

  const Picture::View view_;
  const ListQuery query_;
  const ListFormat& format_;
  const Picture::Clock::time_point now_;
  const local::WallClock wall_clock_;
  std::size_t index_ = 0;
  bool is_first_ = true;
  bool has_ended_ = false;
};

[[nodiscard]] std::string node_list(const Picture::View& view, const ListQuery& query,
                                    Picture::Clock::time_point now);

}  // namespace dsn::web
