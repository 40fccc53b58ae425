#include "eval-gate/endpoint.hpp"
#include "eval-gate/serving_gate.hpp"
#include "support/catch.hpp"

using namespace eval_gate;

namespace {

std::size_t v1(const std::string& request, const std::string& response) {
  return protocol_faults(Protocol::v1, base::parse_json(request, "q"), base::parse_json(response, "a"))
      .size();
}

std::size_t v2(const std::string& response, const std::string& request = "{}") {
  return protocol_faults(Protocol::v2, base::parse_json(request, "q"), base::parse_json(response, "a"))
      .size();
}

std::string output(const std::string& shape, const std::string& data) {
  return R"({"model_name": "m", "outputs": [{"name": "o", "datatype": "FP64", "shape": )" + shape +
         R"(, "data": )" + data + "}]}";
}

}  // namespace

TEST_CASE("V1 has one prediction per instance") {
  CHECK(v1(R"({"instances": [[1], [2]]})", R"({"predictions": [1, 2]})") == 0);
  CHECK(v1(R"({"instances": [[1], [2]]})", R"({"predictions": [1]})") == 1);
  CHECK(v1(R"({"instances": []})", R"({"prediction": []})") == 1);
  CHECK(v1("[]", "[]") == 1);
}

TEST_CASE("V2 outputs have the elements that their shape says") {
  CHECK(v2(output("[2, 2]", "[1, 2, 3, 4]")) == 0);
  CHECK(v2(output("[2, 2]", "[[1, 2], [3, 4]]")) == 0);
  CHECK(v2(output("[2, 2]", "[1, 2, 3]")) == 1);
  CHECK(v2(output("[-1]", "[1]")) == 1);
  CHECK(v2(output("[1000000000, 1000000000, 1000000000]", "[]")) == 1);
  CHECK(v2(output("[0]", "[]")) == 0);
  CHECK(v2(R"({"outputs": [7]})") == 2);
  CHECK(v2("{}") == 2);
}

TEST_CASE("V2 echoes the id") {
  CHECK(v2(R"({"model_name": "m", "id": "a", "outputs": []})", R"({"id": "a"})") == 0);
  CHECK(v2(R"({"model_name": "m", "id": "b", "outputs": []})", R"({"id": "a"})") == 1);
  CHECK(v2(R"({"model_name": "m", "outputs": []})", R"({"id": "a"})") == 1);
}

TEST_CASE("an answer that is no JSON names its type") {
  ServingCase test{.name = "x", .request = base::Json::object()};
  http::Response response{.status = 200, .headers = {{"Content-Type", "text/html"}}, .body = "<html>"};
  const auto check = judge_case(test, Protocol::v1, response);
  CHECK(check.status == Status::fail);
  CHECK(check.message.find("the answer (text/html) is not JSON") == 0);
}

TEST_CASE("an expected refusal needs no document") {
  ServingCase test{.name = "x", .request = base::Json::object(), .status = 400};
  CHECK(judge_case(test, Protocol::v1, {.status = 400, .body = "nonsense"}).status == Status::pass);
  CHECK(judge_case(test, Protocol::v1, {.status = 500}).status == Status::fail);
}
