#include "build_request.hpp"

namespace build_pin_digest {

bool asks_for_build(const Config& config) {
  const bool content = config.base || config.platform || config.model || !config.layer.empty();
  const bool settings = !config.entrypoint.empty() || !config.cmd.empty() || !config.env.empty() ||
                        !config.label.empty() || !config.annotation.empty() || config.user || config.workdir;
  return content || settings || config.compression != Compression::automatic;
}

BuildRequest build_request(const Config& config) {
  return {.base = config.base.value_or(BaseName{}),
          .platform = config.platform,
          .layers = config.layer,
          .model = config.model,
          .compression = config.compression,
          .config = {.entrypoint = config.entrypoint,
                     .cmd = config.cmd,
                     .env = config.env,
                     .labels = config.label,
                     .user = config.user,
                     .workdir = config.workdir},
          .annotations = config.annotation};
}

oci::OpenOptions open_options(const Config& config, Access access) {
  oci::OpenOptions options;
  options.plain_http = config.plain_http;
  if (config.ca_file) options.ca_file = config.ca_file->string();
  options.for_push = access == Access::write;
  return options;
}

}  // namespace build_pin_digest
