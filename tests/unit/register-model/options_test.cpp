#include "register-model/options.hpp"
#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/error_message.hpp"

using register_model::PinnedImage;
using register_model::StorageUri;

namespace {
const std::string digest = "sha256:" + std::string(64, 'a');
}

TEST_CASE("a storage URI is one that KServe fetches") {
  for (const auto& uri : {std::string("s3://bucket/path"), std::string("pvc://claim/path"),
                          std::string("file:///srv/model"), "oci://registry.example/model@" + digest}) {
    CHECK(StorageUri::parse(uri).text() == uri);
  }
  for (const auto* uri :
       {"", "bucket/path", "models:/a/1", "mlflow-artifacts:/1/x", "s3://", "ftp://host/x"}) {
    INFO(uri);
    CHECK(contains(error_message([&] { StorageUri::parse(uri); }), "KServe can fetch"));
  }
  CHECK(contains(error_message([] { StorageUri::parse("oci://registry.example/model:v1"); }),
                 "append its digest"));
  CHECK(contains(error_message([] { StorageUri::parse("s3://" + std::string(500, 'x')); }), "at most 500"));
}

TEST_CASE("an image is named by digest") {
  CHECK(PinnedImage::parse("registry.example/app:v1@" + digest).digest.text() == digest);
  for (const auto* text : {"", "app", "app:v1", "@sha256:aa"}) {
    INFO(text);
    CHECK(contains(error_message([&] { PinnedImage::parse(text); }), "has no digest"));
  }
  CHECK_THROWS_AS(PinnedImage::parse("app@sha256:short"), base::Error);
}
