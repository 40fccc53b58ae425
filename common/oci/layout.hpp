// An OCI image layout on disk (image-spec 1.1, image-layout.md) as a Repository.
//
// Blobs are published atomically under their digest; index.json is replaced under a lock, so several writers
// may share a layout. What others wrote into index.json is kept. Tags are the annotation
// org.opencontainers.image.ref.name. The identifier "" means the only image of the layout.
//
// Errors: Error{precondition} when there is no layout, Error{input} for a malformed one and for content that
// does not have its digest.
#pragma once

#include <filesystem>

#include "oci/repository.hpp"

namespace oci {

enum class LayoutUse { read, write };

class LayoutRepository : public Repository {
 public:
  // For writing, the directory is made when it is missing, at the first write.
  LayoutRepository(std::filesystem::path directory, LayoutUse use);

  using Repository::put_blob;
  std::string name() const override;
  std::optional<RawManifest> manifest(const std::string& identifier) override;
  std::optional<base::Digest> resolve(const std::string& identifier) override;
  void put_manifest(const RawManifest& manifest, const std::optional<std::string>& tag) override;
  bool has_blob(const base::Digest& digest) override;
  std::optional<std::string> blob(const Descriptor& descriptor, std::uint64_t limit) override;
  void read_blob(const Descriptor& descriptor, const http::BodySink& sink) override;
  void put_blob(const Descriptor& descriptor, const http::BodySource& source) override;
  std::vector<Descriptor> referrers(const base::Digest& subject, std::size_t most) override;
  void put_referrer(const RawManifest& manifest) override;

 private:
  std::filesystem::path blob_path(const base::Digest& digest) const;
  base::Json read_index() const;
  std::vector<Descriptor> entries() const;
  std::optional<Descriptor> find(const std::string& identifier) const;
  Descriptor only_image() const;
  std::optional<RawManifest> read_manifest(const Descriptor& descriptor) const;
  void prepare();
  void add_entry(const Descriptor& descriptor, const std::optional<std::string>& tag);

  std::filesystem::path directory_;
  bool prepared_ = false;
};

}  // namespace oci
