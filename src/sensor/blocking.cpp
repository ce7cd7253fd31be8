// SPDX-License-Identifier: Apache-2.0
#include "sensor/blocking.hpp"

#include <utility>

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
    const bool queued = worker_.run(settings_.lane, alive_, job());
    if (!queued) {
      done(error("no thread for it"));
      return;
    }
    busy_ = true;
    done_ = std::move(done);
    // It also keeps the loop running, which sees nothing of the thread.
    deadline_.expires_after(settings_.deadline);
    deadline_.async_wait([this, alive = lifetime()](const asio::error_code& failure) {
      if (!failure && !alive.expired()) deadline_due();
    });
  }

 private:
  [[nodiscard]] std::weak_ptr<const void> lifetime() const { return alive_; }
  [[nodiscard]] Error error(const std::string& cause) const {
    return Error{settings_.name + ": " + cause};
  }

  [[nodiscard]] Worker::Job job() {
    return [this, alive = lifetime(), reader = reader_]() -> Worker::Completion {
      return [this, alive, result = reader->read()]() {
        if (!alive.expired()) handle_read(result);
      };
    };
  }

  void handle_read(const Result<Measurements>& result) {
    busy_ = false;
    deadline_.cancel();
    answer(result);
  }

  void deadline_due() {
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
  std::shared_ptr<const void> alive_ = std::make_shared<char>();
};

}  // namespace

std::unique_ptr<Sensor> make_blocking(asio::io_context& io, BlockingSettings settings,
                                      std::shared_ptr<Reader> reader) {
  return std::make_unique<BlockingSensor>(io, std::move(settings), std::move(reader));
}

}  // namespace dsn::sensor
