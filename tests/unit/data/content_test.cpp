#include "data/content.hpp"

#include "base/error.hpp"
#include "base/files.hpp"
#include "support/catch.hpp"

TEST_CASE("DVC's directory hash agrees with its documentation") {
  // The example of https://dvc.org/doc/user-guide/project-structure/internal-files.
  CHECK(data::dvc_directory_md5({{"cat.jpeg", "de7371b0119f4f75f9de703c7c3bac16"},
                                 {"index.jpeg", "402e97968614f583ece3b35555971f64"}}) ==
        "6fdb5336fce0dbfd669f83065f107551.dir");
  CHECK(data::dvc_directory_md5({}) == "d751713988987e9331980363e24189ce.dir");
}

TEST_CASE("files and directories are named by their content") {
  const base::TemporaryDirectory directory;
  const auto root = directory.path() / "d";
  base::write_file(root / "b.txt", "hello\n");
  base::write_file(root / "a" / "é.txt", "");
  CHECK(data::content_of(root / "b.txt").digest.text() ==
        "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
  CHECK(data::dvc_md5(root / "b.txt") == "b1946ac92492d2347c6235b4d2611184");
  // printf of json.dumps in Python: [{"md5": "d41d…", "relpath": "a/\u00e9.txt"}, {"md5": "b194…", …}]
  CHECK(data::dvc_md5(root) == data::dvc_directory_md5({{"a/é.txt", "d41d8cd98f00b204e9800998ecf8427e"},
                                                        {"b.txt", "b1946ac92492d2347c6235b4d2611184"}}));
  const auto content = data::content_of(root);
  CHECK(content.directory);
  CHECK(content.size == 6);
  CHECK(content.files.size() == 2);
  CHECK_THROWS_AS(data::content_of(directory.path() / "nothing"), base::Error);
}

TEST_CASE("the quick state changes with what is written, added or removed") {
  const base::TemporaryDirectory directory;
  const auto root = directory.path() / "d";
  base::write_file(root / "a", "1");
  const auto before = data::quick_state(root);
  CHECK(data::quick_state(root) == before);
  base::write_file(root / "b", "");
  const auto added = data::quick_state(root);
  CHECK(added != before);
  base::write_file(root / "a", "2");
  CHECK(data::quick_state(root) != added);
}
