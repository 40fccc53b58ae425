// The names under which a version's lineage is recorded: what register-model writes and others read.
#pragma once

#include <string_view>

namespace model_registry {

// Attachments.
inline constexpr std::string_view gate_report_attachment = "gate-report.json";
inline constexpr std::string_view training_record_attachment = "training-record.json";
inline constexpr std::string_view data_version_attachment = "data-version.json";
inline constexpr std::string_view model_signature_attachment =
    "model-signature.json";  // OpenSSF Model Signing bundle

// Tags.
inline constexpr std::string_view model_digest_tag = "model.digest";  // crypto::tree_digest of the files
inline constexpr std::string_view openssf_root_tag =
    "openssf.root";  // OpenSSF Model Signing's digest of them
inline constexpr std::string_view signature_tag = "signature.digest";  // of the bundle
inline constexpr std::string_view signature_key_tag =
    "signature.key";  // fingerprint of the key that verified it
inline constexpr std::string_view gate_verdict_tag = "gate.verdict";
inline constexpr std::string_view gate_report_tag = "gate.report-digest";
inline constexpr std::string_view metric_tag_prefix = "metric.";
inline constexpr std::string_view state_tag =
    "lifecycle.state";  // registered, challenger, ... as promote-alias says
inline constexpr std::string_view record_tag =
    "lifecycle.record";  // the last ledger record about the version

}  // namespace model_registry
