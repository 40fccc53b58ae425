#include "oci/repository.hpp"

#include "base/error.hpp"
#include "oci/content.hpp"
#include "oci/layout.hpp"

namespace oci {

void Repository::put_blob(const Descriptor& descriptor, const std::string& bytes) {
  put_blob(descriptor, bytes_source(bytes));
}

std::unique_ptr<Repository> open_repository(const Location& location, const OpenOptions& options) {
  if (location.layout_directory)
    return std::make_unique<LayoutRepository>(*location.layout_directory,
                                              options.for_push ? LayoutUse::write : LayoutUse::read);
  throw base::Error(base::ErrorKind::internal, "registries follow");
}

}  // namespace oci
