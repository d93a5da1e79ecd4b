// The answers to GET /models of keys that may not use every model: made once for each list of models and catalog.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"

namespace ferry::server {

// The text of one answer, in pieces of about 64 KiB. Immutable.
using model_list_text = std::shared_ptr<const std::vector<std::string>>;

// What has been made lately. Owned by a core; lives on it.
class model_lists {
public:
    // Null if it has to be made. `allowed` are the names of the key, sorted.
    model_list_text find(const catalog::catalog& models, const std::vector<std::string>& allowed);
    void keep(const catalog::catalog& models, const std::vector<std::string>& allowed, const model_list_text& made);

private:
    struct entry {
        std::vector<std::string> allowed;
        model_list_text text;
        std::size_t bytes = 0;
    };
    void begin(const catalog::catalog& models);

    std::uint64_t of_ = 0;  // the catalog that all of them are of
    std::vector<entry> entries_;
    std::size_t bytes_ = 0;
};

}  // namespace ferry::server
