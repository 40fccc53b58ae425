#include "http/tls.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

#include "base/error.hpp"

namespace http {
namespace {

using base::Error;
using base::ErrorKind;

std::string last_openssl_error() {
  const auto code = ::ERR_get_error();
  ::ERR_clear_error();
  if (code == 0) return "unknown reason";
  std::array<char, 256> text{};
  ::ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

void load_authorities(SSL_CTX* context, const TlsSettings& settings) {
  // Heeds SSL_CERT_FILE and SSL_CERT_DIR.
  if (::SSL_CTX_set_default_verify_paths(context) != 1)
    throw Error(ErrorKind::precondition, "loading the system's certificates: " + last_openssl_error());
  if (!settings.ca_file) return;
  if (::SSL_CTX_load_verify_locations(context, settings.ca_file->c_str(), nullptr) != 1)
    throw Error(ErrorKind::precondition,
                settings.ca_file->string() + ": expected certificates in PEM: " + last_openssl_error());
}

void load_client_certificate(SSL_CTX* context, const std::filesystem::path& path) {
  if (::SSL_CTX_use_certificate_chain_file(context, path.c_str()) == 1 &&
      ::SSL_CTX_use_PrivateKey_file(context, path.c_str(), SSL_FILETYPE_PEM) == 1 &&
      ::SSL_CTX_check_private_key(context) == 1)
    return;
  throw Error(ErrorKind::precondition,
              path.string() + ": expected a certificate and its key in PEM: " + last_openssl_error());
}

}  // namespace

SSL_CTX* make_tls_context(const TlsSettings& settings) {
  std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context(::SSL_CTX_new(::TLS_client_method()),
                                                              &::SSL_CTX_free);
  if (!context) throw Error(ErrorKind::internal, "making a TLS context: " + last_openssl_error());
  ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  ::SSL_CTX_set_verify(context.get(), settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (settings.verify) load_authorities(context.get(), settings);
  if (settings.client_certificate) load_client_certificate(context.get(), *settings.client_certificate);
  return context.release();
}

void expect_server(SSL* session, const std::string& host) {
  ::SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  auto* parameters = ::SSL_get0_param(session);
  if (::X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1) return;
  ::ERR_clear_error();
  // SSL_set_tlsext_host_name without the old cast that its macro holds.
  std::string name = host;
  const bool sent =
      ::SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
  if (!sent || ::SSL_set1_host(session, host.c_str()) != 1)
    throw Error(ErrorKind::input, "host name " + host + ": " + last_openssl_error());
}

std::string certificate_problem(const SSL* session) {
  const auto code = ::SSL_get_verify_result(session);
  if (code == X509_V_OK) return "";
  return ::X509_verify_cert_error_string(code);
}

}  // namespace http
