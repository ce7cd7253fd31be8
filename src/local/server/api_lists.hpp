// SPDX-License-Identifier: Apache-2.0
// The lists that methods of the local API answer with: each of these calls gives the next element
// (ListAnswer::NextElement). The backend must outlive them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dsn/client.hpp"
#include "local/server/backend.hpp"
#include "local/server/selected_readings.hpp"

namespace dsn::local {

/// The nodes known now, each as it is when its turn comes.
class NodeList {
 public:
  explicit NodeList(Backend& backend) : backend_(backend), ids_(backend.find_nodes(std::nullopt)) {}
  [[nodiscard]] Backend& backend() const { return backend_; }
  /// Nothing behind the last one.
  std::optional<NodeId> next();

 private:
  Backend& backend_;
  std::vector<NodeId> ids_;
  std::size_t next_ = 0;
};

/// Answers `peers`.
class PeerElements {
 public:
  explicit PeerElements(Backend& backend) : nodes_(backend) {}
  bool operator()(std::string& out);

 private:
  NodeList nodes_;
};

/// Answers `list`. A node without keys is listed too.
class KeyElements {
 public:
  explicit KeyElements(Backend& backend) : nodes_(backend) {}
  bool operator()(std::string& out);

 private:
  NodeList nodes_;
};

/// Answers `read`.
class ReadingElements {
 public:
  ReadingElements(Backend& backend, const ReadQuery& query)
      : readings_(backend, query), left_(query.limit) {}
  /// As SelectedReadings.
  bool skip_to(const ReadingName& name) { return readings_.skip_to(name); }
  bool operator()(std::string& out);

 private:
  SelectedReadings readings_;
  std::optional<std::uint32_t> left_;  ///< of the page; nothing: there is no limit
};

}  // namespace dsn::local
