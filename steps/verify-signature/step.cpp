#include "step.hpp"

#include "report.hpp"

namespace verify_signature {

const cli::Step<Config> step{
    .name = "verify-signature",
    .summary = "Refuse images, a blob or a model unless a trusted key has signed them.",
    .description =
        "Verifies Sigstore signatures that were made with a key: of images in a registry or in a layout on "
        "disk (bundles among the referrers, and the older signature tag), of a file, and of a model "
        "directory signed by OpenSSF Model Signing. Works offline: no transparency log, no root of trust.\n\n"
        "One signature by one of the keys is enough. When there is none, the answer is no (exit 10), and "
        "the message names every signature that was found and the numbered check that refused it. A target "
        "without any signature is exit 4.",
    .sections =
        {{"What is verified",
          {cli::option("image", &Config::image, "REF",
                       "Image or index: a registry reference, oci:DIR or oci:DIR:TAG. May be repeated; "
                       "every one must verify."),
           cli::option("blob", &Config::blob, "FILE",
                       "File, or sha256:HEX of one, that is verified against --bundle."),
           cli::option("model", &Config::model, "DIR",
                       "Model directory, or a model of one file, that is verified against --bundle."),
           cli::option("bundle", &Config::bundle, "FILE", "Signature of --blob or --model."),
           cli::option("ignore-path", &Config::ignore_path, "PATH",
                       "Relative path in the model that need not be signed, with everything under it. May be "
                       "repeated.")}},
         {"Trust",
          {cli::option("key", &Config::key, "FILE",
                       "Public key (PEM) that is trusted: ECDSA, RSA from 2048 bits, Ed25519. May be "
                       "repeated; any one of them is enough.")}},
         {"Demands",
          {cli::option("annotation", &Config::annotation, "NAME=VALUE",
                       "Annotation that must be signed along with this value. May be repeated."),
           cli::option("check-reference", &Config::check_reference, "",
                       "The signer must have called the image by the name it is asked for; only signature "
                       "tags carry one."),
           cli::option("any-predicate", &Config::any_predicate, "",
                       "Accepts any signed statement about the target, as cosign does, not only an image "
                       "signature: an SBOM of the same signer would do.")}},
         {"Registry",
          {cli::option("plain-http", &Config::plain_http, "HOST",
                       "Host, with its port, that is spoken to without TLS. May be repeated."),
           cli::option("ca-file", &Config::ca_file, "FILE",
                       "Certificates (PEM) to trust in addition to the system's.")}},
         {"Output",
          {cli::option("output", &Config::output, "FORMAT",
                       "json prints one document with every signature and refusal on stdout.")}}},
    .results = {{"verdict", "pass or fail."},
                {"IMAGE_REF", "The verified images as name@sha256:<hex>, one a line: deploy these."},
                {"signer", "SHA-256 of the keys (DER) whose signatures hold, one a line."},
                {"verified-count", "How many signatures hold."}},
    .examples = {{"An image in a registry",
                  "verify-signature --image registry.example/team/churn:1.4 \\\n"
                  "  --key cosign.pub"},
                 {"A model directory",
                  "verify-signature --model build/model --bundle build/model.sig \\\n"
                  "  --key cosign.pub"},
                 {"A file, with the details as JSON",
                  "verify-signature --blob data.parquet --bundle data.parquet.bundle \\\n"
                  "  --key cosign.pub --output json"}},
    .traits = {.side_effects = false, .gate = true, .uses_registry = true, .memory_limit = "256Mi"},
};

// Nothing is changed, so a dry run is the run.
cli::Answer run(const Config& config, cli::Context& context) {
  check_options(config);
  const auto policy = policy_from(config);
  context.results.set("verdict", "fail");
  const auto reports = verify_targets(config, policy);
  set_results(reports, context.results);
  log_reports(reports);
  if (config.output == OutputFormat::json) context.print(to_json(reports).dump(2) + "\n");
  return answer(reports);
}

}  // namespace verify_signature
