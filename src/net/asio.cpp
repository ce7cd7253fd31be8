// SPDX-License-Identifier: Apache-2.0
// Asio, compiled once (ASIO_SEPARATE_COMPILATION).
#include <asio/impl/src.hpp>

#ifdef ASIO_NO_EXCEPTIONS
#include "base/check.hpp"

// What Asio wants of a program without exceptions. Each is a bug: our calls ask for error codes.
namespace asio::detail {

template <typename Exception>
void throw_exception(const Exception& exception) {
  dsn::check_failed(exception.what(), __FILE__, __LINE__);
}

template void throw_exception(const std::bad_alloc&);
template void throw_exception(const std::system_error&);
template void throw_exception(const std::out_of_range&);
template void throw_exception(const invalid_service_owner&);
template void throw_exception(const service_already_exists&);

}  // namespace asio::detail
#endif
