#include "base/error.hpp"
#include "build_request.hpp"
#include "stages.hpp"

namespace build_pin_digest {
namespace {

void demand(bool holds, const char* message) {
  if (!holds) throw base::Error(base::ErrorKind::usage, message);
}

}  // namespace

void check_options(const Config& config) {
  demand(config.image || config.sign_model || config.generate_key_pair || !config.pin.empty(),
         "nothing to do: give --image, --sign-model, --generate-key-pair or --pin");
  demand(config.image || !asks_for_build(config),
         "options of a build without --image: give the name of the image that is to be built");
  demand(!config.sign_key || config.image || config.sign_model,
         "--sign-key without something to sign: give --image or --sign-model");
  demand(config.sign_model.has_value() == config.model_bundle.has_value(),
         "--sign-model and --model-bundle belong together: the model's directory, and the file for the "
         "signature");
  demand(!config.sign_model || config.sign_key, "--sign-model needs --sign-key, the private key");
  demand(!config.pin.empty() || (!config.check && !config.diff && !config.drop_tag),
         "--check, --diff and --drop-tag need --pin, the manifests");
  demand(!config.check || !config.diff, "--check and --diff exclude each other: --check looks nothing up");
}

}  // namespace build_pin_digest
