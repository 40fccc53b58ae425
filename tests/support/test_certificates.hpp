// Certificates for tests, made on the spot: an authority and servers (or clients) that it vouches for.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace test {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using KeyPointer = std::unique_ptr<EVP_PKEY, FreeWith<::EVP_PKEY_free>>;
using CertificatePointer = std::unique_ptr<X509, FreeWith<::X509_free>>;
using ContextPointer = std::unique_ptr<SSL_CTX, FreeWith<::SSL_CTX_free>>;

struct Identity {
  KeyPointer key;
  CertificatePointer certificate;
};

inline void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = ::X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  if (extension == nullptr) throw std::runtime_error("bad certificate extension " + value);
  ::X509_add_ext(certificate, extension, -1);
  ::X509_EXTENSION_free(extension);
}

// Valid from an hour ago for `seconds` from now. `names` is a subjectAltName value
// ("DNS:localhost,IP:127.0.0.1"); an empty one makes an authority. Without an issuer it signs itself.
inline Identity make_identity(const std::string& common_name, const std::string& names,
                              const Identity* issuer, long seconds = 3600) {
  static long serial = 1000;
  Identity made{KeyPointer(::EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")),
                CertificatePointer(::X509_new())};
  X509* certificate = made.certificate.get();
  X509* signer = issuer != nullptr ? issuer->certificate.get() : certificate;
  ::X509_set_version(certificate, 2);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate), ++serial);
  ::X509_gmtime_adj(::X509_getm_notBefore(certificate), -3600);
  ::X509_gmtime_adj(::X509_getm_notAfter(certificate), seconds);
  ::X509_set_pubkey(certificate, made.key.get());
  X509_NAME* subject = ::X509_get_subject_name(certificate);
  ::X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  ::X509_set_issuer_name(certificate, ::X509_get_subject_name(signer));
  add_extension(certificate, signer, NID_basic_constraints, names.empty() ? "critical,CA:TRUE" : "CA:FALSE");
  if (!names.empty()) add_extension(certificate, signer, NID_subject_alt_name, names);
  ::X509_sign(certificate, issuer != nullptr ? issuer->key.get() : made.key.get(), ::EVP_sha256());
  return made;
}

inline void write_certificate(const Identity& identity, const std::filesystem::path& path) {
  FILE* file = ::fopen(path.c_str(), "w");
  ::PEM_write_X509(file, identity.certificate.get());
  ::fclose(file);
}

inline void write_certificate_and_key(const Identity& identity, const std::filesystem::path& path) {
  FILE* file = ::fopen(path.c_str(), "w");
  ::PEM_write_X509(file, identity.certificate.get());
  ::PEM_write_PrivateKey(file, identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  ::fclose(file);
}

// A server's context; with `client_authority`, it demands a client certificate from that authority.
inline ContextPointer make_server_context(const Identity& identity,
                                          const Identity* client_authority = nullptr) {
  ContextPointer context(::SSL_CTX_new(::TLS_server_method()));
  ::SSL_CTX_use_certificate(context.get(), identity.certificate.get());
  ::SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
  if (client_authority != nullptr) {
    ::X509_STORE_add_cert(::SSL_CTX_get_cert_store(context.get()), client_authority->certificate.get());
    ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

}  // namespace test
