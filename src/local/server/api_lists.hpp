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

namespace dsn::local {

/// The nodes known now, each as it is when its turn comes.
class NodeList {
 public:
  explicit NodeList(Backend& backend, const std::optional<std::string>& node = std::nullopt)
      : backend_(backend), ids_(backend.find_nodes(node)) {}
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
      : nodes_(backend, query.node), key_(query.key) {}
  bool operator()(std::string& out);

 private:
  NodeList nodes_;
  std::optional<std::string> key_;  ///< the only one that is asked for
  NodeId node_{};                   ///< the owner of keys_
  std::vector<std::string> keys_;
  std::size_t next_key_ = 0;
};

}  // namespace dsn::local
