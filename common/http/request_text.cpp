#include "http/request_text.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace http {
namespace {

void refuse_line_breaks(std::string_view text) {
  if (text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
    throw base::Error(base::ErrorKind::input,
                      "a line break in a header: '" + base::printable(text, 100) + "'");
}

std::string basic_authorization(const std::string& user_info) {
  return "Basic " + base::to_base64(percent_decode(user_info));
}

std::uint64_t body_size(const Request& request) {
  if (const auto* text = std::get_if<std::string>(&request.body)) return text->size();
  if (const auto* source = std::get_if<BodySource>(&request.body)) return source->size;
  return 0;
}

}  // namespace

std::string request_text(const Request& request, const std::optional<Url>& proxy) {
  const auto& url = request.url;
  Headers headers = request.headers;
  headers.set("Host", url.authority());
  if (!headers.get("User-Agent")) headers.set("User-Agent", "mlsteps/" MLSTEPS_VERSION);
  if (!headers.get("Accept")) headers.set("Accept", "*/*");
  if (!url.user_info.empty() && !headers.get("Authorization"))
    headers.set("Authorization", basic_authorization(url.user_info));
  const bool has_body = !std::holds_alternative<std::monostate>(request.body);
  if (has_body || request.method == "POST" || request.method == "PUT" || request.method == "PATCH")
    headers.set("Content-Length", std::to_string(body_size(request)));
  const bool absolute = proxy && url.scheme == "http";
  if (absolute && !proxy->user_info.empty())
    headers.set("Proxy-Authorization", basic_authorization(proxy->user_info));
  std::string text = request.method + " " + (absolute ? url.text() : url.target) + " HTTP/1.1\r\n";
  for (const auto& [name, value] : headers.fields()) {
    refuse_line_breaks(name);
    refuse_line_breaks(value);
    text.append(name).append(": ").append(value).append("\r\n");
  }
  return text + "\r\n";
}

std::string tunnel_text(const Url& url, const Url& proxy) {
  const std::string name = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  const std::string target = name + ":" + url.port;
  std::string text = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
  if (!proxy.user_info.empty())
    text += "Proxy-Authorization: " + basic_authorization(proxy.user_info) + "\r\n";
  return text + "\r\n";
}

}  // namespace http
