#include "base/log.hpp"
#include "base/text.hpp"
#include "build_request.hpp"
#include "pin.hpp"
#include "stages.hpp"

namespace build_pin_digest {
namespace {

using State = FoundReference::State;

PinMode mode_of(const Config& config, const cli::Context& context) {
  if (config.check) return PinMode::check;
  return config.diff || context.dry_run() ? PinMode::plan : PinMode::write;
}

// The image of this run is known already, also when it was not pushed or its tag moved since.
DigestOf digest_of(const Config& config, const std::optional<Image>& image) {
  auto in_registry = digest_from_registry(open_options(config, Access::read));
  if (!image || !image->location.reference) return in_registry;
  return
      [own = *image->location.reference, digest = image->digest, in_registry](const oci::Reference& wanted) {
        const bool is_own = wanted.name() == own.name() && wanted.identifier() == own.identifier();
        return is_own ? digest : in_registry(wanted);
      };
}

void report(const PinReport& report, PinMode mode) {
  for (const auto& each : report.references) {
    const auto text = each.where() + ": " + base::printable(each.before, 300);
    if (each.state == State::changed && mode == PinMode::check) base::log_warning(text + " has no digest");
    if (each.state == State::changed && mode == PinMode::write)
      base::log_info(text + " is now " + base::printable(each.after, 400));
    if (each.state == State::changed && mode == PinMode::plan)
      base::log_info(text + " would become " + base::printable(each.after, 400));
    if (each.state == State::left)
      base::log_warning(text + " was left: " + base::printable(each.reason, 300));
    if (each.state == State::template_)
      base::log_info(text + " stays: " + base::printable(each.reason, 300) + "; pin it there");
  }
}

}  // namespace

cli::Answer pin_manifests(const Config& config, const std::optional<Image>& image, cli::Context& context) {
  if (config.pin.empty()) return cli::Answer::yes();
  const auto mode = mode_of(config, context);
  const auto form = config.drop_tag ? TagForm::drop : TagForm::keep;
  const auto found = pin({config.pin, form, mode}, digest_of(config, image));
  report(found, mode);
  if (found.references.empty()) base::log_warning("no image is named in " + base::join(config.pin, ", "));
  if (config.diff) context.print(found.diff);
  if (mode == PinMode::check) {
    context.results.set("pinned-count", "0");
    if (found.all_pinned()) return cli::Answer::yes();
    return cli::Answer::no("not every image is pinned to a digest; run the step without --check to pin them");
  }
  context.results.set("pinned-count", std::to_string(found.in_state(State::changed).size()));
  return cli::Answer::yes();
}

}  // namespace build_pin_digest
