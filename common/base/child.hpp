// A child process that was just started: its group, its pipes. process.hpp supervises it.
//
// Errors: Error{precondition} when the program cannot be started.   Threads: any.
#pragma once

#include <sys/types.h>

#include "base/files.hpp"
#include "base/process.hpp"

namespace base {

struct StartedChild {
  pid_t pid = -1;       // also the id of its process group
  FileDescriptor exit;  // readable once the child has ended; invalid on a kernel without pidfd_open
  FileDescriptor in;    // invalid when there is no input
  FileDescriptor out;
  FileDescriptor err;
};

// The parent's ends are non-blocking and not inherited.
StartedChild start_child(const Command& command);

}  // namespace base
