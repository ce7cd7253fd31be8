// SPDX-License-Identifier: Apache-2.0
// The members of what an agent says of itself and of its network, as json_members.hpp has those of
// the rest.
#pragma once

#include "dsn/examination.hpp"
#include "dsn/network_keys.hpp"
#include "dsn/status.hpp"
#include "local/json/json_members.hpp"

namespace dsn::local {

template <typename Visitor, Of<InterfaceStatus> T>
void members(Visitor& visit, T& interface) {
  visit.required("name", interface.name);
  visit.required("ipv4_joined", interface.ipv4_joined);
  visit.required("ipv6_joined", interface.ipv6_joined);
  visit.optional("problem", interface.problem);
  visit.if_set("heard_ms", interface.heard_ago);
  visit.optional("left_out", interface.left_out);
}

template <typename Visitor, Of<BootstrapStatus> T>
void members(Visitor& visit, T& bootstrap) {
  visit.required("address", bootstrap.address);
  visit.required("port", bootstrap.port);
  visit.optional("node", bootstrap.node);
  visit.optional("problem", bootstrap.problem);
  visit.required("tried_ms", bootstrap.tried_for);
}

template <typename Visitor, Of<HalfMetNode> T>
void members(Visitor& visit, T& half_met) {
  visit.required("node", half_met.node);
  visit.required("node_id", half_met.node_id);
  visit.required("address", half_met.address);
  visit.required("interface", half_met.interface_name);
  visit.required("multicast", half_met.multicast);
  visit.required("left_out", half_met.left_out);
  visit.required("count", half_met.count);
  visit.required("first_ms", half_met.first_ago);
  visit.required("heard_ms", half_met.heard_ago);
}

template <typename Visitor, Of<Warning> T>
void members(Visitor& visit, T& warning) {
  visit.required("code", warning.code);
  visit.optional("about", warning.about);
  visit.required("text", warning.text);
  visit.optional("advice", warning.advice);
}

template <typename Visitor, Of<KeyHolder> T>
void members(Visitor& visit, T& holder) {
  visit.required("node", holder.node);
  visit.required("node_id", holder.id);
  visit.required("epoch", holder.epoch);
  visit.required("has_key", holder.has_key);
  visit.required("state", holder.state);
  visit.required("heard_ms", holder.heard);
}

template <typename Visitor, Of<KeyStatus> T>
void members(Visitor& visit, T& status) {
  visit.required("network", status.network);
  visit.required("authority", status.authority);
  visit.required("epoch", status.epoch);
  visit.required("former_keys", status.former_keys);
  visit.if_set("has_next", status.has_next);
  visit.if_set("may_be_known_outside", status.may_be_known_outside);
  visit.required("out", status.out);
  visit.required("nodes", status.nodes);
  visit.optional("problem", status.problem);
}

template <typename Visitor, Of<KeyRotation> T>
void members(Visitor& visit, T& rotation) {
  visit.required("statement", rotation.statement);
  visit.required("signature", rotation.signature);
  visit.required("authority", rotation.authority);
  visit.required("key", rotation.key);
}

template <typename Visitor, Of<RotateKeyResult> T>
void members(Visitor& visit, T& result) {
  visit.required("taken", result.taken);
}

template <typename Visitor, Of<NetworkFinding> T>
void members(Visitor& visit, T& finding) {
  members(visit, finding.warning);
  visit.required("nodes", finding.nodes);
}

template <typename Visitor, Of<AbsentNode> T>
void members(Visitor& visit, T& absent) {
  visit.required("node", absent.node);
  visit.required("state", absent.state);
}

template <typename Visitor, Of<Examination> T>
void members(Visitor& visit, T& examination) {
  visit.required("nodes", examination.nodes);
  visit.required("answered", examination.answered);
  visit.required("absent", examination.absent);
  visit.required("findings", examination.findings);
}

template <typename Visitor, Of<SensorStatus> T>
void members(Visitor& visit, T& sensor) {
  visit.required("key", sensor.key);
  visit.required("driver", sensor.driver);
  visit.required("every_ms", sensor.every);
  visit.required("samples", sensor.samples);
  visit.required("failures", sensor.failures);
  visit.optional("error", sensor.error);
}

template <typename Visitor, Of<HookStatus> T>
void members(Visitor& visit, T& hook) {
  visit.required("name", hook.name);
  visit.required("event", hook.event);
  visit.required("runs", hook.runs);
  visit.required("failures", hook.failures);
  visit.required("skipped", hook.skipped);
  visit.optional("error", hook.error);
}

template <typename Visitor, Of<AgentStatus> T>
void members(Visitor& visit, T& status) {
  visit.required("program_version", status.version);
  visit.required("node", status.node);
  visit.required("node_id", status.node_id);
  visit.optional("network", status.network);
  visit.optional("config_file", status.config_file);
  visit.required("port", status.port);
  visit.required("pid", status.pid);
  visit.required("incarnation", status.incarnation);
  visit.required("version", status.state_version);
  visit.required("uptime_ms", status.uptime);
  visit.required("nodes_live", status.nodes_live);
  visit.required("nodes_known", status.nodes_known);
  visit.required("keys_held", status.keys_held);
  visit.required("replica_bytes", status.replica_bytes);
  visit.if_set("key_epoch", status.key_epoch);
  visit.if_set("lack_key", status.lack_key);
  visit.required("interfaces", status.interfaces);
  visit.optional("bootstrap_nodes", status.bootstrap_nodes);
  visit.optional("half_met", status.half_met);
  visit.required("sensors", status.sensors);
  visit.optional("hooks", status.hooks);
  visit.required("counters", status.counters);
  visit.required("warnings", status.warnings);
}

}  // namespace dsn::local
