// What the operator may tune about the client side: sections [server], [auth] and [limits] of the configuration.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace ferry::server {

// Past any of these the request is refused with 4xx or 503 and nothing is sent upstream.
struct limits {
    std::size_t header_bytes = 16u << 10;           // request line and all header fields together -> 431
    std::size_t json_body_bytes = 32u << 20;        // one JSON request body -> 413
    std::size_t multipart_body_bytes = 100u << 20;  // one multipart request body -> 413
    // A form longer than 256 KiB waits in a file of this folder until it is whole; those of all cores together -> 503
    std::string spool_dir = "/var/tmp";
    std::size_t spool_bytes = std::size_t{8} << 30;
    std::size_t body_memory = std::size_t{512} << 20;  // the request bodies of all cores together -> 503
    // What is held of the answers of all cores together (documents that are not sent yet, streams that are put
    // together, split events) -> 503
    std::size_t answer_memory = std::size_t{512} << 20;
    std::size_t json_depth = 128;  // nesting of arrays and objects in a request -> 400

    // Connections of one client address, trusted proxies excepted; 0: no limit. Past it -> 503 and close.
    std::size_t connections_per_address = 0;

    std::chrono::milliseconds header_timeout{10'000};     // first byte of a head -> its last, in total (not per read)
    std::chrono::milliseconds body_timeout{120'000};      // end of the head -> end of the body
    std::chrono::milliseconds keepalive_timeout{75'000};  // an idle connection between two requests
    std::chrono::milliseconds write_timeout{75'000};      // a client that takes nothing of its answer

    bool operator==(const limits&) const = default;
};

struct options {
    // Each is `IPv4:port`, `[IPv6]:port` or `unix:/absolute/path`, checked by the loader. Port 0 takes a free port.
    std::vector<std::string> listen = {"127.0.0.1:5173"};
    std::string admin_listen = "127.0.0.1:5174";  // health, readiness, metrics, status; the same three forms

    // Of the files of Unix sockets: permission bits, and the group by name or number, "" leaves the process's own.
    unsigned unix_socket_mode = 0660;
    std::string unix_socket_group;

    // PEM files, absolute once loaded; "" is plain HTTP. Unix sockets and the admin listener stay plain.
    std::string tls_certificate, tls_key;

    std::vector<std::string> cors_origins;     // that a browser may call from; "*" is any; none: CORS is off
    std::vector<std::string> trusted_proxies;  // CIDR, or "unix": whose X-Forwarded-For is believed

    unsigned threads = 0;                  // serving cores; 0 takes as many as the machine (or its cgroup) has
    std::size_t max_connections = 10'000;  // client connections of all cores together -> 503 and close

    std::chrono::milliseconds max_loop_lag{100};  // what is ready keeps waiting so long -> 503 for who comes; 0: never

    std::chrono::milliseconds drain_grace{2'000};     // SIGTERM: not ready, but still accepting, for so long
    std::chrono::milliseconds drain_timeout{30'000};  // then requests in flight have so long to finish

    bool expose_upstream_limits = true;  // pass the provider's x-ratelimit-* on when the key has no limits of ours
    bool auth_required = true;           // `auth.required`: false serves clients without a key, for a trusted network

    server::limits limits;

    bool operator==(const options&) const = default;
};

}  // namespace ferry::server
