// SPDX-License-Identifier: Apache-2.0
#include "sensor/blocking.hpp"

#include <utility>

#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "sensor/worker.hpp"

namespace dsn::sensor {
namespace {

class BlockingSensor : public Sensor {
 public:
  BlockingSensor(asio::io_context& io, BlockingSettings settings, std::shared_ptr<Reader> reader)
      : worker_(asio::use_service<Worker>(io)),
        settings_(std::move(settings)),
        reader_(std::move(reader)),
        deadline_(io) {}

  void sample(Done done) override {
    if (busy_) {
      done(error("has not answered the sample before"));
      return;
    }
    const bool queued = worker_.run(settings_.lane, alive_.watch(), job());
    if (!queued) {
      done(error("no thread for it"));
      return;
    }
    busy_ = true;
    done_ = std::move(done);
    // It also keeps the loop running, which sees nothing of the thread.
    deadline_.expires_after(settings_.deadline);
    deadline_.async_wait(alive_.guard(this, &BlockingSensor::handle_deadline));
  }

 private:
  [[nodiscard]] Error error(const std::string& cause) const {
    return Error{settings_.name + ": " + cause};
  }

  [[nodiscard]] Worker::Job job() {
    return [this, watch = alive_.watch(), reader = reader_]() -> Worker::Completion {
      return [this, watch, result = reader->read()]() {
        if (!watch.expired()) handle_read(result);
      };
    };
  }

  void handle_read(const Result<Measurements>& result) {
    busy_ = false;
    deadline_.cancel();
    answer(result);
  }

  void handle_deadline(const std::error_code& failure) {
    if (failure) return;
    answer(error("no answer within " + std::to_string(settings_.deadline.count()) + " ms"));
  }

  void answer(const Result<Measurements>& result) {
    // `done` may destroy this. After the deadline there is none.
    if (const Done done = std::exchange(done_, nullptr)) done(result);
  }

  Worker& worker_;
  const BlockingSettings settings_;
  const std::shared_ptr<Reader> reader_;
  loop::Timer deadline_;
  Done done_;          ///< while a sample waits for its answer
  bool busy_ = false;  ///< while the reader is in use, even after the deadline
  loop::Alive alive_;
};

}  // namespace

std::unique_ptr<Sensor> make_blocking(asio::io_context& io, BlockingSettings settings,
                                      std::shared_ptr<Reader> reader) {
  return std::make_unique<BlockingSensor>(io, std::move(settings), std::move(reader));
}

}  // namespace dsn::sensor
