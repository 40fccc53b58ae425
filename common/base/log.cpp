#include "base/log.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/interrupt.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace base {
namespace {

struct State {
  std::mutex mutex;
  LogSettings settings;
  std::vector<std::string> secrets;
};

State& state() {
  static State instance;
  return instance;
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      encoded += c;
    } else {
      auto hex = to_hex(std::string_view(&c, 1));
      std::transform(hex.begin(), hex.end(), hex.begin(),
                     [](char h) { return h >= 'a' ? static_cast<char>(h - 32) : h; });
      encoded += "%" + hex;
    }
  }
  return encoded;
}

std::string_view name(LogLevel level) {
  constexpr std::array<std::string_view, 4> names{"debug", "info", "warning", "error"};
  return names.at(static_cast<std::size_t>(level));
}

std::string text_line(const LogSettings& settings, LogLevel level, std::string_view message,
                      const LogFields& fields) {
  std::string line = settings.step.empty() ? "" : settings.step + ": ";
  if (level != LogLevel::info) line += std::string(name(level)) + ": ";
  line += printable(message, 20000);
  for (const auto& [key, value] : fields) line += " " + key + "=" + printable(value, 2000);
  return line;
}

std::string json_line(const LogSettings& settings, LogLevel level, std::string_view message,
                      const LogFields& fields) {
  OrderedJson object{
      {"time", rfc3339(now())}, {"level", name(level)}, {"step", settings.step}, {"message", message}};
  for (const auto& [key, value] : fields) object[key] = value;
  return object.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

void write_line(LogLevel level, std::string_view message, const LogFields& fields) {
  LogSettings settings;
  {
    const std::lock_guard lock(state().mutex);
    settings = state().settings;
  }
  if (level < settings.level) return;
  auto line = redact(settings.format == LogFormat::json ? json_line(settings, level, message, fields)
                                                        : text_line(settings, level, message, fields));
  line += '\n';
  write_log_bytes(line);  // one write per line keeps lines whole beside the output of a child
}

bool interrupted() {
  const auto limit = deadline();
  return cancellation_requested() || (limit && std::chrono::steady_clock::now() >= *limit);
}

// Whether stderr takes 4096 bytes without making us wait; a hanging reader gets one second once.
bool stderr_takes_more() {
  static std::atomic<bool> hangs{false};
  pollfd waiting{STDERR_FILENO, POLLOUT, 0};
  const bool ready = ::poll(&waiting, 1, hangs ? 0 : 1000) > 0;
  if (!ready) hangs = true;
  return ready;
}

}  // namespace

void write_log_bytes(std::string_view bytes) {
  constexpr std::size_t never_blocks = 4096;  // PIPE_BUF, once poll(2) says there is room
  while (!bytes.empty()) {
    const bool hurry = interrupted();
    if (hurry && !stderr_takes_more()) return;
    const auto count =
        ::write(STDERR_FILENO, bytes.data(), hurry ? std::min(bytes.size(), never_blocks) : bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN && stderr_takes_more()) continue;  // somebody made it non-blocking
    if (count < 0) return;  // a closed stderr is no reason to stop
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void set_log(LogSettings settings) {
  const std::lock_guard lock(state().mutex);
  state().settings = std::move(settings);
}

void log_debug(std::string_view message, const LogFields& fields) {
  write_line(LogLevel::debug, message, fields);
}
void log_info(std::string_view message, const LogFields& fields) {
  write_line(LogLevel::info, message, fields);
}
void log_warning(std::string_view message, const LogFields& fields) {
  write_line(LogLevel::warning, message, fields);
}
void log_error(std::string_view message, const LogFields& fields) {
  write_line(LogLevel::error, message, fields);
}

void add_secret(std::string_view secret) {
  if (secret.size() < 4) return;
  const std::lock_guard lock(state().mutex);
  auto& secrets = state().secrets;
  for (auto form : {std::string(secret), to_base64(secret), percent_encoded(secret)}) {
    if (std::find(secrets.begin(), secrets.end(), form) == secrets.end()) secrets.push_back(std::move(form));
  }
  // The longest first, so that a secret inside another does not leave the rest of it readable.
  std::sort(secrets.begin(), secrets.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::string redact(std::string text) {
  const std::lock_guard lock(state().mutex);
  for (const auto& secret : state().secrets) text = replace_all(std::move(text), secret, "***");
  return text;
}

std::string redact_url(std::string_view url) {
  std::string text(url);
  const auto scheme = text.find("://");
  const auto start = scheme == std::string::npos ? 0 : scheme + 3;
  const auto end = text.find_first_of("/?#", start);
  const auto at = text.rfind('@', end);
  if (at != std::string::npos && at >= start && (end == std::string::npos || at < end))
    text.erase(start, at + 1 - start);
  const auto query = text.find('?');
  if (query == std::string::npos) return redact(text);
  auto parameters = split(std::string_view(text).substr(query + 1), '&');
  for (auto& parameter : parameters) {
    const auto key = to_lower(parameter.substr(0, parameter.find('=')));
    const bool secret = key.find("sig") != std::string::npos || key.find("token") != std::string::npos ||
                        key.find("credential") != std::string::npos ||
                        key.find("password") != std::string::npos || key == "_state";
    if (secret) parameter = parameter.substr(0, parameter.find('=')) + "=***";
  }
  return redact(text.substr(0, query + 1) + join(parameters, "&"));
}

}  // namespace base
