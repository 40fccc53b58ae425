#include "base/error.hpp"

#include <cerrno>
#include <cstring>

namespace base {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return "usage";
    case ErrorKind::input:
      return "input";
    case ErrorKind::precondition:
      return "precondition";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::workload:
      return "workload";
    case ErrorKind::deadline:
      return "deadline";
    case ErrorKind::rejected:
      return "rejected";
    case ErrorKind::internal:
      return "internal";
    case ErrorKind::cancelled:
      return "cancelled";
  }
  return "internal";
}

Error Error::with_context(std::string_view context) const {
  return Error(kind_, std::string(context) + ": " + message_);
}

Error system_error(int error_number, std::string_view what) {
  const bool transient = error_number == EINTR || error_number == EAGAIN || error_number == EIO ||
                         error_number == ENFILE || error_number == EMFILE;
  return Error(transient ? ErrorKind::unavailable : ErrorKind::precondition,
               std::string(what) + ": " + std::strerror(error_number));
}

}  // namespace base
