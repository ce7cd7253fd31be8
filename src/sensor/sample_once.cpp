// SPDX-License-Identifier: Apache-2.0
#include "sensor/sample_once.hpp"

#include <asio/io_context.hpp>
#include <string>
#include <utility>

namespace dsn::sensor {

struct SensorBench::Loop {
  asio::io_context io{1};
};

SensorBench::SensorBench(const std::vector<SensorSpec>& specs, const std::string& root)
    : loop_(std::make_unique<Loop>()) {
  for (const SensorSpec& spec : specs) sensors_.push_back(make_sensor(loop_->io, spec, root));
}

SensorBench::~SensorBench() = default;

std::string SensorBench::refusal(std::size_t index) const {
  return sensors_[index] ? "" : sensors_[index].error();
}

std::vector<Result<Measurements>> SensorBench::sample(const std::vector<bool>& wanted,
                                                      std::chrono::milliseconds deadline) {
  const Result<Measurements> none =
      Error{"no answer within " + std::to_string(deadline.count()) + " ms"};
  // The sensor may answer after this call.
  const auto answers = std::make_shared<std::vector<Result<Measurements>>>(sensors_.size(), none);
  const auto waiting = std::make_shared<std::size_t>(0);
  for (std::size_t i = 0; i < sensors_.size(); ++i) {
    if (i >= wanted.size() || !wanted[i]) continue;
    if (!sensors_[i]) {
      (*answers)[i] = sensors_[i].failure();
      continue;
    }
    ++*waiting;
    (*sensors_[i])->sample([answers, waiting, i](Result<Measurements> answer) {
      (*answers)[i] = std::move(answer);
      --*waiting;
    });
  }
  const auto end = std::chrono::steady_clock::now() + deadline;
  loop_->io.restart();
  while (*waiting > 0 && loop_->io.run_one_until(end) > 0) {
  }
  return *answers;
}

}  // namespace dsn::sensor
