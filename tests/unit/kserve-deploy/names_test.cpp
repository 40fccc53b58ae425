#include "kserve-deploy/names.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace kserve_deploy;

TEST_CASE("storage URIs that KServe fetches are taken as they are") {
  const std::string digest = "sha256:" + std::string(64, 'a');
  for (const auto& text :
       {std::string("s3://bucket/a/b"), std::string("gs://b/x"), std::string("https://h/x?y=z"),
        std::string("pvc://claim/path"), std::string("hf://org/model:rev"), "oci://h:5000/m@" + digest,
        "oci+native://h/m:v1@" + digest}) {
    CHECK(StorageUri::parse(text).text() == text);
  }
  CHECK(StorageUri::parse("oci+fetch://h/m@" + digest).scheme() == "oci+fetch");
  CHECK(StorageUri::parse("oci://h/m:v1@" + digest).image()->digest->text() == digest);
  CHECK_FALSE(StorageUri::parse("s3://b/m").image());
}

TEST_CASE("other storage URIs are refused") {
  for (const auto* text : {"", "s3", "s3:/b", "s3://", "oci://h/m", "oci://h/m:v1", "mlflow-artifacts:/1/a",
                           "s3://a b", "s3://a\nb", "s3://a\"b", "runs:/1/m", "S3://b/m", "s3://\xFF"}) {
    INFO(text);
    CHECK_THROWS_AS(StorageUri::parse(text), base::Error);
  }
}

TEST_CASE("a model is a registry's version or an address") {
  CHECK(ModelName::parse("models:/iris@champion").text() == "models:/iris@champion");
  CHECK(std::holds_alternative<model_registry::ModelUri>(ModelName::parse("models:/iris/3").value));
  CHECK(std::holds_alternative<StorageUri>(ModelName::parse("s3://b/m").value));
}

TEST_CASE("Kubernetes names and quantities are checked") {
  CHECK(DnsLabel::parse("iris-2").value == "iris-2");
  for (const auto* text : {"", "Iris", "2iris", "iris-", "a.b", "a_b", "a b"})
    CHECK_THROWS_AS(DnsLabel::parse(text), base::Error);
  CHECK_THROWS_AS(DnsLabel::parse(std::string(64, 'a')), base::Error);
  for (const auto* text : {"1", "500m", "1.5", "2Gi", "4G"}) CHECK(Quantity::parse(text).value == text);
  for (const auto* text : {"", "Gi", "0", "-1", "1GB", "1 Gi", "1.", ".5", "1e3", "1.2.3"})
    CHECK_THROWS_AS(Quantity::parse(text), base::Error);
}

TEST_CASE("an author has a name and an address") {
  const auto author = Author::parse("Deploy Bot <bot@example.com>");
  CHECK(author.name == "Deploy Bot");
  CHECK(author.mail == "bot@example.com");
  CHECK(author.text() == "Deploy Bot <bot@example.com>");
  for (const auto* text :
       {"", "bot", "<bot@x>", " <bot@x>", "a <b", "a <>", "a <b> c", "a <b\n>", "a <b> <c>"}) {
    INFO(text);
    CHECK_THROWS_AS(Author::parse(text), base::Error);
  }
}

TEST_CASE("a Git address holds no password and is no option") {
  for (const auto* text : {"https://host/x.git", "https://user@host/x", "git@host:x/y.git",
                           "ssh://git@host:22/x", "/srv/repo.git", "file:///srv/a:b@c"}) {
    CHECK(GitUrl::parse(text).value == text);
  }
  for (const auto* text : {"", "-oProxy=x", "https://user:pw@host/x", "https://:pw@host/x", "a\nb"})
    CHECK_THROWS_AS(GitUrl::parse(text), base::Error);
}

TEST_CASE("a path stays inside the repository") {
  CHECK(RepositoryPath::parse("a/b.yaml").value == "a/b.yaml");
  for (const auto* text : {"", "/a", "../a", "a/../b", "./a", ".git/hooks/x", "a\nb"})
    CHECK_THROWS_AS(RepositoryPath::parse(text), base::Error);
}
