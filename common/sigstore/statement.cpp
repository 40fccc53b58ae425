#include "sigstore/statement.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sigstore {
namespace {

using base::Json;

constexpr std::string_view where = "statement";
constexpr std::string_view statement_v1 = "https://in-toto.io/Statement/v1";
constexpr std::string_view statement_v01 = "https://in-toto.io/Statement/v0.1";
constexpr std::size_t most_subjects = 1024;
constexpr std::size_t most_digests = 32;

std::map<std::string, std::string> text_map(const Json& object, const char* key) {
  std::map<std::string, std::string> map;
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return map;
  const auto& members = base::require_object(object, key, where);
  for (const auto& [name, value] : members.items()) map[name] = base::require_string(members, name, where);
  return map;
}

Subject parse_subject(const Json& json, Checklist& checks) {
  checks.require(json.is_object(), "a subject is no object");
  Subject subject{base::optional_string(json, "name", where).value_or(""), text_map(json, "digest"), {}};
  checks.require(!subject.digests.empty() && subject.digests.size() <= most_digests,
                 "a subject has " + std::to_string(subject.digests.size()) + " digests, expected 1 to " +
                     std::to_string(most_digests));
  subject.annotations = text_map(json, "annotations");
  return subject;
}

std::string digests_of(const std::vector<Subject>& subjects) {
  std::vector<std::string> texts;
  for (const auto& subject : subjects) {
    for (const auto& [algorithm, hex] : subject.digests) {
      texts.push_back(algorithm);
      texts.back().append(":").append(hex);
    }
  }
  return base::join(texts, ", ");
}

std::string assignment(const std::string& key, const std::string& value) {
  return key + "=" + value;
}

const Subject& find_subject(const VerifiedStatement& statement, const base::Digest& wanted,
                            Checklist& checks) {
  checks.begin(Check::subject);
  for (const auto& subject : statement.subjects()) {
    const auto found = subject.digests.find(std::string(wanted.algorithm()));
    if (found != subject.digests.end() && found->second == wanted.hex()) return subject;
  }
  checks.refuse("expected the subject " + wanted.text() + ", found " +
                base::printable(digests_of(statement.subjects()), 300));
}

}  // namespace

VerifiedStatement VerifiedStatement::parse(VerifiedPayload payload, Checklist& checks) {
  checks.begin(Check::statement);
  VerifiedStatement statement(std::move(payload));
  const auto json = base::parse_json(statement.payload_.bytes(), where);
  const auto type = base::require_string(json, "_type", where);
  if (type != statement_v01) checks.require_equal(statement_v1, type);
  const auto& subjects = base::require_array(json, "subject", where);
  checks.require(!subjects.empty() && subjects.size() <= most_subjects,
                 "the statement has " + std::to_string(subjects.size()) + " subjects, expected 1 to " +
                     std::to_string(most_subjects));
  for (const auto& each : subjects) statement.subjects_.push_back(parse_subject(each, checks));
  statement.predicate_type_ = base::require_string(json, "predicateType", where);
  const auto predicate = json.find("predicate");
  if (predicate != json.end()) statement.predicate_ = *predicate;
  return statement;
}

void check_annotations(const std::map<std::string, std::string>& signed_along, const Policy& policy,
                       Checklist& checks) {
  checks.begin(Check::annotations);
  for (const auto& [key, value] : policy.annotations) {
    const auto found = signed_along.find(key);
    const std::string wanted = assignment(key, value);
    checks.require(found != signed_along.end(),
                   "expected the annotation '" + wanted + "', found none of that name");
    checks.require_equal(wanted, assignment(key, found->second));
  }
}

Signature accept_statement(const VerifiedStatement& statement, const base::Digest& wanted,
                           const Policy& policy, Checklist& checks) {
  const auto& subject = find_subject(statement, wanted, checks);
  checks.begin(Check::predicate_type);
  if (policy.predicates == Predicates::of_signatures) {
    checks.require_equal(image_predicate_type, statement.predicate_type());
  }
  check_annotations(subject.annotations, policy, checks);
  checks.begin(Check::reference);
  checks.require(!policy.reference.has_value(),
                 "expected the image to be called " + policy.reference.value_or("") +
                     ", found no name (a bundle carries none; only the .sig form does)");
  const auto& signer = statement.payload().signer();
  return {.place = "",
          .form = "bundle",
          .signer = signer.name,
          .key_fingerprint = signer.key.fingerprint(),
          .predicate_type = statement.predicate_type(),
          .docker_reference = std::nullopt,
          .annotations = subject.annotations,
          .notes = {}};
}

std::string image_statement(const base::Digest& image,
                            const std::map<std::string, std::string>& annotations) {
  base::OrderedJson subject{{"digest", {{std::string(image.algorithm()), image.hex()}}}};
  subject["annotations"] = base::OrderedJson::object();
  for (const auto& [key, value] : annotations) subject["annotations"][key] = value;
  base::OrderedJson statement{{"_type", statement_v1},
                              {"subject", base::OrderedJson::array({subject})},
                              {"predicateType", image_predicate_type}};
  statement["predicate"] = base::OrderedJson::object();
  return statement.dump();
}

}  // namespace sigstore
