// SPDX-License-Identifier: Apache-2.0
// Examines the whole network: asks all nodes what they know, and sends each of them datagrams of
// several sizes.
#pragma once

#include <asio/io_context.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "dsn/examination.hpp"
#include "embedded/courier.hpp"
#include "embedded/node_questions.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "node/shown_node.hpp"

namespace dsn::agent {

/// One examination at a time; who asks meanwhile gets its result. `node` and `courier` must outlive
/// it.
class Doctor {
 public:
  using Done = std::function<void(const Examination&)>;
  using Warnings = embedded::Courier::Warnings;

  Doctor(asio::io_context& io, node::NodeRuntime& node, embedded::Courier& courier,
         Warnings warnings);

  /// `done` is called once, later.
  void examine(Done done);
  /// Leaves no work on the io_context. What is under way is not answered.
  void stop();

 private:
  /// A node that is examined, and what was found out so far.
  struct Patient {
    std::string id;
    std::string label;
    bool is_on_link = false;  ///< a multicast reaches it without a router
    bool answered = false;
    bool heard_us = false;  ///< it heard the multicast that began this
  };
  /// A direction, and the sizes that are still to be tried in it.
  enum class Direction : std::uint8_t { out, back };

  void handle_heard(const std::error_code& error);
  void begin_more();
  void ask_facts(Patient& patient);
  void take_facts(Patient& patient, const SendReport& report);
  void probe(Patient& patient, Direction direction, std::size_t size_index);
  void take_probe(Patient& patient, Direction direction, std::size_t size_index, bool passed);
  void ask(const Patient& patient, std::string_view name, const Value& payload,
           std::function<void(const SendReport&)> done);
  void end_one();
  void conclude();
  [[nodiscard]] std::vector<AbsentNode> absent() const;
  void judge_presence();
  void judge_gone(const node::ShownNode& shown, const std::string& report);
  [[nodiscard]] std::string report_of(const Endpoint& endpoint) const;
  void judge_multicast();
  void add(const std::string& node, Warning warning);

  node::NodeRuntime& node_;
  embedded::Courier& courier_;
  const Warnings warnings_;
  std::vector<Done> waiting_;
  std::deque<Patient> patients_;  ///< addresses of its elements stay
  std::size_t begun_ = 0;         ///< of them
  std::size_t ended_ = 0;
  bool is_beginning_ = false;  ///< begin_more() is at work
  Instant began_{};
  std::map<std::pair<std::string, std::string>, NetworkFinding> findings_;
  loop::Timer timer_;
  loop::Alive alive_;
};

}  // namespace dsn::agent
