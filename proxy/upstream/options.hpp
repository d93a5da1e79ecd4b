// What the operator may tune about connections to providers: section [upstream] and `timeouts.connect`.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "net/tls.hpp"

namespace ferry::upstream {

// Variables of the environment that other programs take as well; consulted where `upstream.proxy` is not set.
struct proxy_environment {
    std::string https_proxy, http_proxy, no_proxy;

    bool operator==(const proxy_environment&) const = default;
};

struct options {
    // `timeouts.connect`: name look-up, TCP connect and TLS handshake together. A model row may override it.
    std::chrono::milliseconds connect{5'000};

    // Idle connections one core keeps to one endpoint; 0 closes each connection after its answer.
    std::size_t idle_per_host = 100;

    // Connections that all cores together have to one endpoint, idle ones included; 0 sets no limit.
    std::size_t max_connections_per_endpoint = 0;

    // Idle connections that one core keeps ready to a TLS endpoint while it is in use, made before they are needed.
    std::size_t warm_connections = 1;

    // An idle connection is closed after this; keep it below the provider's own keep-alive time.
    std::chrono::milliseconds idle_timeout{90'000};

    // An endpoint that nobody has asked for so long is forgotten, with its figures and its session ticket. No key.
    std::chrono::milliseconds forget_after{15 * 60'000};

    // false accepts any certificate from a provider: for a test bench only.
    bool tls_verify = true;

    // A PEM file of the authorities to trust in place of the system's; "" trusts the system's. Absolute once loaded.
    std::string ca_file;

    // PEM files of the certificate that is shown to providers that ask for one, and of its key; "" for both: none.
    // Absolute once loaded.
    std::string client_certificate, client_key;

    // The most the head of an answer may have; what exceeds the usual buffer costs a larger one while it is read.
    std::size_t header_bytes = 64u << 10;

    // The HTTP proxy that providers are reached through, "http://user:password@host:port"; "direct" is none, "" leaves
    // it to the environment. A model row may name its own. May hold a password.
    std::string proxy;
    proxy_environment environment;

    // Networks (CIDR) no resolved address of a provider may lie in, or wrap an address of. The default covers
    // link-local addresses and the metadata services of the large clouds; loopback and private ranges stay allowed,
    // because local model servers are a main use.
    std::vector<std::string> denied_networks = {"169.254.0.0/16",     "fe80::/10",        "fd00:ec2::254/128",
                                                "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32"};

    bool operator==(const options&) const = default;

    net::tls_settings tls() const { return {tls_verify, ca_file, {client_certificate, client_key}}; }
};

}  // namespace ferry::upstream
