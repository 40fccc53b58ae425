// Child processes: started without a shell, in a process group of their own, never left behind.
//
// SIGTERM and --timeout (interrupt.hpp) reach the whole group: SIGTERM first, SIGKILL after the grace. Every
// descriptor but the three standard ones is closed in the child.
//
// Errors: Error{precondition} when the program cannot be started ("prep.py: not found in PATH"),
// Error{cancelled} and Error{deadline} after the group has ended. How the child itself ended is a value.
// An exception from a callback ends the group at once with SIGKILL and goes on up.
// Threads: one run at a time per thread. The process becomes the one that adopts orphans (child subreaper).
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

struct Command {
  std::vector<std::string> argv;                                  // argv[0] is looked up in PATH
  std::optional<std::map<std::string, std::string>> environment;  // the whole of it; missing: ours
  std::filesystem::path working_directory;                        // empty: ours
  std::string input;                                              // written to stdin, then closed
};

// Why the run came to its end.
enum class Ending {
  by_itself,  // the child exited, or a signal that is not ours ended it
  timeout,    // Supervision::timeout
  idle,       // Supervision::max_idle
  stopped,    // Supervision::on_tick gave a reason
  cancelled,  // we got SIGTERM or SIGINT
  deadline,   // the step's own --timeout
};

struct Completion {
  int exit_code = 0;       // 128 + signal when a signal ended it
  int signal = 0;          // 0 when it exited by itself
  bool timed_out = false;  // ended by us because a limit below passed
  std::string reason;      // which limit, for people; empty otherwise
  Ending ending = Ending::by_itself;
  bool ok() const { return exit_code == 0; }
};

enum class Stream { out, err };

// What is done with the output and when the child is ended.
struct Supervision {
  // Called with each line, without its end (LF, CRLF, or the CR of a progress bar), as soon as it is there;
  // lines longer than 1 MiB come in pieces.
  std::function<void(Stream, std::string_view line)> on_line;
  // Called before on_line with all the lines that came at once, byte for byte: for passing on cheaply.
  std::function<void(Stream, std::string_view lines)> on_lines;
  // Called about every `tick_interval` while the child runs; returns a reason to end it, or nothing.
  std::function<std::optional<std::string>()> on_tick;
  std::chrono::milliseconds tick_interval{200};
  std::optional<std::chrono::milliseconds> timeout;   // of the whole run
  std::optional<std::chrono::milliseconds> max_idle;  // without output
  std::chrono::milliseconds grace{10'000};            // between SIGTERM and SIGKILL
};

// Runs the command to its end. What the child leaves running in its group has a second to end by itself, then
// gets the same SIGTERM and SIGKILL; a process that made a session of its own is not followed.
Completion run(const Command& command, const Supervision& supervision);
// As run, but SIGTERM and --timeout come back as the Ending: for a caller with something left to write down.
Completion supervise(const Command& command, const Supervision& supervision);

struct Captured {
  Completion completion;
  std::string out;
  std::string err;
};

// Runs the command and keeps what it prints; more than `limit` bytes is Error{input}.
Captured run_and_capture(const Command& command, std::chrono::milliseconds timeout,
                         std::size_t limit = 16U << 20U);

// Our environment as a map.
std::map<std::string, std::string> current_environment();

}  // namespace base
