// SPDX-License-Identifier: Apache-2.0
#include "agent/hook_text.hpp"

#include "base/printable.hpp"
#include "local/json/json_text.hpp"

namespace dsn::agent {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::string harmless(std::string text) {
  if (text.size() > kHookTextBytesMax) {
    std::size_t size = kHookTextBytesMax;
    while (size > 0 && is_continuation(text[size])) --size;
    text.resize(size);
  }
  return with_question_marks(text);
}

std::string value_text(const Value& value) {
  if (value.is_null()) return "";
  if (const auto text = value.as_text()) return harmless(std::string(*text));
  return harmless(local::value_json(value));
}

std::chrono::milliseconds age_of(const HookEvent& event, Instant now) {
  return event.reading->age + std::chrono::milliseconds(to_ms(now - event.at));
}

std::string quoted(const std::string& text) { return local::value_json(Value::text(text)); }

}  // namespace

std::vector<std::string> environment_of(const std::string& hook, const HookEvent& event,
                                        Instant now) {
  const Reading none;
  const Reading& reading = event.reading ? *event.reading : none;
  const Value& value = event.message ? event.message->payload : reading.value;
  return {"DSN_HOOK=" + hook,
          std::string("DSN_EVENT=") + event.what,
          "DSN_NODE=" + harmless(event.node),
          "DSN_NODE_ID=" + event.node_id,
          "DSN_KEY=" + harmless(event.key),
          "DSN_MESSAGE=" + (event.message ? harmless(event.message->name) : ""),
          "DSN_VALUE=" + value_text(value),
          "DSN_UNIT=" + harmless(reading.unit),
          "DSN_AGE_MS=" + (event.reading ? std::to_string(age_of(event, now).count()) : ""),
          "DSN_ERROR=" + harmless(reading.error),
          std::string("DSN_RETURNED=") + (event.returned ? "true" : "")};
}

std::string input_of(const HookEvent& event) {
  return event.message ? printable_json(local::value_json(event.message->payload)) + "\n" : "";
}

std::string value_line(const HookEvent& event) {
  if (event.message) return value_text(event.message->payload) + "\n";
  if (event.reading) return value_text(event.reading->value) + "\n";
  return harmless(event.node) + " " + event.what + "\n";
}

std::string json_line(const std::string& hook, const HookEvent& event, Instant now,
                      const local::WallClock& clock) {
  std::string line = "{\"hook\":" + quoted(hook) + ",\"event\":" + quoted(event.what) +
                     ",\"node\":" + quoted(event.node) + ",\"node_id\":" + quoted(event.node_id);
  if (event.reading) {
    Reading reading = *event.reading;
    reading.age = age_of(event, now);
    line += ",\"reading\":" + local::reading_json(reading, clock);
  }
  if (event.returned) line += ",\"returned\":true";
  if (event.message) {
    line += ",\"message\":" + quoted(event.message->name) +
            ",\"payload\":" + local::value_json(event.message->payload);
  }
  return printable_json(line + "}") + "\n";
}

}  // namespace dsn::agent
