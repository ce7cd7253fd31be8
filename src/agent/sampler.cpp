// SPDX-License-Identifier: Apache-2.0
#include "agent/sampler.hpp"

#include <algorithm>
#include <utility>

#include "agent/clock.hpp"
#include "agent/log.hpp"

namespace dsn::agent {
namespace {

constexpr int kMaxAgeInIntervals = 3;

Duration max_age_of(const config::SensorConfig& config) {
  return config.max_age.value_or(config.every * kMaxAgeInIntervals);
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
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    jobs_[i]->due = first;
    jobs_[i]->sensor->watch(
        [this, i](const Result<sensor::Measurements>& result) { take(i, result); });
  }
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
  for (const sensor::Measurement& measurement : measurements) {
    Write write;
    write.key = job.config.key;
    if (!measurement.suffix.empty()) write.key += '/' + measurement.suffix;
    write.value = measurement.value;
    write.unit = job.config.unit.empty() ? measurement.unit : job.config.unit;
    write.sampled = now();
    write.max_age = max_age_of(job.config);
    job.keys.insert(write.key);
    batch_.push_back(std::move(write));
  }
}

void Sampler::take_failure(Job& job, const std::string& cause) {
  ++job.status.failures;
  if (job.status.error.empty()) log_warning("sensor {}: {}", job.config.key, cause);
  job.status.error = cause;
  if (job.keys.empty()) job.keys.insert(job.config.key);
  for (const std::string& key : job.keys) {
    Write write;
    write.kind = Write::Kind::fail;
    write.key = key;
    write.error = cause;
    write.max_age = max_age_of(job.config);
    batch_.push_back(std::move(write));
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
