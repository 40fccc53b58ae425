#include "build-pin-digest/pin_finder.hpp"

#include <cstdlib>

#include "base/yaml_edit.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::expect_value_or_error([&] {
    const base::YamlText text(std::string(fuzz::text(data, size)), "input");
    base::YamlEdit edit(text);
    for (const auto& field : build_pin_digest::find_image_fields(text)) {
      const bool oci_uri = field.node->value.find("://") != std::string::npos;
      if (field.node->editable())
        edit.replace(*field.node, oci_uri ? "oci://a.example/b:v1" : "a.example/b:v1");
    }
    // Applied edits parse again, and finding once more finds no less.
    const base::YamlText edited(edit.apply(), "edited");
    const auto before = build_pin_digest::find_image_fields(text).size();
    if (build_pin_digest::find_image_fields(edited).size() < before) std::abort();
  });
  return 0;
}
