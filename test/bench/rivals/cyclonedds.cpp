// SPDX-License-Identifier: Apache-2.0
// CycloneDDS, reliable, the newest value of each key. CYCLONEDDS_URI says whether data go by
// unicast or multicast; HOW only names it.
#include <dds/dds.h>

#include "reading.h"
#include "rival.hpp"

namespace bench {
namespace {

class CycloneDds final : public Rival {
 public:
  CycloneDds(const Settings& settings, Heard heard)
      : settings_(settings), heard_(std::move(heard)) {}

  bool start() override {
    const dds_entity_t participant = dds_create_participant(DDS_DOMAIN_DEFAULT, nullptr, nullptr);
    dds_qos_t* qos = dds_create_qos();
    dds_qset_reliability(qos, DDS_RELIABILITY_RELIABLE, DDS_SECS(10));
    dds_qset_history(qos, DDS_HISTORY_KEEP_LAST, 1);
    if (settings_.hold) dds_qset_durability(qos, DDS_DURABILITY_TRANSIENT_LOCAL);
    const dds_entity_t topic =
        dds_create_topic(participant, &bench_Reading_desc, "reading", qos, nullptr);
    if (settings_.writes() || settings_.hold) {
      writer_ = dds_create_writer(participant, topic, qos, nullptr);
      if (writer_ < 0) return false;
    }
    if (settings_.writes()) return true;
    dds_listener_t* listener = dds_create_listener(this);
    dds_lset_data_available(listener, [](dds_entity_t reader, void* self) {
      static_cast<CycloneDds*>(self)->take(reader);
    });
    const dds_entity_t reader = dds_create_reader(participant, topic, qos, listener);
    dds_delete_qos(qos);
    return reader >= 0;
  }
  void publish(std::string_view key, std::string_view value) override {
    std::string name(key), text(value);
    const bench_Reading reading{.name = name.data(), .value = text.data()};
    dds_write(writer_, &reading);
  }

 private:
  // On the library's thread, as soon as the data are there.
  void take(dds_entity_t reader) {
    void* samples[kTaken] = {};
    dds_sample_info_t infos[kTaken];
    const int count = dds_take(reader, samples, infos, kTaken, kTaken);
    for (int i = 0; i < count; ++i) {
      const auto* reading = static_cast<const bench_Reading*>(samples[i]);
      if (infos[i].valid_data) heard_(reading->name, reading->value);
    }
    if (count > 0) dds_return_loan(reader, samples, count);
  }

  static constexpr int kTaken = 64;
  const Settings& settings_;
  Heard heard_;
  dds_entity_t writer_ = 0;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  return bench::run(argc, argv, [](const bench::Settings& settings, bench::Rival::Heard heard) {
    return std::unique_ptr<bench::Rival>(new bench::CycloneDds(settings, std::move(heard)));
  });
}
