#include "serving_gate.hpp"

#include <set>

#include "base/text.hpp"

namespace eval_gate {
namespace {

ServingCase parse_case(const base::YamlValue& value, std::size_t number) {
  value.reject_unknown_keys({"name", "request", "status", "expect"});
  ServingCase test;
  test.name = text_key(value, "name", std::to_string(number));
  test.request = value.at("request").to_json();
  test.status = static_cast<int>(number_key(value, "status", 200, {100, 599}));
  if (const auto expect = value.find("expect")) {
    for (const auto& item : expect->items()) test.expectations.push_back(parse_expectation(item));
  }
  return test;
}

std::string case_subject(const ServingCase& test) {
  return "case " + test.name;
}

Check run_case(const ServingCase& test, http::Transport& transport, const http::Url& endpoint,
               const ModelAddress& address) {
  const auto request = prediction_request(endpoint, address, test.request.dump());
  const auto answer = exchange(transport, request, address.timeout);
  if (!answer.response) return failed(case_subject(test), answer.failure);
  return judge_case(test, address.protocol, *answer.response);
}

}  // namespace

ServingGate parse_serving_gate(const base::YamlValue& value) {
  reject_unknown_gate_keys(value, model_address_keys({"cases"}));
  ServingGate gate;
  gate.address = parse_model_address(value);
  std::set<std::string> names;
  for (const auto& item : value.at("cases").items()) {
    gate.cases.push_back(parse_case(item, gate.cases.size() + 1));
    if (!names.insert(gate.cases.back().name).second)
      throw item.error("a second case called '" + base::printable(gate.cases.back().name, 100) + "'");
  }
  if (gate.cases.empty()) throw value.at("cases").error("expected at least one case");
  return gate;
}

Check judge_case(const ServingCase& test, Protocol protocol, const http::Response& response) {
  const std::string subject = case_subject(test);
  if (response.status != test.status) {
    return failed(subject, "status " + std::to_string(response.status) + "; expected " +
                               std::to_string(test.status) + ": '" + base::printable(response.body, 200) +
                               "'");
  }
  if (!response.ok() && test.expectations.empty()) return passed(subject, "refused as expected");
  const auto body = json_body(response);
  if (!body.json) return failed(subject, body.failure);
  std::vector<std::string> wrong;
  if (response.ok()) wrong = protocol_faults(protocol, test.request, *body.json);
  for (const auto& expectation : test.expectations) {
    for (auto& fault : faults(expectation, *body.json)) wrong.push_back(std::move(fault));
  }
  if (!wrong.empty()) return failed(subject, base::join(wrong, "; "));
  return passed(subject, std::to_string(test.expectations.size()) + " expectations hold");
}

GateAnswer judge(const ServingGate& gate, const Evidence& evidence) {
  GateAnswer answer;
  const auto transport = http::make_transport();
  if (const auto reason = wait_until_ready(*transport, evidence.endpoint(), gate.address)) {
    answer.checks.push_back(failed("load", *reason));
    return answer;
  }
  for (const auto& test : gate.cases)
    answer.checks.push_back(run_case(test, *transport, evidence.endpoint(), gate.address));
  return answer;
}

}  // namespace eval_gate
