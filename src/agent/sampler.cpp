// SPDX-License-Identifier: Apache-2.0
#include "agent/sampler.hpp"

#include <algorithm>
#include <utility>

#include "agent/clock.hpp"
#include "agent/log.hpp"

namespace dsn::agent {
namespace {

std::string key_of(const config::SensorConfig& config, const std::string& suffix) {
  std::string key = config.key;
  if (!suffix.empty()) key.append("/").append(suffix);
  return key;
}

Duration max_age_of(const config::SensorConfig& config, const std::string& suffix) {
  return late_after(config.processing_of(suffix), config.every, config.max_age);
}

}  // namespace

Sampler::Sampler(asio::io_context& io, Commit commit)
    : io_(io), commit_(std::move(commit)), timer_(io) {}

Result<void> Sampler::add(const config::SensorConfig& config, const std::string& root) {
  sensor::SensorSpec spec;
  spec.driver = config.driver;
  spec.options = config.options;
  spec.command = config.command;
  spec.timeout = config.timeout;
  Result<std::unique_ptr<sensor::Sensor>> sensor = sensor::make_sensor(io_, spec, root);
  if (!sensor) return Error{sensor.error()};
  auto job = std::make_unique<Job>();
  job->config = config;
  job->sensor = std::move(sensor).value();
  job->status.key = config.key;
  job->status.driver = config.driver;
  job->status.every = config.every;
  jobs_.push_back(std::move(job));
  return {};
}

void Sampler::start() {
  const Instant first = now();
  for (const auto& job : jobs_) job->due = first;
  run_due();
}

void Sampler::stop() {
  timer_.cancel();
  jobs_.clear();
}

void Sampler::run_due() {
  const Instant at = now();
  collecting_ = true;
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    Job& job = *jobs_[i];
    if (job.due > at) continue;
    // Sensors of one interval stay in step, so that they share a datagram. After a suspension the
    // missed samples are not made up for.
    job.due = std::max(job.due + job.config.every, at + job.config.every / 2);
    job.sensor->sample([this, i](const Result<sensor::Measurements>& result) { take(i, result); });
  }
  collecting_ = false;
  flush();
  arm();
}

void Sampler::arm() {
  Instant due = kNever;
  for (const auto& job : jobs_) due = std::min(due, job->due);
  if (due == kNever) return;
  timer_.expires_after(std::max(due - now(), Duration(0)));
  timer_.async_wait([this](const std::error_code& error) { handle_timer(error); });
}

void Sampler::handle_timer(const std::error_code& error) {
  if (!error) run_due();
}

void Sampler::take(std::size_t index, const Result<sensor::Measurements>& result) {
  Job& job = *jobs_[index];
  ++job.status.samples;
  if (result) {
    take_values(job, *result);
  } else {
    take_failure(job, result.error());
  }
  if (!collecting_) flush();
}

void Sampler::take_values(Job& job, const sensor::Measurements& measurements) {
  if (!job.status.error.empty()) log_info("sensor {} works again", job.config.key);
  job.status.error.clear();
  const bool was_nameless = job.processors.empty() && job.status.failures > 0;
  for (const sensor::Measurement& measurement : measurements) take_value(job, measurement);
  // What failed under the name of the sensor turns out to be several values.
  if (was_nameless && !job.processors.contains("")) {
    Write write;
    write.kind = Write::Kind::unset;
    write.key = job.config.key;
    batch_.push_back(std::move(write));
  }
}

void Sampler::take_value(Job& job, const sensor::Measurement& measurement) {
  const std::string& suffix = measurement.suffix;
  const auto& config = job.config;
  const Instant at = now();
  sensor::Processor& processor =
      job.processors.try_emplace(suffix, config.processing_of(suffix), config.every, config.max_age)
          .first->second;
  sensor::Processor::Outcome outcome = processor.process(at, measurement);
  if (!outcome.error.empty()) return add_failure(job, suffix, outcome.error);
  if (!outcome.report) return;
  Write write;
  write.key = key_of(config, suffix);
  write.value = std::move(outcome.value.value);
  write.unit = std::move(outcome.value.unit);
  write.sampled = at;
  write.max_age = max_age_of(config, suffix);
  batch_.push_back(std::move(write));
}

void Sampler::add_failure(Job& job, const std::string& suffix, const std::string& cause) {
  Write write;
  write.kind = Write::Kind::fail;
  write.key = key_of(job.config, suffix);
  write.error = cause;
  write.max_age = max_age_of(job.config, suffix);
  batch_.push_back(std::move(write));
}

void Sampler::take_failure(Job& job, const std::string& cause) {
  ++job.status.failures;
  if (job.status.error.empty()) log_warning("sensor {}: {}", job.config.key, cause);
  job.status.error = cause;
  // Of a sensor that has never measured nobody knows what its values are called.
  if (job.processors.empty()) add_failure(job, "", cause);
  for (auto& [suffix, processor] : job.processors) {
    processor.fail();
    add_failure(job, suffix, cause);
  }
}

void Sampler::flush() {
  if (batch_.empty()) return;
  const std::vector<Write> batch = std::exchange(batch_, {});
  commit_(batch);
}

std::vector<SensorStatus> Sampler::status() const {
  std::vector<SensorStatus> all;
  for (const auto& job : jobs_) all.push_back(job->status);
  return all;
}

}  // namespace dsn::agent
