#include <unistd.h>

#include <cstdlib>

#include "base/files.hpp"
#include "data/csv_reader.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const base::TemporaryDirectory directory;
  const auto path = directory.path() / "table.csv";
  base::write_file(path, fuzz::text(data, size));
  fuzz::expect_value_or_error([&] {
    data::CsvReader reader(path, ',');
    while (reader.next()) {
      if (reader.fields().size() != reader.header().size()) std::abort();
    }
  });
  return 0;
}
