#include "verify-signature/targets.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "base/files.hpp"
#include "support/catch.hpp"
#include "verify-signature/step.hpp"

using verify_signature::Blob;
using verify_signature::Config;

namespace {

const std::string digest = "sha256:" + std::string(64, 'a');

// The message of the usage error that these options are.
std::string complaint(const Config& config) {
  try {
    verify_signature::check_options(config);
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::usage);
    return error.message();
  }
  return "";
}

}  // namespace

TEST_CASE("a blob is a file, or a digest when there is no file of that name") {
  CHECK(std::holds_alternative<base::Digest>(Blob::parse(digest).source));
  CHECK(Blob::parse(digest).text() == digest);
  CHECK(std::holds_alternative<std::filesystem::path>(Blob::parse("data.csv").source));
  CHECK_THROWS_AS(Blob::parse("sha256:12"), base::Error);

  const base::TemporaryDirectory directory;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  base::write_file(digest, "a file with an odd name");
  CHECK(std::holds_alternative<std::filesystem::path>(Blob::parse(digest).source));
  std::filesystem::current_path(before);
}

TEST_CASE("options that make no sense together are refused") {
  Config config;
  CHECK(complaint(config).find("give what is to be verified") != std::string::npos);
  config.image.push_back(oci::Location::parse("registry.example/app"));
  CHECK(complaint(config).find("no trusted key") != std::string::npos);
  config.key.emplace_back("k.pub");
  CHECK(complaint(config).empty());
  config.check_reference = true;
  CHECK(complaint(config).empty());
  config.image.push_back(oci::Location::parse("oci:layout"));
  CHECK(complaint(config).find("no name to compare") != std::string::npos);
  config.check_reference = false;
  config.bundle = "b";
  CHECK(complaint(config).find("--bundle") != std::string::npos);
  config.image.clear();
  config.model = "m";
  CHECK(complaint(config).empty());
}
