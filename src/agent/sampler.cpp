// SPDX-License-Identifier: Apache-2.0
#include "agent/sampler.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "agent/config_diff.hpp"
#include "agent/log.hpp"
#include "node/clock.hpp"

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

core::Write unset(const std::string& key) {
  core::Write write;
  write.kind = core::Write::Kind::unset;
  write.key = key;
  return write;
}

/// protocol.md [sample-rate]
/// A sensor that is asked for a sample within this time after its last one has given it already.
constexpr Duration kSampledAnewAfter = std::chrono::seconds(1);

/// After a line about a failure. A sensor of which one try in five fails would fill the card.
constexpr Duration kQuietAfterFailure = std::chrono::hours(1);

// Rates and filters are made of several samples.
bool needs_equal_intervals(const config::SensorConfig& config) {
  const Processing processing = config.processing_of("");
  return processing.rate.value_or(false) || processing.filter || processing.window;
}

}  // namespace

Sampler::Sampler(asio::io_context& io, Commit commit, Clock clock, Make make)
    : io_(io),
      commit_(std::move(commit)),
      timer_(io),
      clock_(std::move(clock)),
      make_(std::move(make)) {}

Result<std::unique_ptr<Sampler::Job>> Sampler::make_job(const config::SensorConfig& config,
                                                        const std::string& root) {
  sensor::SensorSpec spec;
  spec.driver = config.driver;
  spec.options = config.options;
  spec.command = config.command;
  spec.timeout = config.timeout;
  spec.stream = config.stream;
  Result<std::unique_ptr<sensor::Sensor>> sensor = make_(io_, spec, root);
  if (!sensor) return sensor.failure();
  auto job = std::make_unique<Job>();
  job->config = config;
  job->sensor = std::move(sensor).value();
  job->status.key = config.key;
  job->status.driver = config.driver;
  job->status.every = config.every;
  return job;
}

std::vector<config::Finding> Sampler::configure(const std::vector<config::SensorConfig>& sensors,
                                                const std::string& root) {
  // All sensors are made before anything is changed. No job is made for a sensor that goes on.
  Jobs made;
  std::vector<config::Finding> errors;
  for (const config::SensorConfig& config : sensors) {
    const auto is_same = [&](const auto& job) { return same_sensor(job->config, config); };
    if (std::ranges::any_of(jobs_, is_same)) {
      made.emplace_back();
      continue;
    }
    auto job = make_job(config, root);
    if (!job) {
      errors.push_back({config.position, job.error()});
    } else {
      made.push_back(std::move(*job));
    }
  }
  if (errors.empty()) replace(sensors, std::move(made));
  return errors;
}

void Sampler::replace(const std::vector<config::SensorConfig>& sensors, Jobs made) {
  std::map<std::string, std::unique_ptr<Job>> before;
  for (auto& job : jobs_) before.emplace(job->config.key, std::move(job));
  std::vector<Job*> fresh;
  for (std::size_t i = 0; i < made.size(); ++i) {
    std::unique_ptr<Job>& old = before[sensors[i].key];
    if (!made[i]) {
      made[i] = std::move(old);
      made[i]->config.position = sensors[i].position;
      continue;
    }
    fresh.push_back(made[i].get());
    if (old) {
      made[i]->keys.swap(old->keys);
      made[i]->inherited = true;
    }
  }
  jobs_ = std::move(made);
  for (const auto& [key, job] : before) {
    if (!job) continue;
    for (const std::string& owned : job->keys) unset_orphan(owned);
  }
  before.clear();  // a device may allow only one user at a time
  if (running_) begin(fresh);
}

void Sampler::unset_orphan(const std::string& key) {
  const auto has_it = [&key](const auto& job) { return job->keys.contains(key); };
  if (std::ranges::none_of(jobs_, has_it)) batch_.push_back(unset(key));
}

void Sampler::begin(const std::vector<Job*>& fresh) {
  const Instant at = clock_();
  collecting_ = true;
  for (Job* job : fresh) {
    const auto in_step = [&](const auto& other) {
      return other->due > at && other->config.every == job->config.every;
    };
    const auto other = std::ranges::find_if(jobs_, in_step);
    job->due = other != jobs_.end() ? (*other)->due : at + job->config.every;
    watch(*job);
    sample(*job);
  }
  collecting_ = false;
  flush();
  arm();
}

void Sampler::start() {
  running_ = true;
  const Instant first = clock_();
  for (const auto& job : jobs_) {
    job->due = first;
    watch(*job);
  }
  run_due();
}

void Sampler::stop() {
  running_ = false;
  timer_.cancel();
  alive_.renew();
  jobs_.clear();
}

void Sampler::run_due() {
  const Instant at = clock_();
  collecting_ = true;
  for (const auto& job : jobs_) {
    if (job->due > at) continue;
    // Sensors of one interval stay in step, so that they share a datagram. After a suspension the
    // missed samples are not made up for.
    job->due = std::max(job->due + job->config.every, at + job->config.every / 2);
    sample(*job);
  }
  collecting_ = false;
  flush();
  arm();
}

void Sampler::watch(Job& job) {
  if (needs_equal_intervals(job.config)) return;
  job.sensor->watch(
      [this, &job](const Result<sensor::Measurements>& result) { handle_result(job, result); });
}

void Sampler::sample(Job& job) {
  job.samples = true;
  job.sensor->sample(
      [this, &job](const Result<sensor::Measurements>& result) { handle_sample(job, result); });
}

void Sampler::handle_sample(Job& job, const Result<sensor::Measurements>& result) {
  job.samples = false;
  job.sampled = clock_();
  handle_result(job, result);
  const std::vector<Sampled> asked_for = std::exchange(job.asked_for, {});
  if (asked_for.empty()) return;
  flush();
  const Result<void> outcome = result ? Result<void>{} : result.failure();
  for (const Sampled& done : asked_for) done(outcome);
}

void Sampler::sample_now(const std::string& key, Sampled done) {
  Job* job = job_of(key);
  if (job == nullptr) {
    return done(Error{"'" + key + "' is measured by no sensor of its node", ErrorCode::not_found});
  }
  if (needs_equal_intervals(job->config)) {
    return done(
        Error{"'" + key + "' is made of samples at equal intervals: none can be had between",
              ErrorCode::refused});
  }
  const bool is_new = job->status.samples > 0 && clock_() - job->sampled < kSampledAnewAfter;
  if (is_new && !job->samples) return done({});
  job->asked_for.push_back(std::move(done));
  if (!job->samples) sample(*job);
}

Instant Sampler::next_due() const {
  Instant due = kNever;
  for (const auto& job : jobs_) due = std::min(due, job->due);
  return due;
}

void Sampler::arm() {
  const Instant due = next_due();
  if (due == kNever) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(std::max(due - clock_(), Duration(0)));
  timer_.async_wait(alive_.guard(this, &Sampler::handle_timer));
}

void Sampler::handle_timer(const std::error_code& error) {
  if (!error) run_due();
}

void Sampler::handle_result(Job& job, const Result<sensor::Measurements>& result) {
  ++job.status.samples;
  if (result) {
    handle_values(job, *result);
  } else {
    handle_failure(job, result.error());
  }
  if (!collecting_) flush();
}

void Sampler::handle_values(Job& job, const sensor::Measurements& measurements) {
  if (measurements.empty()) return;  // a program that runs on has printed nothing since
  if (std::exchange(job.is_logged, false)) log_info("sensor {} works again", job.config.key);
  job.status.error.clear();
  // Keys of the sensor that was replaced, or the key under which this one failed before it had
  // values.
  std::set<std::string> foreign;
  if (std::exchange(job.inherited, false) || job.processors.empty()) foreign.swap(job.keys);
  for (const sensor::Measurement& measurement : measurements) add_value(job, measurement);
  for (const std::string& key : foreign) unset_orphan(key);
}

void Sampler::add_value(Job& job, const sensor::Measurement& measurement) {
  const std::string& suffix = measurement.suffix;
  const auto& config = job.config;
  const Instant at = clock_();
  const std::string key = key_of(config, suffix);
  job.keys.insert(key);
  sensor::ValueProcessor& processor =
      job.processors.try_emplace(suffix, config.processing_of(suffix), config.every, config.max_age)
          .first->second;
  sensor::ValueProcessor::Outcome outcome = processor.process(at, measurement);
  if (!outcome.error.empty()) return add_failure(job, key, outcome.error);
  if (!outcome.report) return;
  core::Write write;
  write.key = key;
  if (outcome.value.value.as_number()) write.precision = processor.settings().precision;
  write.device_class = processor.settings().ha_class.value_or("");
  // A program that runs on may have nothing to say; then nothing was looked at.
  if (processor.settings().delta && !config.stream) write.interval = config.every;
  write.value = std::move(outcome.value.value);
  write.unit = std::move(outcome.value.unit);
  // Whoever gives a `max_age` wants to know of a writer that died; others write what changed.
  const bool is_dated = config.max_age && measurement.age;
  write.sampled = is_dated ? at - std::min<Duration>(*measurement.age, at.time_since_epoch()) : at;
  write.max_age = max_age_of(config, suffix);
  batch_.push_back(std::move(write));
}

void Sampler::add_failure(const Job& job, const std::string& key, const std::string& cause) {
  const std::size_t own = job.config.key.size();
  core::Write write;
  write.kind = core::Write::Kind::fail;
  write.key = key;
  write.error = cause;
  write.max_age = max_age_of(job.config, key.size() > own ? key.substr(own + 1) : "");
  batch_.push_back(std::move(write));
}

void Sampler::handle_failure(Job& job, const std::string& cause) {
  ++job.status.failures;
  log_failure(job, cause);
  job.status.error = cause;
  if (job.keys.empty()) job.keys.insert(job.config.key);
  for (auto& [suffix, processor] : job.processors) processor.fail();
  for (const std::string& key : job.keys) add_failure(job, key, cause);
}

void Sampler::log_failure(Job& job, const std::string& cause) {
  if (job.is_logged) return;
  const Instant at = clock_();
  if (job.quiet_until != Instant{} && at < job.quiet_until) {
    ++job.unlogged;
    return;
  }
  const std::uint64_t unlogged = std::exchange(job.unlogged, 0);
  log_warning("sensor {}: {}{}", job.config.key, cause,
              unlogged == 0 ? "" : fmt::format(" (failed {} more times before)", unlogged));
  job.is_logged = true;
  job.quiet_until = at + kQuietAfterFailure;
}

void Sampler::flush() {
  if (batch_.empty()) return;
  const std::vector<core::Write> batch = std::exchange(batch_, {});
  commit_(batch);
}

Sampler::Job* Sampler::job_of(const std::string& key) const {
  const auto found = std::ranges::find_if(
      jobs_, [&key](const auto& job) { return job->config.key == key || job->keys.contains(key); });
  return found == jobs_.end() ? nullptr : found->get();
}

std::optional<std::string> Sampler::sensor_of(const std::string& key) const {
  const Job* job = job_of(key);
  return job != nullptr ? std::optional(job->config.key) : std::nullopt;
}

std::vector<SensorStatus> Sampler::status() const {
  std::vector<SensorStatus> all;
  for (const auto& job : jobs_) all.push_back(job->status);
  return all;
}

}  // namespace dsn::agent
