#include "kserve-deploy/inference_service.hpp"

#include "base/error.hpp"
#include "base/yaml.hpp"
#include "support/catch.hpp"

using namespace kserve_deploy;

namespace {

std::string service(const std::string& name, const std::string& predictor) {
  return "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: " + name +
         ", namespace: ml}\nspec: {predictor: {" + predictor + "}}\n";
}

std::string message_of(const std::string& manifest, const ServiceSelector& selector = {}) {
  try {
    read_service(manifest, "m.yaml", selector);
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::input);
    return error.message();
  }
  return "";
}

}  // namespace

TEST_CASE("the rendered manifest reads back") {
  ServiceSettings settings;
  settings.name = DnsLabel::parse("iris");
  settings.service_namespace = DnsLabel::parse("ml");
  settings.model_format = "sklearn: [odd]";
  settings.min_replicas = 0;
  settings.resources.cpu = Quantity::parse("2");
  const auto text = render_service(settings, StorageUri::parse("s3://b/m"));
  const auto yaml = base::parse_yaml(text, "rendered");
  const auto predictor = yaml.at("spec").at("predictor");
  CHECK(predictor.at("minReplicas").integer() == 0);
  CHECK(predictor.at("model").at("modelFormat").at("name").text() == "sklearn: [odd]");
  CHECK(predictor.at("model").at("resources").at("limits").at("cpu").to_json() == base::Json("2"));
  const auto read = read_service(text, "rendered", {});
  CHECK(read.text() == "ml/iris");
  CHECK(read.storage_uri == "s3://b/m");
}

TEST_CASE("the service is found by name in a manifest of several") {
  const auto text =
      service("a", "model: {storageUri: s3://a}") + "---\n" + service("b", "onnx: {storageUri: s3://b}");
  CHECK(read_service(text, "m.yaml", {DnsLabel::parse("b"), std::nullopt}).storage_uri == "s3://b");
  CHECK(message_of(text).find("expected exactly one InferenceService; it has a, b") != std::string::npos);
  CHECK(message_of(text, {DnsLabel::parse("c"), std::nullopt}).find("'c'") != std::string::npos);
  CHECK(message_of(text, {DnsLabel::parse("a"), DnsLabel::parse("prod")}).find("in namespace 'prod'") !=
        std::string::npos);
  CHECK(
      with_storage_uri(text, "m.yaml", {DnsLabel::parse("b"), std::nullopt}, StorageUri::parse("gs://new")) ==
      service("a", "model: {storageUri: s3://a}") + "---\n" + service("b", "onnx: {storageUri: gs://new}"));
}

TEST_CASE("a storageUri that cannot be told or edited is refused with its place") {
  CHECK(message_of(service("a", "model: {}")).find("m.yaml:4:") == 0);
  CHECK(message_of(service("a", "model: {storageUri: s3://a}, sklearn: {storageUri: s3://b}"))
            .find("a second") != std::string::npos);
  CHECK(message_of(service("a", "model: {storageUri: '${URI}'}")).find("is a template") != std::string::npos);
  CHECK(message_of(service("a", "model: {storageUri: \"s3://\n  a\"}")).find("not text on one line") !=
        std::string::npos);
  CHECK(message_of("kind: InferenceService\n").find("it has none") != std::string::npos);
  CHECK(message_of(service("a", "model: {storageUri: ''}")).empty());
}
