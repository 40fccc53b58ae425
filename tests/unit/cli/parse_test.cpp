#include "cli/parse.hpp"

#include "base/error.hpp"
#include "base/files.hpp"
#include "cli/step.hpp"
#include "support/catch.hpp"

namespace {

struct Config {
  cli::Required<std::string> image;
  int retries = 3;
  std::optional<std::string> platform;
  std::vector<std::string> layer;
  bool check = false;
  std::vector<std::string> command;
};

const cli::Step<Config> step{
    .name = "example",
    .summary = "An example.",
    .sections = {{"Options",
                  {cli::option("image", &Config::image, "REF", "Image."),
                   cli::option("retries", &Config::retries, "N", "Tries."),
                   cli::option("platform", &Config::platform, "OS/ARCH", "Platform."),
                   cli::option("layer", &Config::layer, "SRC:DEST", "Layer."),
                   cli::option("check", &Config::check, "", "Check only."),
                   cli::option("command", &Config::command, "WORD", "Command.")}}},
    .traits = {.takes_command = true}};

cli::Arguments parse(const std::vector<std::string>& words) {
  return cli::parse_arguments(cli::table_of(step), words);
}

std::string message_of(const std::vector<std::string>& words) {
  try {
    parse(words);
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::usage);
    return error.message();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("the member's type decides presence, kind and default") {
  const auto table = cli::table_of(step);
  CHECK(cli::find_option(table, "image")->presence == cli::Presence::required);
  CHECK(cli::find_option(table, "retries")->default_text == "3");
  CHECK(cli::find_option(table, "retries")->kind == cli::ValueKind::integer);
  CHECK(cli::find_option(table, "platform")->presence == cli::Presence::optional);
  CHECK(cli::find_option(table, "layer")->kind == cli::ValueKind::list);
}

TEST_CASE("an empty value means not given, in both spellings") {
  const auto arguments =
      parse({"--image", "x", "--platform", "", "--retries=", "--layer", "", "--check", ""});
  CHECK_FALSE(arguments.has("platform"));
  CHECK_FALSE(arguments.has("retries"));
  CHECK_FALSE(arguments.has("layer"));
  CHECK_FALSE(arguments.has("check"));
  CHECK(message_of({"--image", ""}).rfind("option '--image' is required", 0) == 0);
}

TEST_CASE("a value that starts with dashes stays a value") {
  CHECK(parse({"--image", "x", "--layer", "--odd"}).last("layer") == "--odd");
}

TEST_CASE("a boolean stands alone or takes true and false") {
  CHECK(parse({"--check", "--image", "x"}).last("check") == "true");
  CHECK(parse({"--check", "false", "--image", "x"}).last("check") == "false");
  CHECK(parse({"--check=true", "--image", "x"}).last("check") == "true");
}

TEST_CASE("nothing is guessed") {
  CHECK(message_of({"--imag", "x"}) == "unknown option '--imag', did you mean '--image'?");
  CHECK(message_of({"--quux", "x"}) == "unknown option '--quux'");
  CHECK(message_of({"--image"}) == "option '--image' needs a value (REF)");
  CHECK(message_of({"x", "--image", "y"}).rfind("unexpected argument 'x'", 0) == 0);
  CHECK(message_of({"--image", "x", "--image", "y"}) ==
        "option '--image' was given 2 times; it takes one value");
}

TEST_CASE("a value that starts with @ is read from a file") {
  const base::TemporaryDirectory directory;
  base::write_file(directory.path() / "value", "long value\n");
  const auto at = "@" + (directory.path() / "value").string();
  CHECK(parse({"--image", at}).last("image") == "long value");
  CHECK(parse({"--image", "@@literal"}).last("image") == "@literal");
  CHECK(message_of({"--image", "@/nowhere"}).find("/nowhere") != std::string::npos);
}

TEST_CASE("what follows -- is a command, word for word") {
  const auto arguments = parse({"--image", "x", "--", "sh", "-c", "echo\n--image", ""});
  CHECK(arguments.command == std::vector<std::string>{"sh", "-c", "echo\n--image", ""});
  CHECK(message_of({"--image", "x", "--"}) == "nothing follows --; expected a command");
  CHECK(message_of({"--image", "x", "--command", "a", "--", "b"}).find("twice") != std::string::npos);
}

TEST_CASE("durations") {
  using std::chrono::milliseconds;
  CHECK(cli::parse_duration("90") == milliseconds(90'000));
  CHECK(cli::parse_duration("1h30m") == milliseconds(5'400'000));
  CHECK(cli::parse_duration("250ms") == milliseconds(250));
  CHECK(cli::duration_text(milliseconds(90'000)) == "90s");
  for (const char* text : {"", "x", "5y", "-1s", "1.2.3s"})
    CHECK_THROWS_AS(cli::parse_duration(text), base::Error);
}
