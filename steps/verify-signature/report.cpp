#include "report.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace verify_signature {
namespace {

using base::OrderedJson;

bool all_verified(const std::vector<Report>& reports) {
  return std::all_of(reports.begin(), reports.end(), [](const Report& each) { return each.verified(); });
}

OrderedJson to_json(const sigstore::Signature& signature) {
  OrderedJson json{{"place", signature.place},   {"form", signature.form},
                   {"signer", signature.signer}, {"key_fingerprint", signature.key_fingerprint.text()},
                   {"predicate_type", nullptr},  {"docker_reference", nullptr}};
  if (signature.predicate_type) json["predicate_type"] = *signature.predicate_type;
  if (signature.docker_reference) json["docker_reference"] = *signature.docker_reference;
  json["annotations"] = signature.annotations;
  json["notes"] = signature.notes;
  return json;
}

OrderedJson to_json(const sigstore::Refusal& refusal) {
  return {{"place", refusal.place},
          {"check", sigstore::number(refusal.check)},
          {"title", sigstore::row_of(refusal.check).title},
          {"detail", base::printable(refusal.detail)}};
}

OrderedJson to_json(const Report& report) {
  OrderedJson json{{"kind", report.kind},
                   {"name", report.name},
                   {"reference", nullptr},
                   {"digest", nullptr},
                   {"verdict", report.verified() ? "pass" : "fail"}};
  if (report.reference) json["reference"] = *report.reference;
  if (report.digest) json["digest"] = report.digest->text();
  json["signatures"] = OrderedJson::array();
  for (const auto& each : report.signatures()) json["signatures"].push_back(to_json(each));
  json["refusals"] = OrderedJson::array();
  for (const auto& each : report.refusals()) json["refusals"].push_back(to_json(each));
  return json;
}

std::string refusals_text(const Report& report) {
  std::vector<std::string> texts;
  for (const auto& each : report.refusals())
    texts.push_back(each.place + ": " + base::printable(each.text()));
  return base::join(texts, "; ");
}

}  // namespace

void log_reports(const std::vector<Report>& reports) {
  for (const auto& report : reports) {
    for (const auto& each : report.signatures()) {
      base::log_info("verified " + report.reference.value_or(report.name),
                     {{"signature", each.place},
                      {"signer", each.signer},
                      {"key", each.key_fingerprint.text()},
                      {"digest", report.digest->text()}});
      for (const auto& note : each.notes) base::log_info("of the " + each.form + " signature: " + note);
    }
    if (!report.verified()) continue;
    for (const auto& each : report.refusals()) {
      base::log_info("another signature does not count: " + each.place + ": " + base::printable(each.text()));
    }
  }
}

OrderedJson to_json(const std::vector<Report>& reports) {
  OrderedJson json{{"schema_version", 1}, {"verdict", all_verified(reports) ? "pass" : "fail"}};
  json["targets"] = OrderedJson::array();
  for (const auto& each : reports) json["targets"].push_back(to_json(each));
  return json;
}

void set_results(const std::vector<Report>& reports, cli::Results& results) {
  std::vector<std::string> references;
  std::set<std::string> signers;
  std::size_t count = 0;
  for (const auto& report : reports) {
    const auto signatures = report.signatures();
    count += signatures.size();
    for (const auto& each : signatures) signers.insert(each.key_fingerprint.text());
    if (report.verified() && report.reference) references.push_back(*report.reference);
  }
  results.set("verdict", all_verified(reports) ? "pass" : "fail");
  results.set("IMAGE_REF", base::join(references, "\n"));
  results.set("signer", base::join({signers.begin(), signers.end()}, "\n"));
  results.set("verified-count", std::to_string(count));
}

cli::Answer answer(const std::vector<Report>& reports) {
  std::vector<std::string> refused;
  std::vector<std::string> unsigned_targets;
  for (const auto& each : reports) {
    if (each.verified()) continue;
    const auto name = each.reference.value_or(each.name);
    if (each.found_any()) {
      refused.push_back(name + ": no signature of a trusted key: " + refusals_text(each));
    } else {
      unsigned_targets.push_back(name +
                                 ": it has no signature; expected a bundle among its referrers or the "
                                 "tag sha256-<hex>.sig");
    }
  }
  if (!refused.empty()) {
    refused.insert(refused.end(), unsigned_targets.begin(), unsigned_targets.end());
    return cli::Answer::no(base::join(refused, "\n"));
  }
  if (!unsigned_targets.empty()) {
    throw base::Error(base::ErrorKind::precondition, base::join(unsigned_targets, "\n"));
  }
  return cli::Answer::yes();
}

}  // namespace verify_signature
