#pragma once

#include <string>
#include <vector>

#include "io/connector.hpp"
#include "io/tls_context.hpp"
#include "load/base_url.hpp"
#include "load/options.hpp"

namespace ferry::bench {

// Whom requests are sent to, and all of their heads but the length. Owned by: whoever runs loads; must outlive them.
// Lives on: any thread once made.
class load_target {
public:
    // Looks the host up. Throws std::invalid_argument or std::runtime_error in words.
    explicit load_target(const load_options& options);

    const base_url& url() const { return url_; }
    const endpoint& where() const { return where_; }
    SSL_CTX* tls() const { return tls_.get(); }
    // Up to where the length is to stand: "... Content-Length: ".
    const std::string& head(std::uint32_t key) const { return heads_[key < heads_.size() ? key : 0]; }

private:
    const base_url url_;
    endpoint where_;
    tls_context tls_;
    std::vector<std::string> heads_;  // by key
};

}  // namespace ferry::bench
