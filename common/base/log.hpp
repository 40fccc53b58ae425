// The log of a step, on stderr: lines for people, or one JSON object a line for machines.
//
// One line per remote effect, none for what did not happen. Registered secrets never appear: each is replaced
// by "***" wherever it stands in a line (base::add_secret). A line is written whole, also from several
// threads.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace base {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };

struct LogSettings {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  std::string step;  // put in front of every line
};

void set_log(LogSettings settings);

// Fields are for machines; the text form shows them as key=value after the message.
using LogFields = std::vector<std::pair<std::string, std::string>>;
void log_debug(std::string_view message, const LogFields& fields = {});
void log_info(std::string_view message, const LogFields& fields = {});
void log_warning(std::string_view message, const LogFields& fields = {});
void log_error(std::string_view message, const LogFields& fields = {});

// Bytes for stderr as they are, for a child's own log. Like every line of ours: where nobody reads any more
// they are dropped, and once the step is cancelled or past its deadline a reader that hangs is not waited
// for.
void write_log_bytes(std::string_view bytes);

// From now on `secret` (and its base64 and percent-encoded forms) is hidden in everything logged or thrown
// to the user. Texts under four characters are left alone: they would blot out ordinary words.
void add_secret(std::string_view secret);
std::string redact(std::string text);
// `url` without user information, and with the values of query parameters that sign or authorize hidden.
std::string redact_url(std::string_view url);

}  // namespace base
