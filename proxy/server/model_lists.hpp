// The answers to GET /models of keys that may not use every model: made once for each list of models and catalog.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "access/api_key.hpp"
#include "catalog/catalog.hpp"

namespace ferry::server {

// The text of one answer, in pieces of about 64 KiB. Immutable.
using model_list_text = std::shared_ptr<const std::vector<std::string>>;

// What has been made lately. Owned by a core; lives on it.
class model_lists {
public:
    // Null if it has to be made. `allowed` is principal::allowed_digest.
    model_list_text find(const catalog::catalog& models, const access::sha256_digest& allowed);
    void keep(const catalog::catalog& models, const access::sha256_digest& allowed, const model_list_text& made);

private:
    struct entry {
        access::sha256_digest allowed;
        model_list_text text;
        std::size_t bytes = 0;
    };
    void begin(const catalog::catalog& models);

    std::uint64_t of_ = 0;  // the catalog that all of them are of
    std::vector<entry> entries_;
    std::size_t bytes_ = 0;
};

}  // namespace ferry::server
