// A blob on its way from one repository to another, piece by piece, without a copy on disk.
//
// Errors: those of reading the blob come out of the body's reader.
// Threads: the blob is read by a thread of its own, which alone uses `from` until the body is read or
// dropped.
#pragma once

#include <memory>

#include "http/message.hpp"
#include "oci/repository.hpp"

namespace build_pin_digest {

http::BodySource relayed_blob(std::shared_ptr<oci::Repository> from, const oci::Descriptor& blob);

}  // namespace build_pin_digest
