"""The rules of the house: which library may use which, where third-party headers may stand, how long a file may be."""

COMMON = {
    "base": set(),
    "cli": {"base"},
    "crypto": {"base"},
    "http": {"base", "crypto"},
    "archive": {"base", "crypto"},
    "oci": {"base", "crypto", "http", "archive"},
    "sigstore": {"base", "crypto", "oci"},
    "k8s": {"base", "crypto", "http"},
    "model_registry": {"base", "http", "archive"},
    "data": {"base", "crypto", "http", "oci"},
    "stats": {"base"},
    "telemetry": {"base", "http"},
}

# Third-party headers and the only places that may include them.
THIRD_PARTY = {
    "boost/program_options": ["common/cli/"],
    "boost/": ["common/http/beast_", "common/cli/"],
    "openssl/": ["common/crypto/", "common/http/"],
    "archive.h": ["common/archive/"],
    "archive_entry.h": ["common/archive/"],
    "zlib.h": ["common/archive/"],
    "zstd.h": ["common/archive/"],
    "yaml-cpp/": ["common/base/"],
    "catch2/": ["tests/support/"],
}

LONGEST_FILE = 400

ROOT = {
    "CMakeLists.txt", "README.md", "steps", "common", "tekton", "argo", "images", "tests", "examples", "LICENSE",
    "CMakePresets.json",
}
