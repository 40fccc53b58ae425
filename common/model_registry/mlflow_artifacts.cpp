#include "model_registry/mlflow_artifacts.hpp"

#include <algorithm>
#include <chrono>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace model_registry {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::string_view proxy_path = "/api/2.0/mlflow-artifacts/artifacts";
constexpr std::string_view proxy_scheme = "mlflow-artifacts:";
constexpr int most_folders_deep = 32;
constexpr std::size_t most_files = 100'000;

// The server spools an upload and copies it to its store before it answers.
http::Limits upload_limits() {
  http::Limits limits;
  limits.idle = std::chrono::minutes(10);
  return limits;
}

// "mlflow-artifacts:/1/models/m-1/artifacts" and "mlflow-artifacts://host:5000/1/..." split into host and
// path.
struct ProxyUri {
  std::string host;
  std::string path;  // without "/" at the ends
};

ProxyUri parse_proxy_uri(const std::string& uri) {
  if (uri.compare(0, proxy_scheme.size(), proxy_scheme) != 0) {
    throw Error(
        ErrorKind::precondition,
        "the MLflow server keeps its artifacts at " + base::printable(base::redact_url(uri), 300) +
            " and does not pass them on; start it with --serve-artifacts and --artifacts-destination, or "
            "name where the model is with a storage URI");
  }
  std::string rest = uri.substr(proxy_scheme.size());
  ProxyUri parsed;
  if (rest.compare(0, 2, "//") == 0) {
    const auto end = std::min(rest.find('/', 2), rest.size());
    parsed.host = rest.substr(2, end - 2);
    rest = rest.substr(end);
  }
  rest.erase(0, std::min(rest.find_first_not_of('/'), rest.size()));
  while (!rest.empty() && rest.back() == '/') rest.pop_back();
  parsed.path = rest;
  return parsed;
}

std::string joined(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string(name) : folder + "/" + std::string(name);
}

std::uint64_t size_of(const std::filesystem::path& file) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  if (failed) throw base::system_error(failed.value(), "reading " + file.string());
  return size;
}

// Which of `files` the server does not have in full.
std::string first_difference(const base::FileTree& files, const std::map<std::string, std::uint64_t>& there) {
  for (const auto& file : files) {
    const auto found = there.find(file.path);
    if (found == there.end()) return "'" + file.path + "' is not there";
    if (found->second != file.size) {
      return "'" + file.path + "' has " + std::to_string(found->second) + " bytes, expected " +
             std::to_string(file.size);
    }
  }
  return there.size() == files.size() ? "" : "there are files that the model does not have";
}

}  // namespace

http::Url MlflowArtifacts::proxy_address(const std::string& artifact_uri, std::string_view path) const {
  const auto parsed = parse_proxy_uri(artifact_uri);
  auto url =
      api_.address(std::string(proxy_path) + "/" + http::percent_encode_path(joined(parsed.path, path)));
  if (!parsed.host.empty()) {
    // Another host than the tracking server's gets no credentials: MlflowApi::send sees to it.
    const auto target = url.target;
    url = http::Url::parse(url.scheme + "://" + parsed.host);
    url.target = target;
  }
  return url;
}

void MlflowArtifacts::list_into(const std::string& artifact_uri, const std::string& folder, int depth,
                                std::map<std::string, std::uint64_t>& files) {
  base::check_interrupt();
  const auto parsed = parse_proxy_uri(artifact_uri);
  http::Request request;
  request.url = proxy_address(artifact_uri, "");
  request.url.target = request.url.target.substr(0, request.url.target.find(proxy_path)) +
                       std::string(proxy_path) + "?" +
                       http::form_encode({{"path", joined(parsed.path, folder)}});
  http::Limits limits;
  limits.max_body = std::uint64_t{64} << 20U;
  const auto response = api_.send(request, limits);
  if (!response.ok()) throw_mlflow_error(request, response);
  const auto where = "GET " + base::redact_url(request.url.text());
  const auto answer = base::parse_json(response.body, where);
  if (answer.find("files") == answer.end()) return;
  for (const auto& file : base::require_array(answer, "files", where)) {
    const auto name = base::require_string(file, "path", where);
    if (name.find('/') != std::string::npos) throw Error(ErrorKind::input, where + ": a name with '/'");
    static_cast<void>(base::safe_join(".", name));
    const auto path = joined(folder, name);
    if (base::require(file, "is_dir", where) == true) {
      if (depth >= most_folders_deep)
        throw Error(ErrorKind::input, where + ": nested deeper than 32 folders");
      list_into(artifact_uri, path, depth + 1, files);
      continue;
    }
    // protobuf leaves a size of 0 out.
    const auto size = base::optional_number(file, "file_size", where).value_or(0);
    files[path] = static_cast<std::uint64_t>(size);
    if (files.size() > most_files) throw Error(ErrorKind::input, where + ": more than 100000 files");
  }
}

std::map<std::string, std::uint64_t> MlflowArtifacts::list(const std::string& artifact_uri) {
  std::map<std::string, std::uint64_t> files;
  list_into(artifact_uri, "", 0, files);
  return files;
}

void MlflowArtifacts::upload(const std::string& artifact_uri, std::string_view path,
                             const std::filesystem::path& file) {
  http::Request request;
  request.method = "PUT";
  request.url = proxy_address(artifact_uri, path);
  request.headers.set("Content-Type", "application/octet-stream");
  request.body = http::file_body(file, 0, size_of(file));
  const auto response = api_.send(request, upload_limits());
  if (!response.ok()) throw_mlflow_error(request, response);
}

std::optional<std::string> MlflowArtifacts::read(const std::string& artifact_uri, std::string_view path,
                                                 std::uint64_t limit) {
  http::Request request;
  request.url = proxy_address(artifact_uri, path);
  http::Limits limits;
  limits.max_body = limit;
  auto response = api_.send(request, limits);
  if (response.status == 404) return std::nullopt;
  if (!response.ok()) throw_mlflow_error(request, response);
  return std::move(response.body);
}

void MlflowArtifacts::download(const std::string& artifact_uri, std::string_view path, std::uint64_t size,
                               const std::filesystem::path& target) {
  base::make_directories(target.parent_path());
  std::optional<base::AtomicFile> file;
  std::uint64_t received = 0;
  http::Request request;
  request.url = proxy_address(artifact_uri, path);
  request.sink = http::BodySink{[&] {
                                  file.reset();
                                  file.emplace(target);
                                  received = 0;
                                },
                                [&](std::string_view bytes) {
                                  file->write(bytes);
                                  received += bytes.size();
                                }};
  auto limits = upload_limits();
  limits.max_body = size;
  const auto response = api_.send(request, limits);
  if (!response.ok()) throw_mlflow_error(request, response);
  if (!file || received != size) {
    throw Error(ErrorKind::unavailable, "GET " + base::redact_url(request.url.text()) + ": " +
                                            std::to_string(received) + " bytes came, " +
                                            std::to_string(size) + " were listed");
  }
  file->commit();
}

void MlflowArtifacts::upload_tree(const std::string& artifact_uri, const base::FileTree& files,
                                  const std::filesystem::path& directory,
                                  const std::map<std::string, std::uint64_t>& there) {
  auto ordered = files;
  std::stable_partition(ordered.begin(), ordered.end(),
                        [](const base::FileEntry& file) { return file.path != "MLmodel"; });
  for (const auto& file : ordered) {
    base::check_interrupt();
    const auto found = there.find(file.path);
    if (found != there.end() && found->second == file.size && file.size > 0) continue;
    upload(artifact_uri, file.path, base::safe_join(directory, file.path));
  }
  // Another writer of the same bytes may just be writing one of the files again.
  std::string difference;
  for (int tries = 1; tries <= 5; ++tries) {
    difference = first_difference(files, list(artifact_uri));
    if (difference.empty()) return;
    base::interruptible_sleep(std::chrono::milliseconds(300) * tries);
  }
  throw Error(ErrorKind::unavailable, "the artifacts at " + base::printable(artifact_uri, 300) +
                                          " are not what was uploaded: " + difference + "; run again");
}

}  // namespace model_registry
