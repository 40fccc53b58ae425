#include "step.hpp"

#include "stages.hpp"

namespace build_pin_digest {

const cli::Step<Config> step{
    .name = "build-pin-digest",
    .summary = "Build an OCI image without a daemon, push it, sign it, and pin its digest in manifests.",
    .description =
        "Each stage runs only when its options are given, in this order: build, push, sign, pin. With "
        "--image "
        "alone, a tag is resolved to its digest.\n\n"
        "The same inputs give the same digest on every machine: layers hold byte-sorted paths, one constant "
        "time (SOURCE_DATE_EPOCH, or 1970), owner 0:0 and modes 0644 or 0755. Blobs that the target has "
        "already "
        "are not sent.\n\n"
        "Credentials come from the files that docker and podman write (DOCKER_CONFIG).",
    .sections =
        {{"Image",
          {cli::option("image", &Config::image, "REF",
                       "Image to build, or to resolve: a registry reference, or oci:DIR:TAG for an image "
                       "layout on disk."),
           cli::option(
               "base", &Config::base, "REF",
               "Image to build on: a registry reference, oci:DIR:TAG, or scratch, which is the default."),
           cli::option("platform", &Config::platform, "OS/ARCH",
                       "Which image of a base for several platforms; linux/amd64 when not given."),
           cli::option(
               "layer", &Config::layer, "SRC:DEST",
               "Adds a layer: the file SRC as DEST, or what is in the directory SRC below DEST. May be "
               "repeated."),
           cli::option(
               "model", &Config::model, "DIR",
               "Adds a model's files below /models, where KServe looks for them; each file from 64 MiB "
               "on is a layer of its own."),
           cli::option("compression", &Config::compression, "HOW",
                       "How layers are stored; auto is none for the model and gzip for the others.")}},
         {"Configuration",
          {cli::option("entrypoint", &Config::entrypoint, "WORD",
                       "Entrypoint, one word each time; drops the base's cmd. May be repeated."),
           cli::option("cmd", &Config::cmd, "WORD",
                       "Default arguments, one word each time. May be repeated."),
           cli::option("env", &Config::env, "NAME=VALUE", "Environment variable. May be repeated."),
           cli::option("label", &Config::label, "NAME=VALUE",
                       "Label in the image's configuration. May be repeated."),
           cli::option("annotation", &Config::annotation, "NAME=VALUE",
                       "Annotation of the image's manifest. May be repeated."),
           cli::option("user", &Config::user, "USER", "User or UID, with :GROUP if wanted, that it runs as."),
           cli::option("workdir", &Config::workdir, "DIR", "Directory in which it starts.")}},
         {"Registry",
          {cli::option("plain-http", &Config::plain_http, "HOST",
                       "Host, with its port, that is spoken to without TLS. May be repeated."),
           cli::option("ca-file", &Config::ca_file, "FILE",
                       "Certificates (PEM) to trust in addition to the system's.")}},
         {"Signing",
          {cli::option(
               "sign-key", &Config::sign_key, "FILE",
               "Private key to sign with: cosign.key, decrypted with COSIGN_PASSWORD, or PEM on P-256. "
               "The image gets a signature tag and a bundle."),
           cli::option("sign-model", &Config::sign_model, "DIR",
                       "Model to sign by OpenSSF Model Signing, with the same key."),
           cli::option("model-bundle", &Config::model_bundle, "FILE",
                       "Where the model's signature is written."),
           cli::option("generate-key-pair", &Config::generate_key_pair, "PREFIX",
                       "Makes PREFIX.key, encrypted with COSIGN_PASSWORD, and PREFIX.pub first.")}},
         {"Pinning",
          {cli::option(
               "pin", &Config::pin, "PATH",
               "Manifest, directory of manifests or glob in which every image gets its digest. May be "
               "repeated."),
           cli::option("check", &Config::check, "",
                       "Changes nothing; the answer is no when an image is not pinned."),
           cli::option("diff", &Config::diff, "", "Changes nothing; prints what pinning would change."),
           cli::option("drop-tag", &Config::drop_tag, "", "Writes name@sha256:<hex>, without the tag.")}}},
    .results = {{"IMAGE_URL", "The image's name and tag."},
                {"IMAGE_DIGEST", "Its digest, as sha256:<hex>."},
                {"IMAGE_REF", "Name and digest together, as name@sha256:<hex>."},
                {"IMAGES", "The same, under the name that Tekton Chains reads."},
                {"BASE_IMAGE_REF", "The base that was built on, with its digest; empty for scratch."},
                {"MODEL_ARTIFACT_OUTPUTS", "With --model: uri and digest of the image as a JSON object."},
                {"pinned-count", "With --pin: how many references got a digest."}},
    .examples = {{"Package a model and push it",
                  "build-pin-digest --image registry.example/team/churn:1.4 --model build"},
                 {"Build on a base, into a layout on disk, and sign",
                  "COSIGN_PASSWORD=... build-pin-digest --image oci:images:v1 \\\n"
                  "  --base registry.example/base/python:3.11 --layer ./app:/opt/app \\\n"
                  "  --entrypoint /opt/app/serve --sign-key cosign.key"},
                 {"Pin every image in a directory of manifests", "build-pin-digest --pin deploy/"}},
    .traits = {.uses_registry = true, .memory_limit = "256Mi"},
};

cli::Answer run(const Config& config, cli::Context& context) {
  check_options(config);
  generate_keys(config, context);
  const auto image = build_or_resolve(config, context);
  sign(config, image, context);
  return pin_manifests(config, image, context);
}

}  // namespace build_pin_digest
