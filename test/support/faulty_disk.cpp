// SPDX-License-Identifier: Apache-2.0
#include "support/faulty_disk.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdarg>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace dsn::test {
namespace {

FaultyDisk* g_active = nullptr;

struct File {
  std::string content;
  std::string synced;
  mode_t mode = 0600;
};

// A disk as after some changes, with what is certain and what is not.
struct Model {
  std::map<std::size_t, File> files;
  std::map<std::string, std::size_t> names;                                // certain
  std::vector<std::map<std::string, std::optional<std::size_t>>> pending;  // each as a whole
  std::map<std::string, std::size_t> visible;

  void change_names(std::map<std::string, std::optional<std::size_t>> change) {
    for (const auto& [name, file] : change) put(visible, name, file);
    pending.push_back(std::move(change));
  }
  static void put(std::map<std::string, std::size_t>& where, const std::string& name,
                  std::optional<std::size_t> file) {
    where.erase(name);
    if (file) where.emplace(name, *file);
  }
};

enum class Unsynced { there, missing, half };

DiskImage image_of(const Model& model, std::size_t chosen, Unsynced unsynced) {
  auto names = model.names;
  for (std::size_t i = 0; i < model.pending.size(); ++i) {
    if ((chosen >> i & 1) == 0) continue;
    for (const auto& [name, file] : model.pending[i]) Model::put(names, name, file);
  }
  DiskImage image;
  for (const auto& [name, number] : names) {
    const File& file = model.files.at(number);
    std::string content = file.content;
    if (unsynced == Unsynced::missing) content = file.synced;
    if (unsynced == Unsynced::half && content != file.synced) content.resize(content.size() / 2);
    image[name] = {content, file.mode};
  }
  return image;
}

}  // namespace

FaultyDisk* FaultyDisk::active() { return g_active; }

FaultyDisk::FaultyDisk(std::string folder) : folder_(std::move(folder)) {}
FaultyDisk::~FaultyDisk() { stop(); }

void FaultyDisk::start(std::optional<DiskFault> fault) {
  fault_ = fault;
  calls_ = 0;
  before_ = read();
  log_.clear();
  open_.clear();
  files_ = before_.size();
  g_active = this;
}

void FaultyDisk::stop() { g_active = nullptr; }

DiskImage FaultyDisk::read() const {
  DiskImage image;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    struct stat status {};
    ::stat(entry.path().c_str(), &status);
    image[entry.path().filename()] = {text.str(), status.st_mode & 07777};
  }
  return image;
}

void FaultyDisk::restore(const DiskImage& image) const {
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    std::filesystem::remove(entry.path());
  }
  for (const auto& [name, file] : image) {
    const std::string path = folder_ + '/' + name;
    std::ofstream(path, std::ios::binary) << file.content;
    ::chmod(path.c_str(), file.mode);
  }
}

std::vector<DiskImage> FaultyDisk::after_power_cut(std::size_t changes) const {
  Model model;
  std::size_t number = 0;
  for (const auto& [name, file] : before_) {
    model.files[++number] = {file.content, file.content, file.mode};
    model.names[name] = number;
  }
  model.visible = model.names;
  for (std::size_t i = 0; i < changes; ++i) {
    const Change& change = log_[i];
    switch (change.kind) {
      case Change::Kind::create:
        model.files[change.file].mode = change.mode;
        model.change_names({{change.name, change.file}});
        break;
      case Change::Kind::write:
        model.files[change.file].content += change.bytes;
        break;
      case Change::Kind::sync_file:
        model.files[change.file].synced = model.files[change.file].content;
        break;
      case Change::Kind::mode:
        model.files[change.file].mode = change.mode;
        break;
      case Change::Kind::rename:
        model.change_names(
            {{change.name, std::nullopt}, {change.to, model.visible.at(change.name)}});
        break;
      case Change::Kind::link:
        model.change_names({{change.to, model.visible.at(change.name)}});
        break;
      case Change::Kind::unlink:
        model.change_names({{change.name, std::nullopt}});
        break;
      case Change::Kind::sync_folder:
        model.names = model.visible;
        model.pending.clear();
        break;
    }
  }
  std::vector<DiskImage> images;
  for (std::size_t chosen = 0; chosen < std::size_t{1} << model.pending.size(); ++chosen) {
    for (const Unsynced unsynced : {Unsynced::there, Unsynced::missing, Unsynced::half}) {
      images.push_back(image_of(model, chosen, unsynced));
    }
  }
  return images;
}

std::optional<std::string> FaultyDisk::name_of(const char* path) const {
  const std::string_view text(path);
  if (text == folder_) return "";
  if (!text.starts_with(folder_ + '/')) return std::nullopt;
  return std::string(text.substr(folder_.size() + 1));
}

int FaultyDisk::next_fault() {
  const std::size_t call = calls_++;
  if (!fault_ || call < fault_->at || (call > fault_->at && !fault_->lasting)) return 0;
  return fault_->error;
}

void FaultyDisk::opened(int fd, const std::string& name, bool created, mode_t mode) {
  open_[fd] = 0;
  if (!created) return;
  open_[fd] = ++files_;
  log_.push_back({Change::Kind::create, name, {}, files_, {}, mode});
}

void FaultyDisk::written(int fd, ByteView bytes) {
  log_.push_back({Change::Kind::write, {}, {}, open_[fd], std::string(as_text(bytes)), 0});
}

void FaultyDisk::synced(int fd) {
  const std::size_t file = open_[fd];
  log_.push_back(
      {file == 0 ? Change::Kind::sync_folder : Change::Kind::sync_file, {}, {}, file, {}, 0});
}

void FaultyDisk::mode_changed(int fd, mode_t mode) {
  if (open_[fd] != 0) log_.push_back({Change::Kind::mode, {}, {}, open_[fd], {}, mode});
}

void FaultyDisk::renamed(const std::string& from, const std::string& to) {
  log_.push_back({Change::Kind::rename, from, to, 0, {}, 0});
}

void FaultyDisk::linked(const std::string& from, const std::string& to) {
  log_.push_back({Change::Kind::link, from, to, 0, {}, 0});
}

void FaultyDisk::unlinked(const std::string& name) {
  log_.push_back({Change::Kind::unlink, name, {}, 0, {}, 0});
}

namespace {

// -1 with an errno if the call is to fail.
int fault_at_call(FaultyDisk& disk) {
  errno = disk.next_fault();
  return errno == 0 ? 0 : -1;
}

bool is_watched(const char* path) {
  return g_active != nullptr && g_active->name_of(path).has_value();
}

bool is_watched(int fd) { return g_active != nullptr && g_active->watches(fd); }

using Open = int(const char*, int, ...);

int open_watched(Open* real, const char* path, int flags, mode_t mode) {
  if (!is_watched(path)) return real(path, flags, mode);
  if (fault_at_call(*g_active) != 0) return -1;
  const int fd = real(path, flags, mode);
  if (fd >= 0) g_active->opened(fd, *g_active->name_of(path), (flags & O_CREAT) != 0, mode);
  return fd;
}

// Two names and a call that takes them.
template <typename Call, typename Note>
int two_names(const char* from, const char* to, Call call, Note note) {
  if (!is_watched(from)) return call();
  if (fault_at_call(*g_active) != 0) return -1;
  const int result = call();
  if (result == 0) note(*g_active->name_of(from), *g_active->name_of(to));
  return result;
}

}  // namespace
}  // namespace dsn::test

// The linker sends every call of X to __wrap_X, and __real_X to the library (ld --wrap), so it
// makes these names. NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {

using dsn::test::fault_at_call;
using dsn::test::FaultyDisk;
using dsn::test::is_watched;

int __real_open(const char*, int, ...);
int __real_open64(const char*, int, ...);
ssize_t __real_write(int, const void*, size_t);
int __real_fsync(int);
int __real_fchmod(int, mode_t);
int __real_close(int);
int __real_rename(const char*, const char*);
int __real_renameat2(int, const char*, int, const char*, unsigned);
int __real_link(const char*, const char*);
int __real_unlink(const char*);
int __real_mkdir(const char*, mode_t);

int __wrap_open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return dsn::test::open_watched(__real_open, path, flags, mode);
}

int __wrap_open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return dsn::test::open_watched(__real_open64, path, flags, mode);
}

ssize_t __wrap_write(int fd, const void* bytes, size_t size) {
  if (!is_watched(fd)) return __real_write(fd, bytes, size);
  FaultyDisk& disk = *FaultyDisk::active();
  const int error = disk.next_fault();
  // A disk that becomes full takes what still fits; the error comes with the rest.
  const size_t taken = error == 0 ? size : size / 2;
  if (taken > 0) {
    const ssize_t written = __real_write(fd, bytes, taken);
    if (written > 0) {
      disk.written(fd, {static_cast<const std::uint8_t*>(bytes), static_cast<size_t>(written)});
    }
    if (error == 0) return written;
  }
  errno = error;
  return -1;
}

// The disk of the test need not do what only a power cut would show.
int __wrap_fsync(int fd) {
  if (!is_watched(fd)) return __real_fsync(fd);
  if (fault_at_call(*FaultyDisk::active()) != 0) return -1;
  FaultyDisk::active()->synced(fd);
  return 0;
}

int __wrap_fchmod(int fd, mode_t mode) {
  if (!is_watched(fd)) return __real_fchmod(fd, mode);
  if (fault_at_call(*FaultyDisk::active()) != 0) return -1;
  const int result = __real_fchmod(fd, mode);
  if (result == 0) FaultyDisk::active()->mode_changed(fd, mode);
  return result;
}

// The descriptor is gone whatever close says.
int __wrap_close(int fd) {
  if (!is_watched(fd)) return __real_close(fd);
  FaultyDisk& disk = *FaultyDisk::active();
  disk.closed(fd);
  __real_close(fd);
  return fault_at_call(disk);
}

int __wrap_rename(const char* from, const char* to) {
  return dsn::test::two_names(
      from, to, [&] { return __real_rename(from, to); },
      [](const auto& a, const auto& b) { FaultyDisk::active()->renamed(a, b); });
}

int __wrap_renameat2(int from_folder, const char* from, int to_folder, const char* to,
                     unsigned flags) {
  return dsn::test::two_names(
      from, to, [&] { return __real_renameat2(from_folder, from, to_folder, to, flags); },
      [](const auto& a, const auto& b) { FaultyDisk::active()->renamed(a, b); });
}

int __wrap_link(const char* from, const char* to) {
  return dsn::test::two_names(
      from, to, [&] { return __real_link(from, to); },
      [](const auto& a, const auto& b) { FaultyDisk::active()->linked(a, b); });
}

int __wrap_unlink(const char* path) {
  if (!is_watched(path)) return __real_unlink(path);
  if (fault_at_call(*FaultyDisk::active()) != 0) return -1;
  const int result = __real_unlink(path);
  if (result == 0) FaultyDisk::active()->unlinked(*FaultyDisk::active()->name_of(path));
  return result;
}

int __wrap_mkdir(const char* path, mode_t mode) {
  if (is_watched(path) && fault_at_call(*FaultyDisk::active()) != 0) return -1;
  return __real_mkdir(path, mode);
}
}
// NOLINTEND(bugprone-reserved-identifier)
