#include "base/text.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"

TEST_CASE("split keeps empty pieces") {
  CHECK(base::split("a,,b", ',') == std::vector<std::string>{"a", "", "b"});
  CHECK(base::split("", ',') == std::vector<std::string>{""});
  CHECK(base::join({"a", "", "b"}, ", ") == "a, , b");
  CHECK(base::join({"", "b"}, ",") == ",b");
}

TEST_CASE("trim takes white space off both ends") {
  CHECK(base::trim(" \t a b\r\n") == "a b");
  CHECK(base::trim(" \n").empty());
}

TEST_CASE("UTF-8 is checked as RFC 3629 says") {
  CHECK(base::is_valid_utf8("gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80"));
  CHECK_FALSE(base::is_valid_utf8("\xC0\x80"));          // overlong
  CHECK_FALSE(base::is_valid_utf8("\xED\xA0\x80"));      // surrogate
  CHECK_FALSE(base::is_valid_utf8("\xF4\x90\x80\x80"));  // past U+10FFFF
  CHECK_FALSE(base::is_valid_utf8("\xE2\x82"));          // cut
}

TEST_CASE("did_you_mean finds what was meant and nothing else") {
  const std::vector<std::string> names{"--image", "--platform", "--sign-key"};
  CHECK(base::did_you_mean("--imgae", names) == "--image");
  CHECK(base::did_you_mean("--sing-key", names) == "--sign-key");
  CHECK_FALSE(base::did_you_mean("--quux", names).has_value());
  CHECK(base::did_you_mean_hint("--imag", names) == ", did you mean '--image'?");
}

TEST_CASE("printable shows control characters and cuts") {
  CHECK(base::printable("a\x1B[31mb\n") == "a\\x1b[31mb\n");
  CHECK(base::printable("\xFF") == "\\xff");
  CHECK(base::printable("abcdef", 3) == "abc…");
}

TEST_CASE("numbers survive a round trip and nothing but a number is one") {
  for (const double value : {0.1, 1e300, -2.5e-308, 3.0})
    CHECK(base::parse_double(base::to_text(value)) == value);
  CHECK(base::to_text(std::nan("")) == "nan");
  CHECK(base::to_text(-std::numeric_limits<double>::infinity()) == "-inf");
  CHECK_FALSE(base::parse_double("1.5x").has_value());
  CHECK_FALSE(base::parse_double("").has_value());
  CHECK_FALSE(base::parse_integer("9223372036854775808").has_value());
  CHECK(base::parse_integer("-7") == -7);
}

TEST_CASE("human_bytes uses binary units") {
  CHECK(base::human_bytes(312) == "312 B");
  CHECK(base::human_bytes(1536) == "1.5 KiB");
}
