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

struct Column {
  std::string title;
  bool right = false;  ///< aligned to the right
};

struct Cell {
  std::string text;
  Style style = Style::plain;
  std::size_t indent = 0;  ///< blanks before the text, to align numbers at their decimal points
};

struct TableStyle {
  bool colour = false;
  bool titles = true;
  std::size_t width_max = 0;  ///< lines are cut here; 0: never
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// One cell for each column.
  void add(std::vector<Cell> row);
  /// Lines with their line feeds. Columns are two blanks apart; the last one is not padded.
  [[nodiscard]] std::string render(const TableStyle& style) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths(bool titles) const;
  [[nodiscard]] std::string render_row(const std::vector<Cell>& row,
                                       const std::vector<std::size_t>& widths,
                                       const TableStyle& style) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// Fields joined by tabs and ended by a line feed, for scripts; tabs, line feeds and backslashes
/// inside of a field become \t, \n and \\.
[[nodiscard]] std::string tsv_line(const std::vector<std::string>& fields);

}  // namespace dsn::cli
