// The client's side of TLS, over OpenSSL: whom to trust, what to show, whose name to expect.
//
// Errors: Error{precondition} for certificates that cannot be read.   Threads: one transport each.
#pragma once

#include <openssl/ssl.h>

#include <string>

#include "http/transport.hpp"

namespace http {

// A context of TLS 1.2 and later; the caller owns it.
SSL_CTX* make_tls_context(const TlsSettings& settings);
// Server name indication, and the name or address that the certificate must be for.
void expect_server(SSL* session, const std::string& host);
// Why the handshake failed, if it was for the server's certificate; empty otherwise.
std::string certificate_problem(const SSL* session);

}  // namespace http
