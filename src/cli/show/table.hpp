// SPDX-License-Identifier: Apache-2.0
// Aligned columns, optionally coloured.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace dsn::cli {

enum class Style {
  plain,
  title,  ///< column titles
  good,
  warning,  ///< a trouble that may end by itself
  bad,      ///< a trouble that needs the operator
  faint,    ///< old or unimportant
};

/// `text` in the colours of `style`, or as it is.
[[nodiscard]] std::string styled(const std::string& text, Style style, bool colour);

/// Where a text is cut that has to give way.
enum class Clip {
  end,
  middle,  ///< of names, which differ at both ends
  front,   ///< of the past: the last part stays, and no ellipsis says so
};

struct Column {
  std::string title;
  bool right = false;  ///< aligned to the right
  Clip clip = Clip::end;
};

/// How a table becomes narrower: a step says down to how many columns of the terminal a column of
/// the table may shrink; to 0: it is left out altogether.
struct GivesWay {
  std::string title;
  std::size_t least = 0;
};

struct Cell {
  std::string text;
  Style style = Style::plain;
  std::size_t indent = 0;  ///< blanks before the text, to align numbers at their decimal points
};

struct TableStyle {
  bool colour = false;
  bool titles = true;
  std::size_t width_max = 0;  ///< no line is longer; 0: there is no limit
  /// What the last column cannot hold goes on in lines below; else it is cut.
  bool wrap = false;
};

class Table {
 public:
  /// Where the lines would be too long, columns give way in this order, until the last one has
  /// room for what it needs, or for 16 characters of it.
  explicit Table(std::vector<Column> columns, std::vector<GivesWay> gives_way = {})
      : columns_(std::move(columns)), gives_way_(std::move(gives_way)) {}

  /// One cell for each column.
  void add(std::vector<Cell> row);
  /// Lines with their line feeds. Columns are two blanks apart; the last one is not padded.
  [[nodiscard]] std::string render(const TableStyle& style) const;

 private:
  using Widths = std::vector<std::size_t>;
  [[nodiscard]] Widths natural_widths(bool titles) const;
  void narrow(Widths& widths, std::size_t width_max) const;
  [[nodiscard]] std::string render_row(const std::vector<Cell>& row, const Widths& widths,
                                       const TableStyle& style) const;

  std::vector<Column> columns_;
  std::vector<GivesWay> gives_way_;
  std::vector<std::vector<Cell>> rows_;
};

/// Fields joined by tabs and ended by a line feed, for scripts; tabs, line feeds and backslashes
/// inside of a field become \t, \n and \\.
[[nodiscard]] std::string tsv_line(const std::vector<std::string>& fields);

}  // namespace dsn::cli
