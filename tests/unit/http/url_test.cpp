#include "http/url.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using http::Url;

TEST_CASE("an address is split into its parts") {
  const auto url = Url::parse("HTTPS://me:pw@Registry.Example:8443/v2/a%20b?x=1#part");
  CHECK(url.scheme == "https");
  CHECK(url.host == "registry.example");
  CHECK(url.port == "8443");
  CHECK(url.target == "/v2/a%20b?x=1");
  CHECK(url.user_info == "me:pw");
  CHECK(url.authority() == "registry.example:8443");
  CHECK(url.text() == "https://registry.example:8443/v2/a%20b?x=1");
}

TEST_CASE("port and path have their defaults") {
  CHECK(Url::parse("http://a").port == "80");
  CHECK(Url::parse("https://a").port == "443");
  CHECK(Url::parse("http://a:").port == "80");
  CHECK(Url::parse("http://a").target == "/");
  CHECK(Url::parse("http://a?q").target == "/?q");
  CHECK(Url::parse("https://a:443/").authority() == "a");
}

TEST_CASE("IPv6 addresses stand in brackets") {
  const auto url = Url::parse("http://[::1]:5000/x");
  CHECK(url.host == "::1");
  CHECK(url.port == "5000");
  CHECK(url.authority() == "[::1]:5000");
  CHECK(Url::parse("http://[fe80::1]/").authority() == "[fe80::1]");
}

TEST_CASE("what is no http address is refused") {
  for (const char* text : {"", "a", "ftp://a/", "http://", "http:///x", "http://a b/", "http://a/\r\nHost: b",
                           "http://a:0/", "http://a:65536/", "http://a:x/", "http://[::1/", "http://[::1]x/",
                           "http://a\\b/", "http://a/\xc3\xa9", "http://a:80:80/", "//a/b", "http://-_~/"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(Url::parse(text), base::Error);
  }
}

TEST_CASE("a password in an address does not reach the message") {
  try {
    Url::parse("http://me:hunter22@host:99999/");
    FAIL("was accepted");
  } catch (const base::Error& error) {
    CHECK(error.message().find("hunter22") == std::string::npos);
  }
}

TEST_CASE("references are resolved as RFC 3986 section 5.4 says") {
  const auto base = Url::parse("http://a/b/c/d;p?q");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"g", "http://a/b/c/g"},        {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},      {"/g", "http://a/g"},
      {"//g", "http://g/"},           {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},    {"g#s", "http://a/b/c/g"},
      {"", "http://a/b/c/d;p?q"},     {".", "http://a/b/c/"},
      {"./", "http://a/b/c/"},        {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},       {"../..", "http://a/"},
      {"../../g", "http://a/g"},      {"../../../g", "http://a/g"},
      {"/./g", "http://a/g"},         {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},      {"..g", "http://a/b/c/..g"},
      {"./g/.", "http://a/b/c/g/"},   {"g;x=1/../y", "http://a/b/c/y"},
      {"https://h/x", "https://h/x"},
  };
  for (const auto& [reference, result] : expected) {
    CAPTURE(reference);
    CHECK(base.resolve(reference).text() == result);
  }
  CHECK_THROWS_AS(base.resolve("file:///etc/passwd"), base::Error);
  CHECK_THROWS_AS(base.resolve("javascript:x"), base::Error);
  CHECK_THROWS_AS(base.resolve("/a b"), base::Error);
}

TEST_CASE("the origin is scheme, host and port") {
  const auto url = Url::parse("https://a/x");
  CHECK(url.same_origin(Url::parse("https://A:443/y")));
  CHECK_FALSE(url.same_origin(Url::parse("http://a/x")));
  CHECK_FALSE(url.same_origin(Url::parse("https://a:8443/x")));
  CHECK_FALSE(url.same_origin(Url::parse("https://b/x")));
}

TEST_CASE("percent encoding") {
  CHECK(http::percent_encode("a/b c\xc3\xa9~") == "a%2Fb%20c%C3%A9~");
  CHECK(http::percent_encode_path("a/b c") == "a/b%20c");
  CHECK(http::percent_decode("a%2Fb%20c") == "a/b c");
  CHECK(http::form_encode({{"a", "1"}, {"b c", "x&y"}}) == "a=1&b%20c=x%26y");
  CHECK_THROWS_AS(http::percent_decode("%2"), base::Error);
  CHECK_THROWS_AS(http::percent_decode("%zz"), base::Error);
}
